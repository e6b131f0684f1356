"use strict";
const table = document.querySelector("table");
const body = table.tBodies[0];
const heads = [...table.tHead.rows[0].cells];
const collator = new Intl.Collator(document.documentElement.lang, { numeric: true });

function sort(head) {
  const column = head.cellIndex;
  const isUp = head.getAttribute("aria-sort") !== "ascending";
  const isNumber = head.dataset.kind === "number";
  const told = (row) => row.cells[column].dataset.key ?? row.cells[column].textContent.trim();
  const keyed = [...body.rows].map((row) => [isNumber ? parseFloat(told(row)) : told(row), row]);
  const isBlank = (key) => key === "" || Number.isNaN(key);
  // What is blank stands at the end either way.
  keyed.sort(([a], [b]) => {
    if (isBlank(a) || isBlank(b)) return isBlank(a) - isBlank(b);
    const order = isNumber ? a - b : collator.compare(a, b);
    return isUp ? order : -order;
  });
  body.append(...keyed.map(([, row]) => row));
  heads.forEach((other) => other.removeAttribute("aria-sort"));
  head.setAttribute("aria-sort", isUp ? "ascending" : "descending");
}

// Without this script there is nothing to press.
for (const head of heads) {
  const button = document.createElement("button");
  button.type = "button";
  button.append(...head.childNodes);
  button.addEventListener("click", () => sort(head));
  head.append(button);
}
