// Keeps typed text from being lost and lets the keyboard do the whole intake. See commit_guard.py.
const PAUSE_MS = 1200;
const STOPS = "input:not([type=hidden]):not([disabled]), textarea:not([disabled]), [role=radiogroup], [role=toolbar], [role=group].react-aria-ToggleButtonGroup, button";
const LETTERS = { y: "yes", n: "no", u: "unknown" };
const timers = new WeakMap();
let lastPlace = null;

const form = () => document.querySelector(".st-key-intake-form");

// Ctrl+Enter is Streamlit's own way of committing a text area without leaving it.
const commit = (area) => {
  const press = { key: "Enter", code: "Enter", ctrlKey: true, bubbles: true, cancelable: true };
  area.dispatchEvent(new KeyboardEvent("keydown", press));
};

const commitSoon = (event) => {
  const area = event.target;
  if (!(area instanceof HTMLTextAreaElement)) return;
  clearTimeout(timers.get(area));
  area.dataset.uncommitted = "yes";
  timers.set(area, setTimeout(() => { delete area.dataset.uncommitted; commit(area); }, PAUSE_MS));
};

const commitAllNow = () => {
  document.querySelectorAll("textarea[data-uncommitted]").forEach((area) => {
    clearTimeout(timers.get(area));
    delete area.dataset.uncommitted;
    commit(area);
  });
};

const groupOf = (element) => element.closest("[role=radiogroup], [role=toolbar], [role=group]");

const stops = () => {
  const all = [...(form()?.querySelectorAll(STOPS) ?? [])];
  const visible = all.filter((each) => each.offsetParent !== null && each.tabIndex !== -1 || each.matches("[role]"));
  return visible.filter((each) => !(each.matches("button") && (groupOf(each) || each.closest("[data-testid=stNumberInput]"))));
};

const land = (stop) => {
  const target = stop.matches("input, textarea, button") ? stop
    : stop.querySelector("[aria-checked=true], [aria-pressed=true]") ?? stop.querySelector("button");
  target?.focus();
  if (target?.matches("input")) target.select?.();
};

const questionOf = (element) => element.closest("[class*=st-key-item-]");

// To the next stop; or past the rest of this question, whose details may be about to disappear.
const goOn = (from, pastQuestion = false) => {
  const here = groupOf(from) ?? from;
  const all = stops();
  const after = all.slice(all.indexOf(here) + 1);
  const next = after.find((each) => !pastQuestion || questionOf(each) !== questionOf(here)) ?? document.querySelector(".st-key-next-section button");
  if (next) land(next);
};

const answerByKey = (event) => {
  const button = event.target;
  if (!(button instanceof HTMLElement) || !form()?.contains(button)) return false;
  const group = groupOf(button);
  if (!group || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return false;
  const buttons = [...group.querySelectorAll("button")];
  const word = LETTERS[event.key.toLowerCase()];
  const byWord = word && buttons.find((each) => each.innerText.trim().toLowerCase() === word);
  const chosen = byWord ?? (/^[1-9]$/.test(event.key) ? buttons[Number(event.key) - 1] : undefined);
  if (!chosen) return false;
  if (chosen.getAttribute("aria-checked") !== "true") chosen.click();
  const alone = group.getAttribute("role") === "radiogroup";
  if (alone && word !== "yes") goOn(chosen, Boolean(byWord)); else chosen.focus();
  return true;
};

const onKey = (event) => {
  const target = event.target;
  if (!(target instanceof HTMLElement) || !form()?.contains(target)) return;
  if (event.key === "Enter" && target.matches("input")) goOn(target);
  else if (event.key === "Enter" && groupOf(target)) { event.preventDefault(); event.stopPropagation(); goOn(target); }
  else if (answerByKey(event)) { event.preventDefault(); event.stopPropagation(); }
};

// After a lost connection Streamlit enables the fields again: what was typed meanwhile is committed then.
const reconnected = new MutationObserver((changes) => {
  for (const { target } of changes)
    if (target instanceof HTMLTextAreaElement && !target.disabled && target.value !== target.defaultValue) commit(target);
});

const open = ({ place, item }, tries = 20) => {
  const wanted = item ? document.querySelector(`.st-key-item-${CSS.escape(item)}`) : form();
  const first = wanted?.querySelector(STOPS);
  if (!first) return tries > 0 && setTimeout(() => open({ place, item }, tries - 1), 60);
  if (item) wanted.scrollIntoView({ block: "center" });
  else document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });
  land(first.matches("button") ? groupOf(first) ?? first : first);
};

export default function ({ data }) {
  document.addEventListener("input", commitSoon, true);
  document.addEventListener("keydown", onKey, true);
  window.addEventListener("pagehide", commitAllNow);
  document.addEventListener("visibilitychange", commitAllNow);
  reconnected.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["disabled"] });
  const place = `${data.place}:${data.item ?? ""}`;
  if (place !== lastPlace) { lastPlace = place; setTimeout(() => open(data), 80); }
  return () => {
    document.removeEventListener("input", commitSoon, true);
    document.removeEventListener("keydown", onKey, true);
    window.removeEventListener("pagehide", commitAllNow);
    document.removeEventListener("visibilitychange", commitAllNow);
    reconnected.disconnect();
  };
}
