// The form as paper. In: the form as the program tells it; out: its sections, tables and fields in the document, and for each key its field: what is
// typed into, what names it, and where it lies in its table. Made once; later only texts and states change.

import { button, make } from "./make.js";
import { say } from "./words.js";

let ids = 0;
const fresh = () => `n${++ids}`;

// A field: {key, known, box, control, input, table, row, column, get(), set(text), focus()}.
function field(form, key, named, properties = {}) {
  const known = form.known[key];
  const shape = { flag, choice, prose: text, lines: text }[known.kind] ?? line;
  const made = { key, known, table: null, ...shape(form, known, named, properties) };
  made.input.dataset.key = key;
  return made;
}

function line(form, known, named, properties) {
  const is_figure = ["count", "amount"].includes(known.kind);
  const mode = { count: "numeric", amount: "decimal", date: "numeric" }[known.kind];
  const input = make("input", {
    type: "text", inputmode: mode, autocomplete: "off", spellcheck: "false", lang: form.language, "aria-labelledby": named, ...properties,
    class: is_figure ? "figure" : "line",
  });
  return { control: input, input, get: () => input.value, set: (text) => { input.value = text; }, focus: () => input.focus() };
}

function text(form, known, named, properties) {
  const input = make("textarea", { rows: known.kind === "prose" ? 4 : 2, lang: form.language, "aria-labelledby": named, ...properties });
  const fit = () => {
    if (input.offsetParent === null) return;
    input.style.height = "auto";
    input.style.height = `${input.scrollHeight + 2}px`;
  };
  input.addEventListener("input", fit);
  const set = (value) => {
    input.value = value.replace(/\n+$/, "");
    fit();
  };
  return { control: input, input, get: () => input.value, set, fit, focus: () => input.focus() };
}

function choice(form, known, named, properties) {
  const options = known.options.map((option) => make("option", { value: option, lang: form.language }, option));
  const input = make("select", { "aria-labelledby": named, ...properties }, make("option", { value: "" }, say("unchosen")), options);
  const other = make("option", { lang: form.language });
  const set = (text) => {
    other.remove();
    if (text !== "" && !known.options.includes(text)) {
      other.value = other.textContent = text;
      input.append(other);
    }
    input.value = text;
  };
  return { control: input, input, get: () => input.value, set, focus: () => input.focus() };
}

// Of words that show two boxes, the one that is ticked is the answer.
const ticked = (word) => word.match(/[■☑☒√]\s*([^□☐■☑☒]+)/)?.[1].trim() ?? word;

