// Keeps the progress of the demo clinic's making up to date without loading the page anew.
const bar = document.querySelector("progress");
const words = document.getElementById("what");
const look = async () => {
  try {
    const state = await (await fetch("/making/state", { cache: "no-store" })).json();
    if (state.done) return location.replace("/making");
    bar.value = state.percent;
    words.textContent = `${state.what} (${state.percent} %)`;
  } catch { /* the server is busy: ask again */ }
  setTimeout(look, 500);
};
if (bar) setTimeout(look, 400);
