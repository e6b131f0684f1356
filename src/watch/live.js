// What the live page and the clerk's do alike. In: the report that is asked for; out: each state of it as it comes, and links to what was made of it.

import { at } from "./elements.js";

// show(state) is told each state, and fail(is_over) that nobody answers, or another start of the program does. A state has only what came after the one
// before; what is returned asks for all of it, for whoever did not show what came.
export function follow(nameOf, show, fail) {
  let [version, stopper] = [0, new AbortController()];
  async function isOver({ signal }) {
    try {
      const answer = await fetch(`state?after=${version}&report=${encodeURIComponent(nameOf())}`, { signal });
      if (answer.status === 403) return true;
      const state = await answer.json();
      await show(state);
      version = signal.aborted ? 0 : state.version;
    } catch {
      version = 0;
      if (signal.aborted) return false;
      fail(false);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
    return false;
  }
  (async () => {
    while (!await isOver(stopper));
    fail(true);
  })();
  return () => {
    version = 0;
    stopper.abort();
    stopper = new AbortController();
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
