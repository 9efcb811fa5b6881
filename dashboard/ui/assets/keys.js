// The keyboard of the intake: moving, answering, and keeping keys that come sooner than the page can follow.
// Laid before commit_guard.js, which hears the keys. What the signs mean stands in desk/minutes.py.
const SIGNS = "123456789abcdefghijklm";
const WORDS = { y: "yes", n: "no", u: "unknown", l: "left", r: "right", b: "both" };
const FIELDS = "input:not([type=hidden]):not([disabled]), textarea:not([disabled])";
const GROUPS = "[role=radiogroup]:not([aria-disabled=true]), [role=toolbar]:not([aria-disabled=true]), [role=group].react-aria-ToggleButtonGroup";
const BESIDE = "[class*=st-key-last-], [class*=st-key-doubt], [class*=st-key-note], [class*=st-key-conflict], [class*=st-key-aside], [class*=st-key-unchanged-], [class*=st-key-sheet-], [class*=st-key-measured-]";
const PATIENCE_MS = 20000;
let known = { place: "", seq: 0, missing: [], details: [], switches: [] };  // as the server last drew it
let tell = () => {};  // (what, value): says something to the server

const form = () => document.querySelector(".st-key-intake-form");
const groupOf = (element) => element.closest("[role=radiogroup], [role=toolbar], [role=group]");
const questionOf = (element) => element?.closest("[class*=st-key-item-]");
const nameOf = (question) => [...(question?.classList ?? [])].find((each) => each.startsWith("st-key-item-"))?.slice(12);
const questionNamed = (name) => form()?.querySelector(`.st-key-item-${CSS.escape(name)}`);
const press = (key) => {
  const button = document.querySelector(`.st-key-${CSS.escape(key)} button`);
  if (!button || button.disabled) return false;
  button.click();
  return true;
};

// ── where the cursor can stop: every field and every group of answers, but not what only stands beside a question
const isUnit = (element) => element.matches("[role]") && element.closest("[class*=st-key-amount-]");
const stopsIn = (place) => [...(place?.querySelectorAll(`${FIELDS}, ${GROUPS}`) ?? [])].filter((each) =>
  each.getClientRects().length > 0 && !isUnit(each) && !each.closest(BESIDE) && questionOf(each) && !(each.matches(FIELDS) && groupOf(each)));
const stopOf = (element) => element.matches(FIELDS) ? element : groupOf(element) ?? element;

const land = (stop) => {
  const target = stop.matches("input, textarea, button") ? stop
    : stop.querySelector("[aria-checked=true], [aria-pressed=true]") ?? stop.querySelector("button");
  target?.focus({ preventScroll: true });
  if (target?.matches("input")) target.select?.();
  inSight(questionOf(stop) ?? stop);
  remember(stop);
};

// Only as far as needed, and never under what stays at the top of the page.
const inSight = (question) => {
  const { top, bottom } = question.getBoundingClientRect();
  const ceiling = (document.querySelector(".st-key-red-flags:not(:empty)")?.getBoundingClientRect().bottom ?? 0) + 70;
  if (top < ceiling || bottom > innerHeight - 90) question.scrollIntoView({ block: "center" });
};

// Which stop of which question the cursor was at: drawn anew, the element is another one and the place is the same.
let last = null;
const remember = (stop) => {
  const question = questionOf(stop);
  if (question) last = { name: nameOf(question), number: stopsIn(question).indexOf(stopOf(stop)) };
};
const again = () => {
  const stops = last && stopsIn(questionNamed(last.name));
  return stops?.[Math.max(0, Math.min(last.number, stops.length - 1))];
};

// ── keys that come while the page is being drawn wait for it, and are then pressed one after the other
const queue = [];
let holding = null;
const hold = (ready, then) => {
  holding = { ready, then, until: performance.now() + PATIENCE_MS };
  look();
};
const look = () => {
  if (!holding) return;
  const { ready, then, until } = holding;
  if (!ready() && performance.now() < until) { setTimeout(look, 12); return; }
  holding = null;
  then();
  replay();
};

// One key a turn: what a key changed is drawn before the next one is pressed. Keys that come meanwhile queue up behind.
let replaying = false, turn = 0;
const replay = () => {
  replaying = queue.length > 0 && !holding;
  if (!replaying || turn) return;
  turn = setTimeout(() => {
    turn = 0;
    if (!holding && queue.length) strike(queue.shift());
    replay();
  }, 0);
};
const isBusy = () => holding !== null || replaying;

// A kind of field that is new to this page loads its code first; a grey bar stands in its place until then.
const mounted = () => !form()?.querySelector("[data-testid=stSkeleton]");

