// Keeps typed text from being lost, and hears the keys. See commit_guard.py; keys.js and key_list.js come before.
const PAUSE_MS = { TEXTAREA: 1200, INPUT: 2000 };  // a number is half typed for longer than a sentence
const timers = new WeakMap();
let lastPlace = null;

// Enter (with Ctrl in an area) is Streamlit's own way of committing a field without leaving it.
const commit = (field) => {
  delete field.dataset.uncommitted;
  const press = { key: "Enter", code: "Enter", ctrlKey: field.matches("textarea"), bubbles: true, cancelable: true };
  field.dispatchEvent(new KeyboardEvent("keydown", press));
};

const isGuarded = (field) => field instanceof HTMLElement && form()?.contains(field) && field.matches("textarea, input");

const commitSoon = ({ target }) => {
  if (!isGuarded(target)) return;
  clearTimeout(timers.get(target));
  target.dataset.uncommitted = target.dataset.typed = "yes";
  timers.set(target, setTimeout(() => { if (target.dataset.uncommitted && !target.disabled) commit(target); }, PAUSE_MS[target.tagName]));
};

// Leaving a field commits it, unless it was left because a lost connection disabled it: then it stays marked.
const left = ({ target }) => {
  if (target instanceof HTMLElement) delete target.dataset.typed;
  if (isGuarded(target) && !target.disabled) delete target.dataset.uncommitted;
};

const commitAllNow = () => {
  document.querySelectorAll("[data-uncommitted]").forEach((field) => {
    clearTimeout(timers.get(field));
    commit(field);
  });
};

// After a lost connection Streamlit enables the fields again: what was typed meanwhile is committed then.
const reconnected = new MutationObserver((changes) => {
  for (const { target } of changes)
    if (isGuarded(target) && !target.disabled && target.dataset.uncommitted) setTimeout(() => commit(target), 200);
});

const ALONE = ["Shift", "Control", "Alt", "Meta", "CapsLock", "AltGraph", "Dead", "Process", "Unidentified"];

const onKey = (event) => {
  if (!event.isTrusted || ALONE.includes(event.key) || event.isComposing) return;  // not our own committing
  if (document.querySelector("dialog[open], [role=dialog]")) return;
  const { target } = event;
  if (!(target instanceof HTMLElement) || event.composedPath()[0] !== target) return;  // the figures have keys of their own
  const key = { key: event.key, shift: event.shiftKey, ctrl: event.ctrlKey || event.metaKey, alt: event.altKey };
  if (isBusy() && (event.key.length === 1 && !key.ctrl || ["Enter", "Backspace", "ArrowUp", "ArrowDown"].includes(event.key))) queue.push(key);
  else if (event.repeat && !isWriting(target) && event.key !== "ArrowDown" && event.key !== "ArrowUp") { if (!form()?.contains(target)) return; }
  else if (!act(key, target)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
};

const noted = ({ target }) => { if (!isBusy() && target instanceof HTMLElement && form()?.contains(target) && !target.closest(BESIDE)) remember(stopOf(target)); };

// Put the cursor on the first question of a newly opened section, or on the one a link asked for, once it is there.
const open = ({ place, item }, tries = 40) => {
  if (place === "review" || holding) return;
  const section = document.querySelector(`.st-key-section-${CSS.escape(place)}`);
  const stop = stopsIn(item ? section?.querySelector(`.st-key-item-${CSS.escape(item)}`) : section)[0];
  if (!stop) { if (tries > 0) setTimeout(() => open({ place, item }, tries - 1), 60); return; }
  land(stop);
};

const toTop = () => document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });

const EARS = { input: commitSoon, keydown: onKey, focusout: left, focusin: noted };

export default function ({ data, setStateValue, setTriggerValue }) {
  tell = (what, value) => (what === "seq" ? setStateValue : setTriggerValue)(what, value);
  known = { ...known, ...data };
  for (const [event, hear] of Object.entries(EARS)) document.addEventListener(event, hear, true);
  window.addEventListener("pagehide", commitAllNow);
  document.addEventListener("visibilitychange", commitAllNow);
  reconnected.observe(document.body, { subtree: true, attributes: true, attributeFilter: ["disabled"] });
  const place = `${data.place}:${data.item ?? ""}`;
  if (place !== lastPlace) {
    lastPlace = place;
    if (!data.item) toTop();
    open(data);
  }
  return () => {
    for (const [event, hear] of Object.entries(EARS)) document.removeEventListener(event, hear, true);
    window.removeEventListener("pagehide", commitAllNow);
    document.removeEventListener("visibilitychange", commitAllNow);
    reconnected.disconnect();
  };
}
