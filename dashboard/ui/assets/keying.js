// A paper form keyed in line by line: one box a line, Enter goes on, nothing waits for the server. See ui/keying.py.
const PAUSE_MS = 700;

const element = (name, className, text) => {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text) made.textContent = text;
  return made;
};

const hinted = (line) => {
  const hint = element("span", "hint", line.hint);
  hint.id = `hint-${line.item}`;
  return hint;
};

// What a line can be, by its kind; the server looks again, and the second keying too.
const LOOKS_RIGHT = {
  flag: (text) => /^[ynus?]$/i.test(text),
  choice: (text, most) => /^\d{1,2}$/.test(text) && +text >= 1 && +text <= most,
  choices: (text, most) => text.split(/[\s,;+]+/).filter(Boolean).every((each) => LOOKS_RIGHT.choice(each, most)),
  sites: (text, most) => text.split(/[\s,;+]+/).filter(Boolean).every((each) => /^\d{1,2}[lrb]?$/i.test(each) && LOOKS_RIGHT.choice(each.replace(/\D/g, ""), most)),
  mix: (text) => /^(\d{1,2}\s*[:=]\s*\d{1,3}([.,]\d)?\s*%?[\s,;]*)+$/.test(text),
  integer: (text) => /^-?\d/.test(text),
  decimal: (text) => /^-?\d/.test(text),
};
const looksRight = (line, text) => text === "" || text === "??" || (LOOKS_RIGHT[line.kind]?.(text, line.most) ?? true);

export default function ({ parentElement, data, setStateValue }) {
  const root = parentElement.querySelector(".lines");
  if (root.dataset.of !== data.of) build(root, data);
  const send = () => {
    clearTimeout(root.timer);
    if (!root.fresh || !Object.keys(root.fresh).length) return;
    // Everything since the form was opened, so that a message that was lost is made good by the next.
    root.sent = { ...root.sent, ...root.fresh };
    root.fresh = {};
    setStateValue("texts", { ...root.sent });
  };
  const mark = (input) => input.classList.toggle("odd", !looksRight(root.lines[input.dataset.item], input.value.trim()));

  root.oninput = ({ target }) => {
    root.fresh[target.dataset.item] = target.value;
    target.classList.remove("odd");
    clearTimeout(root.timer);
    root.timer = setTimeout(send, PAUSE_MS);
  };
  root.onchange = ({ target }) => { mark(target); send(); };
  root.onkeydown = (event) => {
    const inputs = [...root.querySelectorAll("input")];
    const here = inputs.indexOf(event.target);
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || here < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const next = inputs[here + step];
    if (next) { next.focus(); next.select(); next.scrollIntoView({ block: "nearest" }); } else send();
  };
  window.addEventListener("pagehide", send);
  document.addEventListener("visibilitychange", send);
  return () => {
    window.removeEventListener("pagehide", send);
    document.removeEventListener("visibilitychange", send);
  };
}

function build(root, data) {
  root.dataset.of = data.of;
  root.fresh = {};
  root.sent = {};
  root.lines = Object.fromEntries(data.lines.map((line) => [line.item, line]));
  root.replaceChildren();
  let section = null;
  for (const line of data.lines) {
    if (line.section !== section) root.append(element("h3", "", (section = line.section)));
    const row = element("label", line.detail ? "line detail" : "line");
    row.append(element("span", "number", line.number), element("span", "wording", line.wording));
    const input = element("input");
    input.type = "text";
    input.maxLength = 500;
    input.autocomplete = "off";
    input.spellcheck = false;
    input.value = data.texts[line.item] ?? "";
    input.dataset.item = line.item;
    input.setAttribute("aria-describedby", `hint-${line.item}`);
    row.append(input, hinted(line));
    root.append(row);
  }
  root.querySelector("input")?.focus();
}
