// The form as paper. In: the form; out: its sections and tables, and for each key its field. Made once; later only texts and states change.

import { desk } from "./desk.js";
import { button, make } from "./make.js";
import { say } from "./words.js";

let ids = 0;
const fresh = () => `n${++ids}`;

// What is typed into; in a table it has {table, heads, row, column}.
class Field {
  constructor(key, attributes) {
    Object.assign(this, { key, known: desk.form.known[key] });
    this.input = this.draw({ lang: desk.form.language, "data-key": key, ...attributes });
    desk.fields.set(key, this);
  }
  get() { return this.input.value; }
  set(text) { this.input.value = text; }
  focus() { this.input.focus(); }
}

class Line extends Field {
  isLine = true;
  draw(attributes) {
    const { kind, is_figure } = this.known;
    const inputmode = { count: "numeric", amount: "decimal", date: "numeric" }[kind];
    return make(is_figure ? "input.figure" : "input.line", { type: "text", inputmode, autocomplete: "off", spellcheck: "false", ...attributes });
  }
}

class Area extends Field {
  isText = true;
  draw(attributes) {
    return make("textarea", { rows: this.known.kind === "prose" ? 4 : 2, oninput: () => this.fit(), ...attributes });
  }
  set(text) {
    super.set(text.replace(/\n+$/, ""));
    this.fit();
  }
  fit() {
    if (this.input.offsetParent === null) return;
    this.input.style.height = "auto";
    this.input.style.height = `${this.input.scrollHeight + 2}px`;
  }
}

class Choice extends Field {
  draw(attributes) {
    this.option = (text) => make("option", { value: text, lang: attributes.lang }, text);
    return make("select", attributes, make("option", { value: "" }, say("unchosen")), this.known.options.map(this.option));
  }
  set(text) {
    // What is written and may not be chosen is shown all the same.
    if (![...this.input.options].some(({ value }) => value === text)) this.input.append(this.option(text));
    super.set(text);
  }
}

class Flag extends Field {
  draw(attributes) {
    const name = fresh();
    this.radios = ["true", "false"].map((value) => make("input", { type: "radio", name, value }));
    const labels = this.radios.map((radio, index) => make("label", radio, desk.form.flag_words[1 - index]));
    return make("div.flag", { role: "radiogroup", onkeydown: (event) => this.clear(event), ...attributes }, labels);
  }
  get chosen() { return this.radios.find(({ checked }) => checked); }
  get() { return this.chosen?.value ?? ""; }
  set(text) { for (const radio of this.radios) radio.checked = radio.value === text; }
  focus() { (this.chosen ?? this.radios[0]).focus(); }
  clear({ key }) {
    if (!["Delete", "Backspace"].includes(key)) return;
    this.set("");
    this.input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

const KINDS = { flag: Flag, choice: Choice, prose: Area, lines: Area };
const field = (key, attributes) => new (KINDS[desk.form.known[key].kind] ?? Line)(key, attributes);

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

// A table; to what the form says of it come its fields, and a grid of them.
function table(block, tools) {
  const lang = desk.form.language;
  Object.assign(block, { fields: [], grid: [] });
  const columns = block.widths.map((width) => make("col", { width }));
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

// tools(table) gives what stands above a table.
export function paper(box, tools) {
  const parts = {
    table: (block) => table(block, tools),
    listing: ({ keys }) => make("div.listing", keys.map((key) => lone(key))),
    prose: ({ key, heading }) => lone(key, heading),
  };
  for (const { heading, blocks } of desk.form.sections) {
    box.append(make("section", heading && make("h2", { lang: desk.form.language }, heading), blocks.map((block) => parts[block.kind](block))));
  }
}
