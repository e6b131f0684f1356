// Blocks of cells in and out. In: what is on the clipboard; out: a strip that says what would change by the program's plan, and tables copied.

import { desk, send } from "./desk.js";
import { at, button, does, main, make, tell } from "./make.js";
import { isSame } from "./ledger.js";
import { commit } from "./typing.js";
import { say } from "./words.js";

const strip = at("strip");

// The rows of the largest table of HTML, or null where there is none.
function rowsOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const size = (table) => table.querySelectorAll("td, th").length;
  const tables = [...page.querySelectorAll("table")].filter((table) => !table.querySelector("table"));
  const [largest] = tables.sort((one, other) => size(other) - size(one));
  // A span of 0 goes to the end.
  const left = (row) => row.parentNode.rows.length - row.sectionRowIndex;
  const cell = ({ textContent: text, colSpan: colspan, rowSpan, parentNode }) => ({ text, colspan, rowspan: rowSpan || left(parentNode) });
  return largest ? [...largest.rows].map((row) => [...row.cells].map(cell)) : null;
}

function finish(field) {
  strip.replaceChildren();
  strip.hidden = true;
  document.querySelectorAll("td.coming").forEach((cell) => cell.classList.remove("coming"));
  field.focus();
}

// Shows the plan, or why there is none.
function propose(field, plan, why = "paste_unfit") {
  const { ledger, fields } = desk;
  const { changes = [], foreign = [], unplaced = [], by_labels } = plan || {};
  const changing = changes.filter(({ key, now }) => !isSame(ledger.entry(key).held ?? fields.get(key).stands.value.value, now));
  changing.forEach(({ key }) => fields.get(key).box.classList.add("coming"));
  const some = (texts) => texts.slice(0, 5).map((text) => `“${text.slice(0, 12)}”`).join("、");
  const words = [
    say(plan ? "paste_plan" : why, { n: changes.length, m: changing.length }),
    by_labels && say("paste_by_labels"),
    foreign.length > 0 && say("paste_foreign", { k: foreign.length, some: some(foreign.map(({ now }) => now)) }),
    unplaced.length > 0 && make("strong", say("paste_unplaced", { k: unplaced.length, some: some(unplaced) })),
  ];
  const write = changing.length > 0 && main(say("paste"), () => {
    finish(field);
    tell("pasted", { n: changing.length });
    ledger.edit(changing);
  });
  const leave = button(say(plan ? "cancel" : "close"), () => finish(field));
  strip.replaceChildren(make("p", { id: "stripped" }, words), does(write, leave));
  strip.onkeydown = ({ key }) => { if (key === "Escape") leave.click(); };
  strip.hidden = false;
  (write || leave).focus();
}

export async function pasted(field, event) {
  if (!field.table || field.isText) return;
  event.preventDefault();
  const [rows, text] = [rowsOf(event.clipboardData.getData("text/html")), event.clipboardData.getData("text/plain")];
  if (rows ? rows.flat().length === 1 : !/[\t\r\n]/.test(text.replace(/\r?\n$/, ""))) {
    if (field.isLine) document.execCommand("insertText", false, text.trim());
    commit(field);
    return;
  }
  const block = { form: desk.form.name, key: field.key, rows, text: rows ? "" : text };
  const { status, body } = await send("paste", block).catch(() => ({}));
  propose(field, status === 200 && body, status === 200 ? "paste_unfit" : "failed");
}

export function copyTable({ blocks, widths }, is_bare) {
  const { ledger, fields } = desk;
  const valueOf = ({ printed, value }) => printed ?? value ?? "";
  const textOf = ({ key, label }) => (key ? ledger.entry(key).held ?? valueOf(fields.get(key).stands.value) : label);
  const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  const all = blocks.flatMap(({ head, body }) => [...head, ...body]);
  const rows = is_bare ? all.map((cells) => cells.filter(({ key }) => key)).filter(({ length }) => length > 0) : all;
  const first = Math.min(...rows.flat().map(({ column }) => column));
  const lines = rows.map((cells) => {
    const line = widths.map(() => "");
    for (const cell of cells) line[cell.column] = quoted(textOf(cell));
    return line.slice(first).join("\t");
  });
  const copy = ({ colspan, rowspan, ...cell }) => make(cell.key ? "td" : "th", { colspan, rowspan }, textOf(cell));
  const html = make("table", { border: 1 }, rows.map((cells) => make("tr", cells.map(copy)))).outerHTML;
  const put = (event) => {
    event.preventDefault();
    event.clipboardData.setData("text/html", html);
    event.clipboardData.setData("text/plain", lines.join("\r\n"));
  };
  document.addEventListener("copy", put, { once: true, capture: true });
  const is_done = document.execCommand("copy");
  document.removeEventListener("copy", put, { capture: true });
  tell(is_done ? "copied" : "failed");
}
