// The list of keys, drawn over the page: the page beneath stays as it is, and the cursor returns to where it was.
const showKeys = () => {
  if (document.querySelector("dialog.backstride-keys")) return;
  const list = document.createElement("dialog");
  list.className = "backstride-keys";
  list.setAttribute("aria-label", "Keys of the intake");
  const title = list.appendChild(document.createElement("h2"));
  title.textContent = "Keys of the intake";
  const table = list.appendChild(document.createElement("dl"));
  for (const [keys, does] of known.keys ?? []) {
    const name = table.appendChild(document.createElement("dt"));
    for (const part of keys.split(" ")) name.appendChild(document.createElement("kbd")).textContent = part;
    table.appendChild(document.createElement("dd")).textContent = does;
  }
  const close = list.appendChild(document.createElement("button"));
  close.textContent = "Close (Esc)";
  close.addEventListener("click", () => list.close());
  const before = document.activeElement;
  list.addEventListener("close", () => { list.remove(); if (before?.isConnected) before.focus(); else again()?.focus?.(); });
  (document.querySelector("[data-testid=stApp]") ?? document.body).append(list);
  list.showModal();
};
