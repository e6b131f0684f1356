// What the parts of the page share: the report, its form, its fields, and the way to the program.

import { recall } from "./make.js";

export const desk = {
  name: decodeURIComponent(location.hash.slice(1)),
  form: null,
  // By key, where imported values were read.
  sources: {},
  ledger: null,
  // By key, in the order of the page.
  fields: new Map(),
  tables: [],
  // The most bytes of a request.
  longest: Infinity,
  // The field that the focus is in, or was in last.
  current: null,
  showsLast: recall("nianbao.page.last") !== "no",
};

// Asks the program: a path alone is read, with a body it is told.
export async function send(path, body) {
  // A half of a character, which some input methods leave, would be no JSON for the program.
  const whole = (_, value) => (typeof value === "string" ? new TextDecoder().decode(new TextEncoder().encode(value)) : value);
  const told = body && { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body, whole) };
  // The program refuses it in the middle, which not all systems tell the page.
  if (told && new TextEncoder().encode(told.body).length > desk.longest) return { status: 413, body: null };
  const answer = await fetch(path, told);
  const is_json = answer.headers.get("content-type")?.startsWith("application/json");
  return { status: answer.status, body: is_json ? await answer.json() : null };
}

// A path that asks for something of the report.
export const asking = (path, values = {}) =>
  `${path}?${Object.entries({ name: desk.name, ...values }).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&")}`;

export const fieldOf = (element) => desk.fields.get(element.closest?.("[data-key]")?.dataset.key);
export const labelOf = (key) => desk.form.known[key]?.labels.join(" · ") ?? desk.tables.find(({ rest }) => rest === key)?.label ?? key;

export function goTo(field) {
  field.focus();
  field.box.scrollIntoView({ block: "nearest" });
}