function flag(form, known, named, properties) {
  const name = fresh();
  const radios = ["true", "false"].map((value) => make("input", { type: "radio", name, value }));
  const labels = radios.map((radio, index) => make("label", { lang: form.language }, radio, ticked(form.flag_words[1 - index])));
  const input = make("div", { role: "radiogroup", class: "flag", "aria-labelledby": named, ...properties }, labels);
  input.addEventListener("keydown", (event) => {
    if (!["Delete", "Backspace"].includes(event.key)) return;
    radios.forEach((radio) => { radio.checked = false; });
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
  return {
    control: input,
    input,
    get: () => radios.find((radio) => radio.checked)?.value ?? "",
    set: (text) => radios.forEach((radio) => { radio.checked = radio.value === text; }),
    focus: () => (radios.find((radio) => radio.checked) ?? radios[0]).focus(),
  };
}

// A field with its label, its guide and what is said of it under it.
function lone(form, key, heading) {
  const { label, guide, required, kind } = form.known[key];
  const [named, guided, noted] = [fresh(), fresh(), fresh()];
  const made = field(form, key, named, { "aria-describedby": `${guided} ${noted}`, "aria-required": required ? "true" : null });
  const notes = make("div", { id: noted, class: "notes" });
  const extra = make("div", { class: "extra" });
  const name = heading && heading !== label ? heading : label;
  made.box = make(
    "div",
    { class: `lone ${kind === "prose" ? "long" : "short"}` },
    make("div", { class: "name" }, make("span", { id: named, lang: form.language }, name)),
    make("div", { id: guided, class: "guide", lang: form.language }, guide),
    make("div", { class: "held" }, made.control, make("span", { class: "last" })),
    extra,
    notes,
  );
  return { ...made, notes, extra };
}

// Where the cells of rows come to lie, spans laid out: for each cell its row and column.
function placed(rows) {
  const taken = new Set();
  return rows.map((row, index) => row.map((cell) => {
    for (let down = 0; down < cell.rowspan; down += 1) {
      for (let right = 0; right < cell.colspan; right += 1) taken.add(`${index + down}.${cell.column + right}`);
    }
    return { ...cell, row: index };
  }));
}

const covers = (head, cell) => head.column < cell.column + cell.colspan && cell.column < head.column + head.colspan;
const beside = (head, cell) => head.row <= cell.row && cell.row < head.row + head.rowspan;

// A table: {element, name, key, rest, label, fields, grid: [[field]]}, with the heads of each field by rows and by columns.
function table(form, block) {
  const made = { ...block, fields: [], grid: [] };
  const widths = block.widths.reduce((sum, width) => sum + width, 0);
  const columns = block.widths.map((width) => {
    const column = make("col");
    column.style.width = `${(100 * width) / widths}%`;
    return column;
  });
  const caption = make("caption", { lang: form.language }, block.label);
  const element = make("table", { class: "official" }, caption, make("colgroup", {}, columns));
  for (const part of block.blocks) {
    const head = placed(part.head);
    const body = placed(part.body);
    const named = new Map();
    const cells = (row) => row.map((cell) => {
      if (cell.role === "figure") return figure(form, made, cell, [head, body], named);
      const shown = make(
        "th",
        { id: fresh(), class: cell.role, lang: form.language, scope: cell.scope, colspan: cell.colspan, rowspan: cell.rowspan },
        cell.label,
      );
      named.set(cell, shown.id);
      return shown;
    });
    const rows = (all) => all.map((row) => {
      if (row.some(({ role }) => role === "figure")) made.grid.push([]);
      return make("tr", {}, cells(row));
    });
    if (block.blocks.length === 1) element.append(make("thead", {}, rows(head)), make("tbody", {}, rows(body)));
    else element.append(make("tbody", {}, rows(head), rows(body)));
  }
  made.element = element;
  return made;
}

function figure(form, made, cell, [head, body], named) {
  const heads = head.flat().filter((one) => one.role !== "corner" && covers(one, cell));
  const [bars, over] = [heads.filter((one) => one.role === "bar"), heads.filter((one) => one.role !== "bar")];
  const left = body.flat().filter((one) => one.role === "row-head" && beside(one, cell));
  const names = [...bars, ...left, ...over].map((one) => named.get(one)).join(" ");
  const [told, last] = [fresh(), fresh()];
  const one = field(form, cell.key, names, { "aria-describedby": `${told} ${last}` });
  const mark = make("span", { class: "mark", "aria-hidden": "true" });
  const box = make("td", { colspan: cell.colspan, rowspan: cell.rowspan }, one.control, mark, make("span", { id: last, class: "last" }));
  box.append(make("span", { id: told, class: "unseen" }));
  const labels = (all) => all.map(({ label }) => label);
  Object.assign(one, { box, mark, told, table: made, bars: labels(bars), rows: labels(left), columns: labels(over) });
  one.row = made.grid.length - 1;
  one.column = cell.column;
  for (let right = 0; right < cell.colspan; right += 1) made.grid[one.row][cell.column + right] = one;
  made.fields.push(one);
  return box;
}

// Puts the form into an element; gives {fields: by key, in the order of the page; tables}. tools(table) gives what stands above a table.
export function paper(form, box, tools) {
  const [fields, tables] = [new Map(), []];
  const add = (one) => {
    fields.set(one.key, one);
    return one.box;
  };
  const of_table = (block) => {
    const made = table(form, block);
    tables.push(made);
    made.fields.forEach((one) => fields.set(one.key, one));
    const end = make("span", { tabindex: "-1", class: "end" });
    const skip = button(say("skip_table"), () => end.focus(), { class: "skip" });
    return make("div", { class: "tabled" }, make("div", { class: "tools" }, skip, tools(made)), make("div", { class: "wide" }, made.element), end);
  };
  const listing = (keys) => make("div", { class: "listing" }, keys.map((key) => add(lone(form, key))));
  if (form.head.length > 0) box.append(listing(form.head));
  for (const { heading, blocks } of form.sections) {
    const section = make("section", {}, heading ? make("h2", { lang: form.language }, heading) : null);
    for (const block of blocks) {
      if (block.kind === "table") section.append(of_table(block));
      else if (block.kind === "listing") section.append(listing(block.keys));
      else section.append(add(lone(form, block.key, block.heading)));
    }
    box.append(section);
  }
  return { fields, tables };
}
