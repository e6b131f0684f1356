// What the live page and the clerk's do alike. In: the report that is asked for; out: each state of it as it comes, and links to what was made of it.

import { at } from "./elements.js";

// How long nothing is asked for a page that nobody sees. Browsers have six connections for all pages of a program: those that wait for a change would
// leave none for saving.
const UNSEEN = 5000;

// show(state) is told each state, and fail(is_over) that nobody answers, or another start of the program does. A state has only what came after the one
// before; what is returned asks for all of it, for whoever did not show what came.
export function follow(nameOf, show, fail) {
  let [version, isWhole, stopper] = [0, true, new AbortController()];
  const stop = () => {
    stopper.abort();
    stopper = new AbortController();
  };
  // Passes with the time, or when it is to stop.
  const rest = (time, signal) => new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, time);
    signal.addEventListener("abort", done);
  });
  async function isOver({ signal }) {
    const { hidden } = document;
    if (isWhole) [version, isWhole] = [0, false];
    try {
      const path = `state?after=${version}&report=${encodeURIComponent(nameOf())}${hidden ? "&wait=no" : ""}`;
      const answer = await fetch(path, { signal });
      if (answer.status === 403) return true;
      const state = await answer.json();
      if (state.version !== version) await show(state);
      version = state.version;
      if (hidden) await rest(UNSEEN, signal);
    } catch {
      if (signal.aborted) return false;
      isWhole = true;
      fail(false);
      await rest(1000, signal);
    }
    return false;
  }
  (async () => {
    while (!await isOver(stopper));
    fail(true);
  })();
  document.addEventListener("visibilitychange", stop);
  return () => {
    isWhole = true;
    stop();
  };
}

// The link to a file of a kind. What is not of the facts as they are now may be looked at, and is not to be handed on.
export function link(kind, path, { name, is_current, what }) {
  const element = at(kind);
  element.hidden = !path || !is_current || what === "unsure";
  if (path) element.href = path;
  const base = (name ?? "").replace(/\.toml$/, "").split("/").slice(-2).join("-");
  if (element.hasAttribute("download")) element.download = `${base}${what === "draft" ? ".draft" : ""}.${kind}`;
}
