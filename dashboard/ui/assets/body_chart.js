// The body chart: taps and keys on the areas of two figures. See body_chart.py.
//
// A tap is shown at once and sent as what the place is from now on. Taps wait here until the server says it has heard
// them, so that one made while a connection was lost is sent again, and one sent twice changes nothing.
const AGAIN_MS = 2500;
const charts = new WeakMap();  // what is remembered of each chart while its page is open

const memory = (root) => {
  if (!charts.has(root)) charts.set(root, { page: Math.random().toString(36).slice(2), last: 0, waiting: [], marks: {} });
  return charts.get(root);
};

const connected = () => {
  const state = document.querySelector("[data-testid=stApp]")?.dataset.testConnectionState;
  return state === undefined || state === "CONNECTED";
};

const areasOf = (root) => [...root.querySelectorAll(".area")];
const sideOf = (area) => area.dataset.side;

// What a place becomes when one of its sides is tapped: tapping the other side too makes it both.
const turned = (before, side) => {
  if (!side) return before === undefined ? "" : null;
  if (before === undefined || before === "") return side;
  if (before === side) return null;
  return before === "both" ? (side === "left" ? "right" : "left") : "both";
};

const isOn = (value, side) => value !== undefined && (value === side || value === "both" || !side);

function paint(root, chart) {
  for (const area of areasOf(root)) {
    const value = chart.marks[area.dataset.place], side = sideOf(area);
    const unsaid = Boolean(side) && value === "";
    const on = isOn(value, side), worst = (on || unsaid) && chart.worst === area.dataset.place;
    area.classList.toggle("on", on);
    area.classList.toggle("unsaid", unsaid);
    if (!area.hasAttribute("role")) continue;
    area.setAttribute("aria-pressed", unsaid ? "mixed" : String(on));
    area.setAttribute("aria-label", area.dataset.name + (worst ? ", the worst place" : ""));
    area.setAttribute("aria-disabled", String(Boolean(chart.disabled)));
  }
  for (const star of root.querySelectorAll(".star"))
    star.classList.toggle("on", chart.worst === star.dataset.place && (isOn(chart.marks[star.dataset.place], star.dataset.side) || chart.marks[star.dataset.place] === ""));
  const chooser = root.querySelector(".worst-next");
  if (chooser) {
    chooser.hidden = !chart.mayChooseWorst;
    chooser.disabled = Boolean(chart.disabled);
    chooser.setAttribute("aria-pressed", String(Boolean(chart.choosing)));
    chooser.querySelector("span").textContent = chart.choosing ? "Tap the worst place" : "Worst place";
  }
  root.querySelector(".chart")?.classList.toggle("disabled", Boolean(chart.disabled));
  root.querySelector(".chart")?.classList.toggle("choosing", Boolean(chart.choosing));
}

function send(root, chart) {
  clearTimeout(chart.again);
  if (!chart.waiting.length || !root.isConnected && !root.host?.isConnected) return;
  if (connected()) chart.send("tapped", { page: chart.page, taps: chart.waiting });
  chart.again = setTimeout(() => send(root, chart), AGAIN_MS);
}

function keep(root, chart, tap) {
  chart.waiting.push({ n: ++chart.last, ...tap });
  apply(chart, tap);
  paint(root, chart);
  send(root, chart);
}

function apply(chart, tap) {
  if ("worst" in tap) { chart.worst = tap.worst; return; }
  if (tap.side === null) delete chart.marks[tap.place]; else chart.marks[tap.place] = tap.side;
}

function tap(root, chart, area, worst = false) {
  if (chart.disabled) return;
  const place = area.dataset.place, side = sideOf(area), before = chart.marks[place];
  if (!worst && !chart.choosing) return keep(root, chart, { place, side: turned(before, side) });
  if (!chart.mayChooseWorst) return;
  chart.choosing = false;
  if (before === undefined) keep(root, chart, { place, side });
  keep(root, chart, { worst: chart.worst === place && before !== undefined ? null : place });
}

// ── the keyboard: one stop a figure, arrows inside ──
const land = (root, area) => {
  if (!area) return;
  for (const each of area.closest("svg").querySelectorAll(".area")) each.setAttribute("tabindex", "-1");
  area.setAttribute("tabindex", "0");
  area.focus();
};

const find = (svg, id, half) => {
  const found = [...svg.querySelectorAll(".area")].filter((each) => each.dataset.id === id);
  return found.find((each) => each.dataset.half === half) ?? found[0];
};

