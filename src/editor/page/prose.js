// Prose. In: a field of prose and the values of the tables; out: the text as it will be printed with its figures marked, a dialog that puts a figure
// in, and the offer to make a number that stands in a table a reference to it.

import { ask, button, make } from "./make.js";
import { plain } from "./ledger.js";
import { say } from "./words.js";

const REFERENCE = /(\\?)\{\{\s*([^{}\s]+)\s*\}\}/g;
const MOST = 60;

// The figures of the tables: {key, labels, printed}; gathered once for each report.
const gathered = new WeakMap();
function figures(desk) {
  const { report } = desk.ledger;
  if (!gathered.has(report)) gathered.set(report, gather(desk));
  return gathered.get(report);
}
function gather(desk) {
  const cells = [...desk.fields.values()].filter(({ table, known }) => table && ["count", "amount"].includes(known.kind));
  return cells.map(({ key, known }) => ({ key, labels: known.labels, printed: desk.ledger.report.values[key]?.printed ?? "" }));
}

// A text put in at the caret, so that the browser can take it back.
function put(input, from, to, text) {
  input.focus();
  input.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    input.setRangeText(text, from, to, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Asks which figure; gives its key or null.
function choose(desk) {
  const all = figures(desk);
  return ask(say("insert_heading"), (form, close) => {
    const search = make("input", { type: "search", "aria-label": say("search"), placeholder: say("search"), autocomplete: "off" });
    const list = make("ul", { class: "figures" });
    const fill = () => {
      const words = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const fits = ({ labels, printed, key }) => words.every((word) => `${labels.join(" ")} ${key}`.toLowerCase().includes(word) || printed === word);
      const found = all.filter(fits);
      list.replaceChildren(...found.slice(0, MOST).map(({ key, labels, printed }) => make("li", {}, button("", () => close(key), { "data-figure": key }))));
      [...list.querySelectorAll("button")].forEach((one, index) => one.append(
        make("span", { lang: desk.form.language }, found[index].labels.join(" · ")), make("b", {}, ` ${found[index].printed}`)));
      if (found.length === 0) list.append(make("li", {}, say("none_found")));
    };
    search.addEventListener("input", fill);
    search.addEventListener("keydown", (event) => {
      if (event.isComposing || !["Enter", "ArrowDown"].includes(event.key)) return;
      event.preventDefault();
      const first = list.querySelector("button");
      if (event.key === "Enter") first?.click();
      else first?.focus();
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
      if (!step) return;
      event.preventDefault();
      (event.target.closest("li")[step]?.querySelector("button") ?? search).focus();
    });
    form.append(search, list, make("div", { class: "does" }, button(say("cancel"), () => close(null))));
    fill();
  });
}

async function insert(desk, { input }, braces) {
  const [from, to] = [input.selectionStart - braces, input.selectionEnd];
  const key = await choose(desk);
  if (key) put(input, from, to, `{{ ${key} }}`);
  else input.focus();
}

// The line of tools under the text, and what listens in it.
export function prepare(desk, field) {
  const count = make("span", { class: "count" });
  const printed = make("div", { class: "printed" });
  const offers = make("div", { class: "offers" });
  field.extra.append(make("div", { class: "does" }, button(say("insert"), () => insert(desk, field, 0)), count), printed, offers);
  Object.assign(field, { count, printed, offers });
  field.input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    const { value, selectionStart: place } = field.input;
    if (event.inputType === "insertText" && ["{{", "｛｛"].includes(value.slice(place - 2, place))) {
      // After all others have heard of the text.
      setTimeout(() => insert(desk, field, 2));
    }
  });
}

// The text as it will be printed: references become their figures, marked.
function paragraphs(desk, text) {
  const values = desk.ledger.report.values;
  return text.split(/\n\s*\n/).map((paragraph) => {
    const parts = [];
    let end = 0;
    for (const found of paragraph.matchAll(REFERENCE)) {
      const [all, escape, key] = found;
      parts.push(paragraph.slice(end, found.index), escape ? all.slice(1) : make("mark", { title: desk.form.known[key]?.labels.join(" · ") }, values[key]?.printed ?? "?"));
      end = found.index + all.length;
    }
    return make("p", {}, [...parts, paragraph.slice(end)].filter((part) => part !== ""));
  });
}

// Numbers of the text that are the same as just one figure, or few.
function same(desk, text) {
  const found = [];
  const known = figures(desk).filter(({ printed }) => printed.replace(/\D/g, "").length > 1);
  const bare = text.replace(REFERENCE, (all) => " ".repeat(all.length));
  for (const { 0: number, index } of bare.matchAll(/(?<![\d.,])\d[\d,]*(\.\d+)?(?![\d.,]*\d)/g)) {
    const fits = known.filter(({ printed }) => printed === number);
    if (fits.length > 0 && fits.length <= 3 && bare[index + number.length] !== "年") fits.forEach((figure) => found.push({ number, index, ...figure }));
  }
  return found.slice(0, 4);
}

export function showProse(desk, field) {
  const { language } = desk.form;
  const text = field.get();
  const { printed, written, last } = desk.ledger.report.values[field.key] ?? {};
  const count = [...text.replace(REFERENCE, "").replace(/\s/g, "")].length;
  field.count.textContent = say("characters", { n: count });
  const has_references = new RegExp(REFERENCE.source).test(text);
  const stands = text === "" && !written ? plain(printed) : "";
  const signature = JSON.stringify([has_references || stands ? [text, stands] : "", figures(desk).map((one) => one.printed), text, last]);
  if (field.printed.dataset.signature === signature) return;
  field.printed.dataset.signature = signature;
  const heading = (name) => make("p", { class: "guide" }, say(name));
  const lines = (all) => make("div", { lang: language }, all);
  const shown = has_references ? [heading("printed"), lines(paragraphs(desk, text))] : stands ? [heading("printed_default"), lines(paragraphs(desk, stands))] : [];
  const before = plain(last) === "" ? [] : [make("details", {}, make("summary", {}, say("last_text")), lines(paragraphs(desk, plain(last))),
    text === "" ? button(say("last_begin"), () => desk.edit([{ key: field.key, now: plain(last) }])) : "")];
  const open = field.printed.querySelector("details")?.open ?? false;
  field.printed.replaceChildren(...shown, ...before);
  if (open) field.printed.querySelector("details").open = true;
  field.offers.replaceChildren(...same(desk, text).map(({ number, index, key, labels }) => make(
    "div",
    { class: "told" },
    say("same_number", { number, label: labels.join(" · ") }),
    make("div", { class: "does" }, button(say("to_reference"), () => put(field.input, index, index + number.length, `{{ ${key} }}`))),
  )));
}
