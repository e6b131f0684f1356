// What other programs put on the clipboard. In: HTML or text of a block of cells, and a table of the form; out: which text is meant for which field.
// Nothing is guessed: cells are placed by the labels of the form, or from one field on, and what runs over an edge is refused whole.

const DIGITS = "０１２３４５６７８９";
const narrow = (text) => text.replace(/[０-９]/g, (digit) => DIGITS.indexOf(digit)).replace(/[，．／－％]/g, (sign) => ",./-%"["，．／－％".indexOf(sign)]);
// Labels are the same without spaces, marks and the width of letters.
export const label = (text) => narrow(text).replace(/[\s\u00a0\u3000\u200b\u00ad]/g, "").replace(/[（）()、.．。:：,，;；·\-—_]/g, "").toLowerCase();
const tidy = (text) => text.replace(/[\u200b\u00ad\ufeff]/g, "").replace(/[\s\u00a0\u3000]+/g, " ").trim();
export const isNumber = (text, options = []) =>
  /^(\d[\d,]*(\.\d+)?|\/)$/.test(narrow(text).replace(/\s/g, "")) || options.includes(text);
export const isLike = (field, text) =>
  !["count", "amount"].includes(field.known.kind) || isNumber(text, field.known.options);

// Text with tabs: cells may be quoted, and hold tabs and line ends then; the line end behind the last row makes no row.
export function fromText(text) {
  const rows = [[]];
  const cells = /(?:"((?:[^"]|"")*)"|([^\t\r\n]*))(\t|\r\n|\n|\r|$)/y;
  const source = text.replace(/(\r\n|\n|\r)$/, "");
  for (;;) {
    const found = cells.exec(source);
    rows.at(-1).push(tidy(found[1] !== undefined ? found[1].replace(/""/g, '"') : found[2]));
    if (found[3] === "") break;
    if (found[3] !== "\t") rows.push([]);
  }
  return rows;
}

// The largest table of HTML, spans laid out: the first place of a merged cell has its text, the others null and in `from` the first.
export function fromTable(table) {
  const rows = [];
  [...table.rows].forEach((row, index) => {
    rows[index] ??= [];
    let column = 0;
    for (const cell of row.cells) {
      while (rows[index][column] !== undefined) column += 1;
      const text = tidy(cell.textContent);
      for (let down = 0; down < Math.min(cell.rowSpan, table.rows.length - index); down += 1) {
        rows[index + down] ??= [];
        for (let right = 0; right < cell.colSpan; right += 1) {
          rows[index + down][column + right] = down + right === 0 ? text : { of: text };
        }
      }
      column += cell.colSpan;
    }
  });
  return rows.map((row) => Array.from(row, (cell) => cell ?? ""));
}

const own = (cell) => (typeof cell === "string" ? cell : null);
const said = (cell) => (typeof cell === "string" ? cell : cell?.of ?? "");

// The best way to match two lists in order: pairs with the highest sum of worths.
function matched(some, others, worth) {
  const best = Array.from({ length: some.length + 1 }, () => new Float64Array(others.length + 1));
  for (let i = some.length - 1; i >= 0; i -= 1) {
    for (let j = others.length - 1; j >= 0; j -= 1) {
      const value = worth(some[i], others[j]);
      best[i][j] = Math.max(best[i + 1][j], best[i][j + 1], value > 0 ? value + best[i + 1][j + 1] : 0);
    }
  }
  const pairs = new Map();
  for (let [i, j] = [0, 0]; i < some.length && j < others.length;) {
    const value = worth(some[i], others[j]);
    if (value > 0 && best[i][j] === value + best[i + 1][j + 1]) pairs.set(i++, j++);
    else if (best[i][j] === best[i + 1][j]) i += 1;
    else j += 1;
  }
  return pairs;
}

// Fields matched with lines by their labels: in order, and in another order where all labels are met, and by one line only.
function paired(fields, lines, labelsOf) {
  const worthOf = (field, texts) => worth(labelsOf(field), texts);
  const pairs = matched(fields, lines, worthOf);
  const used = new Set(pairs.values());
  fields.forEach((field, index) => {
    const all = labelsOf(field).length;
    const fits = lines.flatMap((texts, line) => (worthOf(field, texts) === all && !used.has(line) ? [line] : []));
    if (pairs.has(index) || fits.length !== 1 || all === 0) return;
    pairs.set(index, fits[0]);
    used.add(fits[0]);
  });
  return pairs;
}

// How well labels of the form, innermost last, are met by the texts beside or over cells.
function worth(labels, texts) {
  const wanted = labels.map(label).filter(Boolean);
  if (wanted.length === 0 || !texts.has(wanted.at(-1))) return 0;
  return 1 + wanted.slice(0, -1).filter((one) => texts.has(one)).length;
}

