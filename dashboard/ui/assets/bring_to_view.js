// Brings a part of the page into view and marks it for a moment. See bring_to_view.py.
const MARKED_MS = 2600;
let lastTurn = "0";

const bring = (place, tries = 60) => {
  const found = document.querySelector(`.st-key-${CSS.escape(place)}`);
  if (!found || found.offsetParent === null) return tries > 0 && setTimeout(() => bring(place, tries - 1), 60);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const tall = found.offsetHeight > innerHeight * 0.6;
  found.scrollIntoView({ block: tall ? "start" : "center", behavior: calm ? "auto" : "smooth" });
  if (tall) return;
  found.classList.add("brought");
  setTimeout(() => found.classList.remove("brought"), MARKED_MS);
};

export default function ({ data }) {
  if (!data.place || data.turn === lastTurn) return;
  lastTurn = data.turn;
  bring(data.place);
}
