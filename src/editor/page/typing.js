// What is typed into fields. In: what the browser and input methods say; out: texts for the ledger, as they are typed and once they are done.

import { desk } from "./desk.js";

// How long prose rests before it is written, and how long an Enter may still be the one that ended a composition.
const [REST, SETTLED] = [800, 100];
let composed = -SETTLED;
export let composing = false;

export const isComposing = (event) =>
  composing || event.isComposing || event.keyCode === 229 || (event.key === "Enter" && performance.now() - composed < SETTLED);

// The text of a field is done, unless somebody is being asked what belongs into it.
export function commit(field) {
  clearTimeout(field.rest);
  if (!composing && !document.querySelector("dialog[open]")) desk.ledger.commit(field.key);
}

function typed(field) {
  if (composing) return;
  desk.ledger.type(field.key, field.get());
  clearTimeout(field.rest);
  // Prose and choices are written after a rest; cells when they are left.
  if (!field.isLine) field.rest = setTimeout(() => commit(field), field.isText ? REST : 0);
}

// What the file had when a composition began is what was seen when it ends, whatever came in between.
let seen;
function composes(field, is_begun) {
  composing = is_begun;
  composed = performance.now();
  const entry = desk.ledger.entry(field.key);
  if (is_begun) seen = entry.held === undefined ? entry.seen : undefined;
  typed(field);
  if (!is_begun && seen !== undefined && entry.held !== undefined) entry.was = seen;
}

function entered(field) {
  if (field.isLine) field.input.select();
  desk.current = field;
  desk.ledger.entry(field.key).isOutside = false;
  desk.ledger.told();
}

function left(field) {
  // Some browsers do not say that a composition is over where its field is left.
  if (composing) composes(field, false);
  commit(field);
  desk.ledger.told();
}

export const typing = {
  compositionstart: (field) => composes(field, true),
  compositionend: (field) => composes(field, false),
  input: typed,
  focusin: entered,
  focusout: left,
};
