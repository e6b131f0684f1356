// Keys. In: what is pressed in a field; out: where the focus goes and what is done: down and up a column, along a row, to the next problem, a step
// back. Whatever an input method takes for itself is left to it, and nothing is made of the Enter that ends its work.

let composed = 0;
const SETTLED = 100;

export const isComposing = (event) =>
  event.isComposing || event.keyCode === 229 || (event.key === "Enter" && performance.now() - composed < SETTLED);

const isWhole = (input) => input.selectionStart === 0 && input.selectionEnd === input.value.length;
const isAt = (input, place) => input.selectionStart === input.selectionEnd && input.selectionStart === place;

// The next field of a grid from a place, in a direction; past gaps.
function next({ table, row, column }, down, right) {
  const { grid } = table;
  const from = grid[row][column];
  for (let [r, c] = [row + down, column + right]; r >= 0 && r < grid.length; [r, c] = [r + down, c + right]) {
    if (c < 0 || c >= Math.max(...grid.map(({ length }) => length))) return null;
    if (grid[r][c] && grid[r][c] !== from) return grid[r][c];
  }
  return null;
}

// Where Enter goes: down the column, then the top of the next, then on.
function onward(field, fields, back) {
  const order = [...fields.values()];
  const step = back ? -1 : 1;
  if (!field.table) return order[order.indexOf(field) + step] ?? null;
  const below = next(field, step, 0);
  if (below) return below;
  const { grid } = field.table;
  const width = Math.max(...grid.map(({ length }) => length));
  for (let column = field.column + step; column >= 0 && column < width; column += step) {
    const rows = grid.map((row) => row[column]).filter((one) => one && one !== field && one.column === column);
    if (rows.length > 0) return back ? rows.at(-1) : rows[0];
  }
  const own = field.table.fields.map((one) => order.indexOf(one));
  return order[back ? Math.min(...own) - 1 : Math.max(...own) + 1] ?? null;
}

// What leads out of a field, where its text or its caret lets it; undefined for what does not.
function moved(event, field) {
  const { input } = field;
  const is_text = input.matches("input[type=text]");
  const is_free = !is_text || isWhole(input);
  const ctrl = event.ctrlKey || event.metaKey;
  const row = field.table?.grid[field.row] ?? [];
  const all = field.table?.fields ?? [];
  switch (event.key) {
    case "ArrowDown": return next(field, 1, 0);
    case "ArrowUp": return next(field, -1, 0);
    case "ArrowLeft": return is_free || isAt(input, 0) ? next(field, 0, -1) : undefined;
    case "ArrowRight": return is_free || isAt(input, input.value.length) ? next(field, 0, 1) : undefined;
    case "Home": return ctrl ? all[0] : is_free || isAt(input, 0) ? row.find(Boolean) : undefined;
    case "End": return ctrl ? all.at(-1) : is_free || isAt(input, input.value.length) ? row.at(-1) : undefined;
    default: return undefined;
  }
}

// Listens in the paper; `does` has fieldOf(element), fields, commit(field), reset(field), goTo(field), isHeld(field).
export function listen(box, does) {
  document.addEventListener("compositionend", () => { composed = performance.now(); }, true);
  box.addEventListener("focusin", ({ target }) => {
    if (target.matches("input[type=text]")) target.select();
  });
  box.addEventListener("keydown", (event) => {
    const field = does.fieldOf(event.target);
    if (!field || isComposing(event) || event.altKey) return;
    const { input } = field;
    const is_text = input.matches("input[type=text]");
    if (event.key === "Enter" && !input.matches("textarea") && !event.ctrlKey) {
      event.preventDefault();
      does.commit(field);
      const to = onward(field, does.fields, event.shiftKey);
      if (to) does.goTo(to);
    } else if (event.key === "F2" && is_text) {
      event.preventDefault();
      input.setSelectionRange(input.value.length, input.value.length);
    } else if (event.key === "Escape" && does.isHeld(field)) {
      event.preventDefault();
      does.reset(field);
    } else if (field.table && is_text && !event.shiftKey) {
      const to = moved(event, field);
      if (to === undefined) return;
      event.preventDefault();
      if (to) does.goTo(to);
    } else if (field.table && !event.shiftKey && (event.ctrlKey || event.metaKey) && ["Home", "End"].includes(event.key) && !input.matches("textarea")) {
      event.preventDefault();
      does.goTo(moved(event, field));
    }
  });
}

// Keys of the whole page: save, undo, redo, problems, regions.
export function listenEverywhere(does) {
  document.addEventListener("keydown", (event) => {
    if (isComposing(event) || document.querySelector("dialog[open]")) return;
    const ctrl = (event.ctrlKey || event.metaKey) && !event.altKey;
    const key = event.key.toLowerCase();
    if (ctrl && key === "s") does.save();
    else if (ctrl && (key === "y" || (key === "z" && event.shiftKey))) {
      if (!does.redo()) return;
    } else if (ctrl && key === "z") {
      if (!does.undo()) return;
    } else if (event.key === "F8") does.problem(event.shiftKey);
    else if (event.key === "F6") does.region(event.shiftKey);
    else return;
    event.preventDefault();
  });
}
