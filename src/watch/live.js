// What the live page and the clerk's do alike. In: the report that is asked for; out: each state of it as it comes, and links to what was made of it.

import { at } from "./elements.js";

export const asked = (version, name) => fetch(`state?after=${version}&report=${encodeURIComponent(name)}`);

// show(state) is told each state, and fail(is_over) that nobody answers, or another start of the program does.
export async function follow(nameOf, show, fail) {
  for (let version = 0; ;) {
    try {
      const answer = await asked(version, nameOf());
      if (answer.status === 403) return fail(true);
      const state = await answer.json();
      version = state.version;
      await show(state);
    } catch {
      fail(false);
      version = 0;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

// The link to a file of a kind. What is not of the facts as they are now may be looked at, and is not to be handed on.
export function link(kind, path, { name, is_current, what }) {
  const element = at(kind);
  element.hidden = !path || !is_current || what === "unsure";
  if (path) element.href = path;
  const base = (name ?? "").replace(/\.toml$/, "").split("/").slice(-2).join("-");
  if (element.hasAttribute("download")) element.download = `${base}${what === "draft" ? ".draft" : ""}.${kind}`;
}
