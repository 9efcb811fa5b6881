// The patient's questions: every answer is sent as it is given, again and again until the server has it, and a page
// that nobody touches is cleared. Without this script the same form sends each screen as a whole.
(() => {
  const RETRY_MS = 2000, ASK_MS = 5000, TOUCH_MS = 10000;
  const form = document.getElementById("questions"), kept = document.getElementById("kept");
  const waiting = new Map();
  let touched = Date.now(), told = 0, idle = Number(document.body.dataset.idle) * 1000, gone = false, going = false, busy = null;

  // Other pages of this browser that are still open show nothing from here on.
  if ("BroadcastChannel" in window) new BroadcastChannel("backstride-tablet").postMessage("handed over");

  const over = () => {
    if (gone) return;
    gone = true;
    const page = document.getElementById("over").content.cloneNode(true);
    document.body.replaceChildren(page);
  };

  const anew = (where) => {
    gone = true;
    document.body.replaceChildren();
    location.replace(where || "/tablet");
  };

  const post = (where, body) => fetch(where, {
    method: "POST", cache: "no-store", body,
    headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
  });

  const say = (words, waits) => {
    if (!kept) return;
    kept.textContent = words;
    kept.classList.toggle("waits", Boolean(waits));
  };

  const fieldsOf = (card) => {
    const all = new FormData(form), its = new URLSearchParams();
    const item = card.dataset.item, own = new RegExp(`^(q|a)\\.${item}(_detail)?(\\.|$)`);
    for (const [name, value] of all) if (own.test(name)) its.append(name, value);
    its.append("at", all.get("at"));
    return its.toString();
  };

  const tell = (card, words) => {
    const place = card.querySelector(":scope .wrong");
    place.hidden = !words;
    place.textContent = words || "";
    card.classList.toggle("has-error", Boolean(words));
  };

  // One at a time, in the order they were given; what cannot be sent waits and is sent again.
  const send = async () => {
    while (waiting.size && !gone) {
      const [item, body] = waiting.entries().next().value;
      let answer;
      try {
        answer = await post("/tablet/answer", body);
      } catch {
        say(form.dataset.notSaved, true);
        await new Promise((go) => { setTimeout(go, RETRY_MS); addEventListener("online", go, { once: true }); });
        continue;
      }
      if (answer.status === 401) return over();
      if (!answer.ok) {
        say(form.dataset.notSaved, true);
        await new Promise((go) => setTimeout(go, RETRY_MS));
        continue;
      }
      if (answer.redirected) return anew();
      if (waiting.get(item) === body) waiting.delete(item);
      const said = await answer.json();
      if (said.state !== "asking") return anew();
      const card = document.getElementById(item);
      tell(card, said.refused[item] || "");
    }
    if (!gone) say(form.querySelector(".has-error") ? "" : form.dataset.saved);
  };

  const save = (card) => {
    waiting.set(card.dataset.item, fieldsOf(card));
    if (!kept.classList.contains("waits")) say(form.dataset.saving);
    busy = busy || send().finally(() => { busy = null; if (waiting.size && !gone) save(document.getElementById([...waiting.keys()][0])); });
    return busy;
  };

  const alone = (card, pressed) => {
    if (pressed.type !== "checkbox" || !pressed.checked) return;
    const is = (each) => each.closest(".press").matches(".alone, .decline");
    for (const each of card.querySelectorAll("input[type=checkbox]")) {
      if (each !== pressed && (is(pressed) || is(each))) each.checked = false;
    }
    if (pressed.closest(".decline")) {
      for (const each of card.querySelectorAll("input[type=text], input[type=date], textarea")) if (!each.id.endsWith("_detail")) each.value = "";
      for (const each of card.querySelectorAll("input[type=radio]")) each.checked = each.value === "";
      for (const each of card.querySelectorAll("select")) if (each.name.endsWith(".rating")) each.value = "";
    }
  };

  const undecline = (card, changed) => {
    if (changed.closest(".decline") || changed.id.endsWith("_detail")) return;
    for (const each of card.querySelectorAll(".decline input")) each.checked = false;
  };

  const sum = (card) => {
    const place = card.querySelector(".sum");
    if (!place) return;
    const parts = [...card.querySelectorAll(".mix input")].map((each) => Number(each.value.replace(",", ".")) || 0);
    place.textContent = form.dataset.sum.replace("{sum}", String(parts.reduce((one, other) => one + other, 0)));
  };

  if (form) {
    form.addEventListener("change", (event) => {
      const card = event.target.closest(".question");
      if (!card) return;
      alone(card, event.target);
      undecline(card, event.target);
      sum(card);
      save(card);
    });
    let typing = 0;
    form.addEventListener("input", (event) => {
      const card = event.target.closest(".question");
      if (!card || !event.target.matches("input[type=text], textarea")) return;
      sum(card);
      // Parts of a whole and numbers are judged when their field is left, words are kept while they are typed.
      if (event.target.inputMode === "decimal") return;
      clearTimeout(typing);
      typing = setTimeout(() => save(card), 900);
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (going) return;
      going = true;
      clearTimeout(typing);
      const way = event.submitter?.value || "next";
      for (const card of form.querySelectorAll(".question")) save(card);
      while (busy && !gone) await busy;
      going = false;
      const wrong = form.querySelector(".has-error");
      if (gone || (wrong && way === "next")) return wrong?.querySelector("input:not([type=hidden]), textarea")?.focus();
      going = true;
      for (;;) {
        try {
          const answer = await post("/tablet/answer", new URLSearchParams({ at: form.elements.at.value, go: way }).toString());
          if (answer.status === 401) return over();
          if (answer.ok) { const said = await answer.json(); return location.assign(said.where); }
        } catch { /* no connection: again below */ }
        say(form.dataset.notSaved, true);
        await new Promise((go) => setTimeout(go, RETRY_MS));
      }
    });
    for (const card of form.querySelectorAll(".question")) sum(card);
    addEventListener("pagehide", () => {
      for (const body of waiting.values()) {
        navigator.sendBeacon("/tablet/answer", new Blob([body], { type: "application/x-www-form-urlencoded" }));
      }
    });
  }

  const touch = (event) => {
    if (!event.isTrusted || gone) return;
    touched = Date.now();
    if (touched - told < TOUCH_MS || document.body.dataset.state !== "asking") return;
    told = touched;
    post("/tablet/touch", "").then((answer) => { if (answer.status === 401) over(); }, () => {});
  };
  for (const name of ["keydown", "pointerdown", "wheel", "touchstart", "input"]) {
    addEventListener(name, touch, { capture: true, passive: true });
  }

  const clear = () => {
    const after = () => anew();
    document.body.replaceChildren(document.getElementById("over").content.cloneNode(true));
    gone = true;
    post("/tablet/wipe", "").then(after, () => setTimeout(clearAgain, RETRY_MS));
  };
  const clearAgain = () => post("/tablet/wipe", "").then(() => anew(), () => setTimeout(clearAgain, RETRY_MS));

  const ask = async () => {
    if (gone) return;
    try {
      const answer = await fetch("/tablet/state", { cache: "no-store", headers: { Accept: "application/json" } });
      if (answer.status === 401) return over();
      if (!answer.ok) return;
      const said = await answer.json();
      if (said.state === "over") return anew();
      if (said.state !== document.body.dataset.state) return anew();
    } catch { /* no connection: what was typed waits in the page */ }
  };
  setInterval(ask, ASK_MS);
  setInterval(() => {
    if (!gone && document.body.dataset.state === "asking" && Date.now() - touched >= idle) clear();
  }, 1000);
  addEventListener("pageshow", (event) => { if (event.persisted) anew(location.href); });
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") ask(); });
})();
