// Buttons, tables and dialogs, and what the browser remembers.

import { at, fill, make } from "./elements.js";
import { say } from "./words.js";

export * from "./elements.js";
export const button = (words, onclick, attributes = {}) => make("button", { type: "button", onclick, ...attributes }, words);
export const main = (words, onclick, attributes = {}) => button(words, onclick, { class: "main", ...attributes });
export const does = (...buttons) => make("div.does", buttons);

export const row = (first, ...cells) => make("tr", make("th", { scope: "row" }, first), cells.map((cell) => make("td", cell)));
export const table = (kind, heads, rows) => make(`table.lined.${kind}`,
  make("thead", make("tr", heads.map((head) => (head ? make("th", { scope: "col" }, head) : make("td"))))), make("tbody", rows));

// Says something to those who listen.
export const tell = (name, values) => { at("said").textContent = say(name, values); };

// A dialog with a heading; content(close) gives what stands in it. Resolves with what close was given, or null.
export function ask(heading, content) {
  return new Promise((resolve) => {
    let answer = null;
    const dialog = make("dialog", { "aria-labelledby": "asked" });
    const close = (given) => {
      answer = given;
      dialog.close();
    };
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(answer);
    });
    fill(dialog, make("h2", { id: "asked" }, heading), content(close));
    document.body.append(dialog);
    dialog.showModal();
  });
}

// What the browser remembers; nothing where it may not or has no room.
export function recall(name) {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // A crash costs what is not written then.
  }
}