// True once the server has drawn the page with everything in it that was answered so far.
const told = () => {
  const mine = (known.asked = Math.max(known.asked ?? 0, known.seq ?? 0) + 1);
  setTimeout(() => tell("seq", mine), 0);
  return () => (known.seq ?? 0) >= mine;
};

const strike = (key) => {
  const target = document.activeElement ?? document.body;
  if (act(key, target)) return;
  const now = document.activeElement;
  if (now?.matches("button") && (key.key === "Enter" || key.key === " ")) now.click();
  else if (key.key === "Backspace") document.execCommand("delete");
  else if (key.key.length === 1 && now?.matches("input, textarea")) document.execCommand("insertText", false, key.key);
};

// ── going on and back
const leave = (field) => { if (field.matches("input, textarea") && form()?.contains(field)) commit(field); };

const goOn = (from, past = false) => {
  const here = stopOf(from), question = questionOf(here), name = nameOf(question);
  const onward = () => {
    const stops = stopsIn(form());
    const now = here.isConnected ? here : again();
    const rest = stops.slice(stops.indexOf(now) + 1);
    const next = rest.find((each) => !past || questionOf(each) !== questionOf(now));
    if (next) land(next); else toSection("next-section");
  };
  remember(here);
  const heard = known.switches.includes(name) ? told() : mounted;
  hold(() => heard() && mounted(), onward);
};

const goBack = (from) => hold(mounted, () => {
  const here = stopOf(from), stops = stopsIn(form());
  const before = stops[stops.indexOf(here) - 1];
  if (before) land(before); else toSection("previous-section", true);
});

// In an emergency the form stands still: no questions come, and the way out is what the cursor goes to.
const stopped = () => document.querySelector(".st-key-go-on-asking") !== null;
const drawn = () => document.querySelector(`.st-key-section-${CSS.escape(known.place)}`);
const toSection = (button, atItsEnd = false) => {
  const from = known.place;
  if (button === "rail-review" && from === "review") return;
  if (document.activeElement?.matches("input, textarea")) leave(document.activeElement);
  if (!press(button)) return;
  hold(() => known.place !== from && (known.place === "review" || stopped() || (mounted() && stopsIn(drawn()).length > 0)), () => {
    const stop = stopsIn(drawn()).at(atItsEnd ? -1 : 0);
    if (known.place === "review") arriveAtReview();
    else if (stop) land(stop);
    else if (stopped()) document.querySelector(".st-key-hand-over button")?.focus();
  });
};

// Nothing typed ahead submits: the review is read first.
const arriveAtReview = () => {
  queue.length = 0;
  (document.querySelector("[class*=st-key-missing-] button") ?? document.querySelector(".st-key-previous-section button"))?.focus();
};

// The next required question without an answer: after the cursor, else from the start of the intake.
const toMissing = () => {
  if (document.activeElement?.matches("input, textarea")) leave(document.activeElement);
  hold(told(), () => {
    const order = [...(form()?.querySelectorAll("[class*=st-key-item-]") ?? [])].map(nameOf);
    const at = order.indexOf(last?.name);
    const later = known.missing.filter((each) => order.indexOf(each) > at || !order.includes(each));
    const wanted = later[0] ?? known.missing[0];
    const stop = wanted && stopsIn(questionNamed(wanted))[0];
    if (stop) land(stop);
    else if (wanted) jump(wanted);
    else press("rail-review");
  });
};

const jump = (item) => {
  tell("jump", item);
  hold(() => stopsIn(questionNamed(item)).length > 0, () => { const stop = stopsIn(questionNamed(item))[0]; if (stop) land(stop); });
};

// ── answering
const wordOf = (button) => button.innerText.trim().toLowerCase();
const isFlag = (group) => group.matches("[role=radiogroup]") && [...group.querySelectorAll("button")].map(wordOf).join() === "yes,no,unknown";

const answer = (key, group) => {
  const buttons = [...group.querySelectorAll("button")], name = nameOf(questionOf(group));
  const letters = isFlag(group) || group.closest("[class*=st-key-sides-]");
  const byWord = letters && buttons.find((each) => wordOf(each) === WORDS[key]);
  const chosen = byWord || buttons[SIGNS.indexOf(key)];
  if (!chosen) return false;
  if (!group.matches("[role=radiogroup]")) { chosen.click(); chosen.focus({ preventScroll: true }); remember(group); return true; }
  if (chosen.getAttribute("aria-checked") !== "true") chosen.click();
  chosen.focus({ preventScroll: true });
  remember(group);
  const details = () => stopsIn(questionNamed(name)).find((each) => each.matches("input, textarea"));
  if (isFlag(group) && wordOf(chosen) === "yes" && known.details.includes(name))
    hold(() => details(), () => { const field = details(); if (field) land(field); else goOn(group, true); });
  else goOn(group, !group.closest("[class*=st-key-sides-]"));
  return true;
};

