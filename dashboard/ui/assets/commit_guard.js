// Keeps typed text from being lost and lets the keyboard do the whole intake. See commit_guard.py.
const PAUSE_MS = { TEXTAREA: 1200, INPUT: 2000 };  // a number is half typed for longer than a sentence
const STOPS = "input:not([type=hidden]):not([disabled]), textarea:not([disabled]), [role=radiogroup], [role=toolbar], [role=group].react-aria-ToggleButtonGroup, button";
const LETTERS = { y: "yes", n: "no", u: "unknown" };
const timers = new WeakMap();
let lastPlace = null;

const form = () => document.querySelector(".st-key-intake-form");

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
  target.dataset.uncommitted = "yes";
  timers.set(target, setTimeout(() => { if (target.dataset.uncommitted && !target.disabled) commit(target); }, PAUSE_MS[target.tagName]));
};

// Leaving a field commits it, unless it was left because a lost connection disabled it: then it stays marked.
const left = ({ target }) => {
  if (isGuarded(target) && !target.disabled) delete target.dataset.uncommitted;
};

const commitAllNow = () => {
  document.querySelectorAll("[data-uncommitted]").forEach((field) => {
    clearTimeout(timers.get(field));
    commit(field);
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
  const next = nextOf(from, pastQuestion);
  if (!next) return;
  land(next);
  waitForNewQuestions(questionOf(from), document.activeElement);
};

const nextOf = (from, pastQuestion) => {
  const here = groupOf(from) ?? from;
  const all = stops();
  const after = all.slice(all.indexOf(here) + 1);
  return after.find((each) => !pastQuestion || questionOf(each) !== questionOf(here)) ?? document.querySelector(".st-key-next-section button");
};

// An answer may bring questions in between. If they come while the next one is still untouched, they are asked first.
const WAIT_MS = 1500;
let touched = 0;
const nameOf = (question) => [...(question?.classList ?? [])].find((each) => each.startsWith("st-key-item-"));
const questions = () => [...(form()?.querySelectorAll("[class*=st-key-item-]") ?? [])];

const waitForNewQuestions = (question, landed, until = performance.now() + WAIT_MS) => {
  const name = nameOf(question);
  const known = new Set(questions().map(nameOf));
  const seen = touched;
  if (!name) return;
  const look = () => {
    if (touched !== seen || document.activeElement !== landed) return;
    const names = questions().map(nameOf);
    const place = names.indexOf(name) + 1;
    const end = names.indexOf(nameOf(questionOf(landed)));
    const fresh = questions().slice(place, end < 0 ? undefined : end).find((each) => !known.has(nameOf(each)));
    const stop = fresh?.querySelector(STOPS);
    if (stop) land(stop.matches("button") ? groupOf(stop) ?? stop : stop);
    else if (performance.now() < until) setTimeout(look, 60);
  };
  look();
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

// The browser presses Enter where the cursor has gone meanwhile: the next answer must not be given by it.
let enteredIn = null;
const notTwice = (event) => {
  if (event.key === "Enter" && enteredIn && event.target !== enteredIn) { event.preventDefault(); event.stopPropagation(); }
};
const released = () => { enteredIn = null; };

const onKey = (event) => {
  const target = event.target;
  if (!event.isTrusted) return;  // our own committing
  touched += 1;
  if (!(target instanceof HTMLElement) || !form()?.contains(target)) return;
  if (event.key === "Enter" && target.matches("input")) { enteredIn = target; goOn(target); }
  else if (event.key === "Enter" && groupOf(target)) { event.preventDefault(); event.stopPropagation(); goOn(target); }
  else if (answerByKey(event)) { event.preventDefault(); event.stopPropagation(); }
};

// After a lost connection Streamlit enables the fields again: what was typed meanwhile is committed then.
const reconnected = new MutationObserver((changes) => {
  for (const { target } of changes)
    if (isGuarded(target) && !target.disabled && target.dataset.uncommitted) setTimeout(() => commit(target), 200);
});

// Put the cursor on the first question of a newly opened section, or on the one a link asked for, once it is there.
const open = ({ place, item }, tries = 40) => {
  const section = document.querySelector(`.st-key-section-${CSS.escape(place)}`);
  const wanted = item ? section?.querySelector(`.st-key-item-${CSS.escape(item)}`) : section;
  const first = wanted?.querySelector(STOPS);
  if (!first) return tries > 0 && place !== "review" && setTimeout(() => open({ place, item }, tries - 1), 60);
  if (item) wanted.scrollIntoView({ block: "center" });
  land(first.matches("button") ? groupOf(first) ?? first : first);
};

const toTop = () => document.querySelector("[data-testid=stMain]")?.scrollTo({ top: 0 });

export default function ({ data }) {
  document.addEventListener("input", commitSoon, true);
  document.addEventListener("keydown", onKey, true);
  document.addEventListener("keypress", notTwice, true);
  document.addEventListener("keyup", released, true);
  document.addEventListener("focusout", left, true);
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
    document.removeEventListener("input", commitSoon, true);
    document.removeEventListener("keydown", onKey, true);
    document.removeEventListener("keypress", notTwice, true);
    document.removeEventListener("keyup", released, true);
    document.removeEventListener("focusout", left, true);
    window.removeEventListener("pagehide", commitAllNow);
    document.removeEventListener("visibilitychange", commitAllNow);
    reconnected.disconnect();
  };
}