// Where the block has labels of the table: [{field, text}], or null.
function byLabels(block, table) {
  const height = block.length;
  const width = Math.max(...block.map((row) => row.length));
  const rows = table.grid.map((row) => row.find(Boolean));
  const texts = (cells) => new Set(cells.map(said).filter((text) => !isNumber(text)).map(label).filter(Boolean));
  const rowTexts = block.map(texts);
  const down = paired(rows, rowTexts, (field) => field.rows);
  const first = Math.min(...down.values(), height);
  const has_rows = rows.some((field) => field.rows.length > 0);
  if (has_rows && down.size === 0) return null;
  // Columns by their heads, block by block of the form, since each may have others.
  const changes = [];
  const heads = new Map();
  const headsOf = (fields) => {
    const name = JSON.stringify(fields.map(({ columns }) => columns));
    if (!heads.has(name)) {
      const columns = Array.from({ length: width }, (_, column) => texts(block.map((row) => row[column])));
      heads.set(name, paired(fields, columns, (field) => field.columns));
    }
    return heads.get(name);
  };
  for (const [index, row] of table.grid.entries()) {
    const fields = row.filter((field, column) => field && field.column === column);
    const across = headsOf(fields);
    let line = down.get(index);
    if (!has_rows) line = block.findIndex((cells) => [...across.values()].some((column) => isNumber(said(cells[column]))));
    if (line === undefined || line < 0) continue;
    if (across.size > 0) {
      across.forEach((column, number) => changes.push({ field: fields[number], text: own(block[line][column]) }));
      continue;
    }
    // No heads: as many cells behind the labels as the form has, in its order.
    const labels = block[line].findLastIndex((cell) => said(cell) !== "" && !isNumber(said(cell))) + 1;
    const rest = block[line].slice(labels);
    if (rest.length !== fields.length) return null;
    rest.forEach((cell, number) => changes.push({ field: fields[number], text: own(cell) }));
  }
  return first === height && has_rows ? null : changes;
}

// From a field on; null where it does not fit.
function fromPlace(block, { table, row, column }) {
  const changes = [];
  for (const [down, cells] of block.entries()) {
    const line = table.grid[row + down];
    const fields = (line ?? []).filter((field, at) => field && field.column === at && at >= column);
    if (!line || fields.length < cells.length) return null;
    cells.forEach((cell, right) => changes.push({ field: fields[right], text: own(cell) }));
  }
  return changes;
}

// What is to become of a block that is pasted into a field: {changes: [{field, text}], foreign: [{field, text}], by: "labels" | "place"}, or null
// where it does not fit. Blank cells of the block change nothing.
export function plan(block, field) {
  const labelled = byLabels(block, field.table);
  const is_labelled = labelled && labelled.length > 0;
  const changes = is_labelled ? labelled : fromPlace(block, field);
  if (!changes) return null;
  const full = changes.filter(({ text }) => text !== null && text !== "");
  const [good, foreign] = [full.filter(({ field, text }) => isLike(field, text)), full.filter(({ field, text }) => !isLike(field, text))];
  return { changes: good, foreign, by: is_labelled ? "labels" : "place" };
}

// A table as HTML and as text with tabs, for other programs; value(field) gives what a cell holds.
export function copied(element, valueOf) {
  const page = document.implementation.createHTMLDocument("");
  const table = page.createElement("table");
  table.setAttribute("border", "1");
  const lines = [];
  const taken = [];
  [...element.rows].forEach((row, index) => {
    const line = table.insertRow();
    let column = 0;
    taken[index] ??= [];
    for (const cell of row.cells) {
      while (taken[index][column] !== undefined) column += 1;
      const key = cell.querySelector("[data-key]")?.dataset.key;
      const text = key ? valueOf(key) : cell.textContent;
      const copy = page.createElement(cell.localName);
      copy.textContent = text;
      if (cell.colSpan > 1) copy.colSpan = cell.colSpan;
      if (cell.rowSpan > 1) copy.rowSpan = cell.rowSpan;
      line.append(copy);
      for (let down = 0; down < cell.rowSpan; down += 1) {
        taken[index + down] ??= [];
        for (let right = 0; right < cell.colSpan; right += 1) taken[index + down][column + right] = down + right === 0 ? text : "";
      }
      column += cell.colSpan;
    }
    const quoted = (text) => (/[\t\n"]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);
    lines.push(Array.from(taken[index], (text) => quoted(text ?? "")).join("\t"));
  });
  return { html: table.outerHTML, text: lines.join("\r\n") };
}
