// Arrows go from the search field down the patients found and back up; Enter is the button's own. See finder_keys.py.
const finder = () => document.querySelector(".st-key-finder");
const field = () => finder()?.querySelector(".st-key-find-patient input");
const found = () => [...(finder()?.querySelectorAll('[class*="st-key-take-"] button') ?? [])];

const onKey = (event) => {
  if (!["ArrowDown", "ArrowUp"].includes(event.key) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (document.querySelector("dialog[open], [role=dialog]")) return;
  const stops = [field(), ...found()];
  const at = stops.indexOf(event.target);
  if (at < 0 || stops.length < 2) return;
  const next = stops[Math.min(Math.max(at + (event.key === "ArrowDown" ? 1 : -1), 0), stops.length - 1)];
  event.preventDefault();
  next.focus();
  next.scrollIntoView({ block: "nearest" });
};

// When the form of a new patient opens, the cursor stands in its first empty field.
const FIELDS = ["new-given", "new-family", "new-born", "new-phone"];
let wasOpen = false;
const opened = new MutationObserver(() => {
  const fields = FIELDS.map((key) => document.querySelector(`[role=dialog] .st-key-${key} input`)).filter(Boolean);
  const isOpen = fields.length === FIELDS.length;
  if (isOpen && !wasOpen) setTimeout(() => (fields.find((each) => !each.value) ?? fields[0]).focus(), 80);
  wasOpen = isOpen;
});

export default () => {
  document.addEventListener("keydown", onKey, true);
  opened.observe(document.body, { childList: true, subtree: true });
  return () => { document.removeEventListener("keydown", onKey, true); opened.disconnect(); };
};