// What was typed just before its unit was said is not an amount in the unit of before: it goes along into the new field.
const takeBack = (field) => {
  field.select();
  document.execCommand("delete");
  delete field.dataset.uncommitted;
};

// A letter after a number chooses its unit: 3w, 5mi. The same letter again chooses the next unit that begins so.
const unit = (key, field) => {
  const group = field.closest("[class*=st-key-amount-]")?.querySelector("[role=radiogroup]");
  const fitting = [...(group?.querySelectorAll("button") ?? [])].filter((each) => wordOf(each).startsWith(key));
  if (!fitting.length) return false;
  const now = fitting.findIndex((each) => each.getAttribute("aria-checked") === "true");
  const wanted = fitting[(now + 1) % fitting.length];
  if (now >= 0 && fitting.length === 1) return true;
  const reshapes = wordOf(wanted) === "ft in" || group.querySelector("[aria-checked=true]")?.innerText.trim() === "ft in";
  const typed = reshapes && field.dataset.typed ? field.value : "";
  if (typed) takeBack(field); else leave(field);
  remember(field);
  wanted.click();
  if (reshapes) hold(told(), () => { const stop = again(); if (stop) { land(stop); if (typed) document.execCommand("insertText", false, typed); } });
  return true;
};

// ── one key: true when it meant something here
const act = (key, target) => anywhere(key, target) || (form() !== null && inForm(key, target));

const anywhere = ({ key, alt, ctrl }, target) => {
  const submit = document.querySelector(".st-key-submit");
  if (ctrl && key === "Enter" && submit) return press("submit");
  if (alt && key === "ArrowRight") { toSection("next-section"); return true; }
  if (alt && key === "ArrowLeft") { toSection("previous-section"); return true; }
  if (alt && key === "r") { toSection("rail-review"); return true; }
  if (alt && key === "m") { toMissing(); return true; }
  if (alt && key === "Enter") return handOver(target);
  if (alt && key === "p") { leave(target); return press("another-patient"); }
  if (ctrl || alt) return false;
  if (key === "F1") { showKeys(); return true; }
  if (isWriting(target)) return false;
  if (key === "?") showKeys();
  else if (key === "]") toSection("next-section");
  else if (key === "[") toSection("previous-section");
  else if (key === ";") toMissing();
  else return false;
  return true;
};

// In an emergency, from wherever the cursor is; what is being typed is kept first.
const handOver = (target) => {
  if (!document.querySelector(".st-key-hand-over button")) return false;
  leave(target);
  hold(told(), () => press("hand-over"));
  return true;
};

const isWriting = (target) => target.matches("textarea, input:not([type=number])");

const inForm = (key, target) => {
  const lost = !form().contains(target) && (target === document.body || !target.isConnected);
  const here = lost ? again() ?? stopsIn(form())[0] : target;
  if (!here || !form().contains(here) || here.closest(BESIDE)) return false;
  if (lost) land(here);
  return move(key, stopOf(lost ? document.activeElement : here));
};

const move = ({ key, shift, ctrl, alt }, here) => {
  const area = here.matches("textarea"), field = here.matches("input, textarea");
  if (alt || (ctrl && !(area && key === "Enter"))) return false;
  if (key === "Enter" && shift && area) return false;
  if (key === "ArrowUp" && !area || key === "Enter" && shift) { if (field) leave(here); goBack(here); return true; }
  if (key === "ArrowDown" && !area || key === "Enter") { if (field) leave(here); goOn(here, isEnough(here)); return true; }
  if (key.length !== 1) return false;
  if ((key === "=" || key === "+") && !here.value) return same(key, here);
  if (here.matches("input[type=number]")) return /[a-z]/i.test(key) && (unit(key.toLowerCase(), here) || true);
  return !field && here.matches("[role]") && answer(key.toLowerCase(), here);
};

// A list of activities ends at the first one that was left empty, and shares once they make the whole.
const isEnough = (field) => {
  if (!field.matches("input")) return false;
  const shares = [...(field.closest("[class*=st-key-mix-]")?.querySelectorAll("input") ?? [])];
  return shares.length ? shares.reduce((sum, each) => sum + Number(each.value), 0) === 100
    : !field.value && field.closest("[class*=st-key-activity-]") !== null;
};

const same = (key, here) => {
  const name = nameOf(questionOf(here));
  if (key === "=" && press(`same-${name}`)) { goOn(here, true); return true; }
  if (key === "+" && press("unchanged-all")) { remember(here); hold(told(), () => { const stop = again(); if (stop) land(stop); }); return true; }
  return false;
};
