// Blocks of cells in and out. In: what is on the clipboard, and the field it is pasted into; out: a strip that says what would change, one step of
// edits once that is confirmed, and tables copied for other programs.

import { at, button, make } from "./make.js";
import { copied, fromTable, fromText, plan } from "./clipboard.js";
import { isSame } from "./ledger.js";
import { say } from "./words.js";

// The block that a clipboard holds, or null where it is a single cell.
function block(data) {
  const page = new DOMParser().parseFromString(data.getData("text/html"), "text/html");
  const tables = [...page.querySelectorAll("table")].filter((table) => !table.querySelector("table"));
  const largest = tables.sort((one, other) => other.querySelectorAll("td, th").length - one.querySelectorAll("td, th").length)[0];
  const cells = largest ? fromTable(largest) : fromText(data.getData("text/plain"));
  return cells.length === 1 && cells[0].length === 1 ? null : cells;
}

function finish(field, words) {
  at("strip").replaceChildren();
  at("strip").hidden = true;
  document.querySelectorAll("td.coming").forEach((cell) => cell.classList.remove("coming"));
  if (words) at("said").textContent = words;
  field.focus();
}

function propose(desk, field, planned) {
  const value = (key) => desk.ledger.report.values[key] ?? {};
  const changing = planned?.changes.filter(({ field: { key }, text }) => !isSame(desk.ledger.held(key) ?? value(key).value, text)) ?? [];
  changing.forEach(({ field: one }) => one.box.classList.add("coming"));
  const { foreign = [], changes = [], by } = planned ?? {};
  const some = foreign.slice(0, 5).map(({ text }) => `“${text.slice(0, 12)}”`).join("、");
  const words = planned
    ? say("paste_plan", { n: changes.length, m: changing.length }) + (by === "labels" ? say("paste_by_labels") : "")
      + (foreign.length > 0 ? say("paste_foreign", { k: foreign.length, some }) : "")
    : say("paste_unfit");
  const write = button(say("paste"), () => {
    finish(field, say("pasted", { n: changing.length }));
    desk.edit(changing.map(({ field: { key }, text }) => ({ key, now: text })));
  }, { class: "main" });
  const leave = button(say(planned ? "cancel" : "close"), () => finish(field));
  at("strip").replaceChildren(make("p", { id: "stripped" }, words), make("div", { class: "does" }, changing.length > 0 ? write : "", leave));
  at("strip").hidden = false;
  (changing.length > 0 ? write : leave).focus();
}

// Listens for what is pasted in the paper.
export function listenForBlocks(box, desk) {
  at("strip").addEventListener("keydown", (event) => {
    if (event.key === "Escape") at("strip").querySelector(".does").lastChild.click();
  });
  box.addEventListener("paste", (event) => {
    const field = desk.fieldOf(event.target);
    if (!field?.table || field.input.matches("textarea")) return;
    const cells = block(event.clipboardData);
    if (cells === null) {
      event.preventDefault();
      const text = event.clipboardData.getData("text/plain").trim();
      if (field.input.matches("input")) document.execCommand("insertText", false, text);
      desk.commit(field);
      return;
    }
    event.preventDefault();
    propose(desk, field, plan(cells, field));
  });
}

// Puts a table on the clipboard.
export function copyTable(desk, { element }) {
  const values = desk.ledger.report.values;
  const { html, text } = copied(element, (key) => desk.ledger.held(key) ?? values[key]?.printed ?? values[key]?.value ?? "");
  const put = (event) => {
    event.preventDefault();
    event.clipboardData.setData("text/html", html);
    event.clipboardData.setData("text/plain", text);
  };
  document.addEventListener("copy", put, { once: true, capture: true });
  const is_done = document.execCommand("copy");
  document.removeEventListener("copy", put, { capture: true });
  at("said").textContent = say(is_done ? "copied" : "failed");
}