const neighbour = (root, area, key) => {
  const svg = area.closest("svg"), half = area.dataset.half, { id, side } = area.dataset;
  if (key === "ArrowUp" || key === "ArrowDown") return find(svg, area.dataset[key === "ArrowUp" ? "above" : "below"], half);
  const towards = key === "ArrowLeft" ? "drawn" : "mirror";
  if (!side) return area.dataset.outward ? find(svg, area.dataset.outward, towards) : beyond(root, area, key);
  if (half === towards) return area.dataset.outward ? find(svg, area.dataset.outward, half) : beyond(root, area, key);
  return area.dataset.inward ? find(svg, area.dataset.inward, half) : find(svg, id, towards);
};

// Past the outer edge of a figure to the nearest area of the next one.
const beyond = (root, area, key) => {
  const figures = [...root.querySelectorAll("svg[role=group]")];
  const next = figures[figures.indexOf(area.closest("svg")) + (key === "ArrowLeft" ? -1 : 1)];
  const facing = key === "ArrowLeft" ? "mirror" : "drawn";
  const there = [...next?.querySelectorAll(".area") ?? []].filter((each) => each.dataset.half === facing || !each.dataset.side);
  const away = (each) => Math.abs(each.dataset.y - area.dataset.y) + (each.dataset.place === area.dataset.place ? -1000 : 0) + (each.dataset.outward ? 5 : 0);
  return there.sort((one, other) => away(one) - away(other))[0];
};

function onKey(root, chart, event) {
  const area = event.target.closest?.(".area");
  if (!area || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key.startsWith("Arrow")) land(root, neighbour(root, area, event.key));
  else if ((event.key === "Enter" || event.key === " ") && !event.repeat) tap(root, chart, area);
  else if (event.key.toLowerCase() === "w" && !event.repeat) tap(root, chart, area, true);
  else if (!["Enter", " "].includes(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
}

// ── what is said under the figures ──
function tell(root, area) {
  const line = root.querySelector(".readout");
  if (!line) return;
  const roots = area?.dataset.roots;
  const withBands = root.querySelector(".chart").classList.contains("banded");
  line.textContent = area ? area.dataset.name + (withBands && roots ? ` · usually crossed by ${roots}` : "") : line.dataset.resting;
}

const RESTING = "Tap a place, and again on the other side for both. Arrow keys move, Enter marks, W is the worst.";

function showBands(root, chart) {
  root.querySelector(".chart").classList.toggle("banded", Boolean(chart.banded));
  root.querySelector(".with-bands").setAttribute("aria-pressed", String(Boolean(chart.banded)));
  const legend = root.querySelector(".legend");
  if (legend) legend.hidden = !chart.banded;
}

// Streamlit calls the component again at every change of its data: listeners are set once for each drawing.
function listen(root, chart) {
  const drawing = root.querySelector(".chart");
  if (chart.drawing === drawing) return;
  chart.drawing = drawing;
  const onPoint = (event) => tell(root, event.target.closest?.(".area") ?? root.querySelector(".area:focus"));
  drawing.addEventListener("keydown", (event) => onKey(root, chart, event));
  for (const name of ["pointerover", "focusin", "pointerleave"]) drawing.addEventListener(name, onPoint);
  drawing.addEventListener("click", (event) => {
    const area = event.target.closest(".area");
    if (area) { land(root, area); tap(root, chart, area); }
    else if (event.target.closest(".worst-next")) { chart.choosing = !chart.choosing; paint(root, chart); }
    else if (event.target.closest(".with-bands")) { chart.banded = !chart.banded; showBands(root, chart); }
  });
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement, chart = memory(root);
  if (data.heard?.[0] === chart.page) chart.waiting = chart.waiting.filter((each) => each.n > data.heard[1]);
  Object.assign(chart, { send: setTriggerValue, marks: { ...data.marks }, worst: data.worst ?? null, disabled: data.disabled, mayChooseWorst: data.mayChooseWorst });
  for (const each of chart.waiting) apply(chart, each);
  paint(root, chart);
  if (data.told) root.querySelector("[role=img]").setAttribute("aria-label", data.told);
  if (!root.querySelector(".readout")) return;
  root.querySelector(".readout").dataset.resting = RESTING;
  for (const svg of root.querySelectorAll("svg[role=group]"))
    if (!svg.querySelector(".area[tabindex='0']")) svg.querySelector(".area").setAttribute("tabindex", "0");
  tell(root, root.querySelector(".area:focus"));
  showBands(root, chart);
  listen(root, chart);
}
