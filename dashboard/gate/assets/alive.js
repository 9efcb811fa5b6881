// Ends what is on the screen when the sign-in ends. Only a real key or press makes a sign-in last longer:
// pages that refresh themselves do not. The server keeps the same limits; this script clears the screen.
(() => {
  const ASK_MS = 5000, TELL_MS = 20000, WARN_SECONDS = 60, STALE_MS = 15000;
  let tag = null, until = Infinity, end = Infinity, heard = Date.now(), told = 0, gone = false, strip = null;

  const leave = (why) => {
    if (gone) return;
    gone = true;
    document.documentElement.replaceChildren();
    const here = location.pathname + location.search;
    location.replace(`/signin?why=${why}&next=${encodeURIComponent(here)}`);
  };

  const anew = () => {
    gone = true;
    document.documentElement.replaceChildren();
    location.replace(location.origin + "/");
  };

  // Somebody handed this browser's tablet to a patient: nothing of a page that is still open stays on the screen.
  const handed = () => {
    if (gone) return;
    gone = true;
    document.documentElement.replaceChildren();
    location.replace("/tablet");
  };

  const learn = ({ tag: now, idle, left }) => {
    if (tag !== null && now !== tag) return anew();
    tag = now;
    heard = Date.now();
    until = heard + Math.min(idle, left) * 1000;
    end = heard + left * 1000;
    document.documentElement.style.visibility = "";
    show();
  };

  const ask = async () => {
    if (gone) return;
    try {
      const said = await fetch("/gate/left", { cache: "no-store", headers: { Accept: "application/json" } });
      if (said.status === 401) return leave(Date.now() >= until - ASK_MS ? "idle" : "ended");
      if (said.status === 423) return handed();
      if (said.ok) learn(await said.json());
    } catch { /* no server at the moment: the clock below still runs */ }
    if (Date.now() >= until + ASK_MS) leave("idle");
  };

  const tell = async () => {
    told = Date.now();
    try { await fetch("/gate/alive", { method: "POST", cache: "no-store" }); } catch { return; }
    ask();
  };

  const seconds = () => Math.max(0, Math.round((until - Date.now()) / 1000));

  const acted = (event) => {
    if (!event.isTrusted || gone) return;
    const pause = seconds() < WARN_SECONDS ? 1000 : TELL_MS;
    if (Date.now() - told >= pause) tell();
  };

  const show = () => {
    const wanted = seconds() < WARN_SECONDS && !gone;
    if (!wanted) { strip?.remove(); strip = null; return; }
    if (!strip) {
      strip = document.createElement("div");
      strip.id = "backstride-last-minute";
      strip.setAttribute("role", "alert");
      strip.style.cssText = "position:fixed;inset:auto 0 0 0;z-index:2147483647;padding:.9rem 1.2rem;text-align:center;" +
        "background:#8A3F06;color:#fff;font:600 1rem/1.4 'Source Sans',system-ui,sans-serif;box-shadow:0 -2px 12px rgb(0 0 0/.25)";
      document.body?.append(strip);
    }
    const last = end - until < 1000;
    strip.textContent = last
      ? `Your working day here ends in ${seconds()} s. Leave the field you are in, then sign in again.`
      : `You will be signed out in ${seconds()} s. Press any key or tap to stay.`;
  };

  for (const name of ["keydown", "pointerdown", "wheel", "touchstart"]) {
    addEventListener(name, acted, { capture: true, passive: true });
  }
  // A page that was out of sight may be older than it looks: nothing is shown until the server has answered.
  const back = () => {
    if (document.visibilityState !== "visible" || gone) return;
    if (Date.now() - heard > STALE_MS) document.documentElement.style.visibility = "hidden";
    ask().finally(() => { if (!gone && Date.now() < until) document.documentElement.style.visibility = ""; });
  };
  document.addEventListener("visibilitychange", back);
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.documentElement.style.visibility = "hidden";
    back();
  });
  if ("BroadcastChannel" in window) {
    new BroadcastChannel("backstride-tablet").addEventListener("message", handed);
  }
  setInterval(ask, ASK_MS);
  setInterval(() => { show(); if (Date.now() >= until) ask(); }, 1000);
  ask();
})();
