// Keys. In: what is pressed; out: where the focus goes and what is done. What belongs to an input method is left to it.

import { desk, goTo } from "./desk.js";
import { commit, isComposing } from "./typing.js";

// The next field of a grid from a place, in a direction; past gaps.
function next({ table, row, column }, down, right) {
  const { grid } = table;
  const from = grid[row][column];
  for (let [r, c] = [row + down, column + right]; grid[r] && c >= 0 && c < table.widths.length; [r, c] = [r + down, c + right]) {
    if (grid[r][c] && grid[r][c] !== from) return grid[r][c];
  }
  return null;
}

// Where Enter goes: down the column, then the top of the next, then on.
function onward(field, step) {
  const order = [...desk.fields.values()];
  const all = field.table?.fields ?? [field];
  const down = [...all].sort((one, other) => one.column - other.column || one.row - other.row);
  return down[down.indexOf(field) + step] ?? order[order.indexOf(all.at(step > 0 ? -1 : 0)) + step];
}

// What leads out of a cell, where its text or its caret lets it; undefined for what does not.
function moved({ key, ctrlKey, metaKey }, field) {
  const { input, table, isLine, isText } = field;
  if ((ctrlKey || metaKey) && !isText && ["Home", "End"].includes(key)) return table.fields.at(key === "Home" ? 0 : -1);
  if (!isLine) return undefined;
  const { selectionStart: start, selectionEnd: end, value: { length } } = input;
  const leaves = (edge) => (start === 0 && end === length) || (start === end && start === edge);
  const row = table.grid[field.row];
  switch (key) {
    case "ArrowDown": return next(field, 1, 0);
    case "ArrowUp": return next(field, -1, 0);
    case "ArrowLeft": return leaves(0) ? next(field, 0, -1) : undefined;
    case "ArrowRight": return leaves(length) ? next(field, 0, 1) : undefined;
    case "Home": return leaves(0) ? row.find(Boolean) : undefined;
    case "End": return leaves(length) ? row.at(-1) : undefined;
    default: return undefined;
  }
}

export function pressed(field, event) {
  if (isComposing(event) || event.altKey) return;
  const { input, isLine, isText } = field;
  let to = null;
  if (event.key === "Enter" && !isText && !event.ctrlKey) {
    commit(field);
    to = onward(field, event.shiftKey ? -1 : 1);
  } else if (event.key === "F2" && isLine) {
    input.setSelectionRange(input.value.length, input.value.length);
  } else if (event.key === "Escape" && desk.ledger.entry(field.key).typed !== undefined) {
    desk.ledger.forget(field.key);
  } else if (field.table && !event.shiftKey) {
    to = moved(event, field);
    if (to === undefined) return;
  } else return;
  event.preventDefault();
  if (to) goTo(to);
}

// Keys of the whole page. What gives false leaves the key to the browser.
export function listenEverywhere({ save, step, problem, region }) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || document.querySelector("dialog[open]")) return;
    const ctrl = (event.ctrlKey || event.metaKey) && !event.altKey ? "ctrl " : "";
    const does = {
      "ctrl s": save,
      "ctrl z": () => step(event.shiftKey),
      "ctrl y": () => step(true),
      f8: () => problem(event.shiftKey),
      f6: () => region(event.shiftKey),
    }[ctrl + event.key.toLowerCase()];
    if (does && does() !== false) event.preventDefault();
  });
}
