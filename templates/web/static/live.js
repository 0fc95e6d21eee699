// Fetches the conversation again whenever the server says that something changed. Without this script the page works
// by reloading it.
"use strict";

(() => {
  const live = document.getElementById("live");
  const state = document.getElementById("live-state");
  let source = null;
  let loading = false;
  let again = false;

  function show(name, text) {
    if (state.dataset.state === name) return;
    state.dataset.state = name;
    state.textContent = text;
  }

  // A reader at the end of the list stays there; one who scrolled elsewhere is not moved.
  function replace(html) {
    const root = document.documentElement;
    const atEnd = window.scrollY > 0 && window.scrollY + window.innerHeight >= root.scrollHeight - 64;
    live.innerHTML = html;
    if (atEnd) window.scrollTo(0, root.scrollHeight);
  }

  // Changes that arrive during a fetch are answered by one more fetch.
  async function refresh() {
    again = true;
    if (loading) return;
    loading = true;
    try {
      while (again) {
        again = false;
        const answer = await fetch(live.dataset.fragment, { cache: "no-store" });
        if (!answer.ok) throw new Error(String(answer.status));
        replace(await answer.text());
      }
    } catch {
      show("lost", state.dataset.lost);
    } finally {
      loading = false;
    }
  }

  function open() {
    if (source) return;
    source = new EventSource(live.dataset.events);
    source.addEventListener("open", () => show("on", state.dataset.on));
    source.addEventListener("changed", refresh);
    source.addEventListener("error", () => show("lost", state.dataset.again));
  }

  // Browsers keep only six connections to a server, so a page nobody looks at gives its own back.
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return open();
    if (source) source.close();
    source = null;
  });
  if (!document.hidden) open();
})();
