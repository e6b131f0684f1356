// The form as paper. In: the form as the program tells it; out: its sections and tables in the document, and for each key its field. Made once; later
// only texts and states change.

import { desk } from "./desk.js";
import { button, make } from "./make.js";
import { say } from "./words.js";

let ids = 0;
const fresh = () => `n${++ids}`;

// What is typed into, by the kind of a field: { input, get(), set(text), focus() }.
function line(known, attributes) {
  const inputmode = { count: "numeric", amount: "decimal", date: "numeric" }[known.kind];
  const kind = known.isFigure ? "figure" : "line";
  return held(make(`input.${kind}`, { type: "text", inputmode, autocomplete: "off", spellcheck: "false", ...attributes }));
}

function area(known, attributes) {
  const made = held(make("textarea", { rows: known.kind === "prose" ? 4 : 2, ...attributes }));
  const { input, set } = made;
  const fit = () => {
    if (input.offsetParent === null) return;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  };
  input.addEventListener("input", fit);
  return { ...made, isText: true, fit, set: (text) => {
    set(text.replace(/\n+$/, ""));
    fit();
  } };
}

function choice({ options }, { lang, ...attributes }) {
  const option = (text) => make("option", { value: text, lang }, text);
  const made = held(make("select", attributes, make("option", { value: "" }, say("unchosen")), options.map(option)));
  return { ...made, set: (text) => {
    // What is written and may not be chosen is shown all the same.
    made.input.querySelector(".other")?.remove();
    if (text !== "" && !options.includes(text)) made.input.append(make("option.other", { value: text, lang }, text));
    made.set(text);
  } };
}

const held = (input) => ({ input, isLine: input.type === "text", get: () => input.value, set: (text) => { input.value = text; }, focus: () => input.focus() });

function flag(known, { lang, ...attributes }) {
  const name = fresh();
  const radios = ["true", "false"].map((value) => make("input", { type: "radio", name, value }));
  const labels = radios.map((radio, index) => make("label", { lang }, radio, desk.form.flag_words[1 - index]));
  const input = make("div.flag", { role: "radiogroup", ...attributes }, labels);
  const chosen = () => radios.find((radio) => radio.checked);
  const set = (text) => radios.forEach((radio) => { radio.checked = radio.value === text; });
  input.addEventListener("keydown", ({ key }) => {
    if (!["Delete", "Backspace"].includes(key)) return;
    set("");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  });
  return { input, get: () => chosen()?.value ?? "", set, focus: () => (chosen() ?? radios[0]).focus() };
}

// A field: {key, known, box, input, isLine, isText, get(), set(text), focus()}, in a table also {table, heads, row, column}.
function field(key, attributes) {
  const known = desk.form.known[key];
  known.isFigure = ["count", "amount"].includes(known.kind);
  const made = { flag, choice, prose: area, lines: area }[known.kind] ?? line;
  const one = { key, known, table: null, ...made(known, { lang: desk.form.language, "data-key": key, ...attributes }) };
  desk.fields.set(key, one);
  return one;
}

// A field with its label, its guide and what is said of it under it.
function lone(key, heading) {
  const { label, guide, required, kind } = desk.form.known[key];
  const lang = desk.form.language;
  const [named, guided, noted] = [fresh(), fresh(), fresh()];
  const one = field(key, { "aria-labelledby": named, "aria-describedby": `${guided} ${noted}`, "aria-required": required ? "true" : null });
  one.last = make("span.last");
  one.extra = make("div.extra");
  one.notes = make("div", { id: noted });
  one.box = make(`div.lone.${kind === "prose" ? "long" : "short"}`,
    make("div.name", { id: named, lang }, heading ?? label),
    make("div.guide", { id: guided, lang }, guide),
    make("div.held", one.input, one.last),
    one.extra, one.notes);
  return one.box;
}

// Puts a table on the paper: to the block of the form come its element, its fields, and a grid of them.
function table(block, tools) {
  const lang = desk.form.language;
  Object.assign(block, { fields: [], grid: [] });
  const whole = block.widths.reduce((sum, width) => sum + width, 0);
  const columns = block.widths.map((width) => make("col", { width: `${(100 * width) / whole}%` }));
  const cells = (row) => row.map((cell) => {
    if (cell.key) return figure(block, cell);
    const { role, label, scope, colspan, rowspan } = cell;
    return make(`th.${role}`, { lang, scope, colspan, rowspan }, label);
  });
  const rows = (all) => all.map((row) => {
    if (row.some(({ key }) => key)) block.grid.push([]);
    return make("tr", cells(row));
  });
  const is_single = block.blocks.length === 1;
  const bodies = block.blocks.map(({ head, body }) =>
    (is_single ? [make("thead", rows(head)), make("tbody", rows(body))] : make("tbody", rows(head), rows(body))));
  const end = make("span.end", { tabindex: "-1" });
  desk.tables.push(block);
  return make("div.tabled",
    make("div.tools", button(say("skip_table"), () => end.focus(), { class: "skip" }), tools(block)),
    make("div.wide", make("table.official", make("caption", { lang }, block.label), make("colgroup", columns), bodies)),
    end);
}

function figure(table, { key, heads, column, colspan, rowspan }) {
  const [told, last] = [fresh(), fresh()];
  const one = field(key, { "aria-label": heads.join(" "), "aria-describedby": `${told} ${last}` });
  one.mark = make("span.mark", { "aria-hidden": "true" });
  one.last = make("span.last", { id: last });
  one.told = make("span.unseen", { id: told });
  one.box = make("td", { colspan, rowspan }, one.input, one.mark, one.last, one.told);
  Object.assign(one, { table, heads, column, row: table.grid.length - 1 });
  for (let right = 0; right < colspan; right += 1) table.grid[one.row][column + right] = one;
  table.fields.push(one);
  return one.box;
}

// Puts the form into an element. tools(table) gives what stands above a table.
export function paper(box, tools) {
  const listing = (keys) => make("div.listing", keys.map((key) => lone(key)));
  const parts = {
    table: (block) => table(block, tools),
    listing: ({ keys }) => listing(keys),
    prose: ({ key, heading }) => lone(key, heading),
  };
  if (desk.form.head.length > 0) box.append(listing(desk.form.head));
  for (const { heading, blocks } of desk.form.sections) {
    box.append(make("section", heading && make("h2", { lang: desk.form.language }, heading), blocks.map((block) => parts[block.kind](block))));
  }
}
