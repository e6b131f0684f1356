// Puts what is known into the paper. In: the desk; out: texts, states and problems at the fields, the strip of the current cell, the line that says
// how far the report is, and whether all is saved. A field that somebody is typing in keeps its text.

import { at, make } from "./make.js";
import { isSame, plain } from "./ledger.js";
import { notes, problemsOf, stateOf, stateSaid, wrongSaid } from "./notes.js";
import { showProse } from "./prose.js";
import { clock, day, of, say } from "./words.js";

// Renews the children of an element only where they are others, so that focus stays.
export function renew(element, signature, children) {
  if (element.dataset.signature === signature) return false;
  element.dataset.signature = signature;
  const focused = element.contains(document.activeElement) ? document.activeElement.textContent : null;
  element.replaceChildren(...children());
  if (focused !== null) ([...element.querySelectorAll("button")].find((one) => one.textContent === focused) ?? element.closest("[tabindex]"))?.focus();
  return true;
}

// The text that a field is to hold.
const meant = (desk, key) => {
  const { written, value } = desk.ledger.value(key);
  return desk.ledger.held(key) ?? plain(written ?? value);
};

function showText(desk, field) {
  const text = meant(desk, field.key);
  const is_here = field.input.contains(document.activeElement);
  // Whoever is in a field and has typed there sees no other text before leaving it.
  if (is_here && field.shown !== undefined && !isSame(field.get(), field.shown)) return;
  if (field.shown === undefined || !isSame(field.get(), text)) {
    field.set(text);
    if (is_here && field.input.matches("input[type=text]")) field.input.select();
  }
  field.shown = text;
}

const MARKS = { error: "!", warning: "?", conflict: "≠", refused: "!", other: "!", outside: "•" };

function showState(desk, field, showsLast) {
  const { key, box, control } = field;
  const { ledger } = desk;
  const state = stateOf(desk, key);
  // What is blank says so by its state.
  const of_it = problemsOf(ledger.report, key).filter(({ keys, code }) => keys[0] === key && !(state === "missing" && code === "empty-value"));
  const is_wrong = ["refused", "unfit"].includes(state) || of_it.some(({ severity }) => severity === "error");
  const is_warned = of_it.some(({ severity }) => severity === "warning");
  const mark = state === "conflict" || is_wrong ? (state === "conflict" ? state : "error") : is_warned ? "warning" : ledger.outside.has(key) ? "outside" : "";
  box.dataset.state = state;
  box.dataset.mark = mark;
  if (is_wrong) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  const { last } = ledger.report.values[key] ?? {};
  const lastBox = box.querySelector(".last");
  const has_last = showsLast && plain(last) !== "" && field.known.kind !== "prose";
  const shown = has_last ? say("last", { value: last }) : "";
  if (lastBox.textContent !== shown) {
    // In a cell the number stands alone; those who listen hear what it is.
    const [before, after] = say("last").split("{value}");
    lastBox.replaceChildren(...(has_last && field.table ? [make("span", { class: "unseen" }, before), last, after] : [shown]));
  }
  const said = [stateSaid(desk, key, state), ledger.outside.has(key) ? say("state_outside") : "", wrongSaid(desk, key)].filter(Boolean).join("。");
  if (field.table) {
    field.mark.textContent = MARKS[mark] ?? "";
    const told = box.querySelector(`#${field.told}`);
    if (told.textContent !== said) told.textContent = said;
  } else {
    renew(field.notes, signed(desk, key, state), () => [
      !stateSaid(desk, key, state) ? "" : make("div", { class: "told" }, stateSaid(desk, key, state)),
      ...notes(desk, field),
    ]);
    if (field.known.kind === "prose") showProse(desk, field);
  }
}

// All that the notes of a field are made of.
function signed(desk, key, state) {
  const { ledger } = desk;
  const value = ledger.report.values[key];
  const about = problemsOf(ledger.report, key);
  return JSON.stringify([key, state, value?.written, value?.value, value?.computed, value?.last, about, ledger.conflicts.get(key), ledger.refused.get(key),
    ledger.drafts.has(key) && ledger.seen.get(key)]);
}

// The strip of the current cell; where it has grown, the cell comes to lie above it again.
export function showCell(desk) {
  const [box, field] = [at("cell"), desk.current];
  const is_hidden = !field?.table;
  const is_shown = box.hidden && !is_hidden;
  if (box.hidden !== is_hidden) box.hidden = is_hidden;
  // To ask for its height costs a layout, which the next frame needs anyway.
  if (is_hidden || (!fillCell(desk, box, field) && !is_shown)) return;
  requestAnimationFrame(() => {
    const { offsetHeight } = box;
    if (offsetHeight > (desk.cellHeight ?? 0) && field.box.contains(document.activeElement)) field.box.scrollIntoView({ block: "nearest" });
    desk.cellHeight = offsetHeight;
  });
}

function fillCell(desk, box, field) {
  const { key, known } = field;
  const state = stateOf(desk, key);
  return renew(box, signed(desk, key, state) + desk.ledger.outside.has(key), () => {
    const said = stateSaid(desk, key, state);
    const { last } = desk.ledger.report.values[key] ?? {};
    const is_figure = ["count", "amount"].includes(known.kind);
    return [
      make("p", {}, make("b", { lang: desk.form.language }, [...field.bars, ...field.rows, ...field.columns].join(" · ")), said ? ` — ${said}` : "",
        desk.ledger.outside.has(key) ? ` — ${say("state_outside")}` : "", plain(last) === "" ? "" : ` — ${say("last", { value: last })}`),
      make("p", { class: "guide" }, make("span", { lang: desk.form.language }, known.guide), is_figure ? ` ${say("guide_slash")}` : "",
        make("span", { lang: desk.form.language }, known.options.length > 0 ? ` ${known.options.join("、")}` : "")),
      ...notes(desk, field),
    ];
  });
}

function showProgress(desk) {
  const { filled, cells, errors, warnings, accepted, due } = desk.ledger.report.done;
  const open = desk.ledger.conflicts.size + desk.ledger.refused.size;
  const is_done = errors + open === 0 && filled === cells && desk.ledger.standing === "well";
  const more = [
    [warnings > 0, "progress_warnings", { n: warnings }],
    [accepted > 0, "progress_accepted", { n: accepted }],
    [due, "progress_due", { due: due && day(due) }],
  ];
  const words = say("progress", { filled, cells, errors: errors + open }) + more.map(([is, name, values]) => (is ? say(name, values) : "")).join("");
  at("progress").textContent = is_done ? `✓ ${words}` : words;
  at("progress").classList.toggle("complete", is_done);
  at("meter").value = cells > 0 ? filled / cells : 1;
}

// Whether all is saved; in words, and for those who listen only when it is quiet.
export function showSaved(desk) {
  const { ledger } = desk;
  const n = ledger.unsaved();
  const line = ledger.report?.unreadable?.[0]?.labels?.[0]?.line ?? "?";
  const words = {
    offline: () => say("offline", { n }),
    suspended: () => `${say("suspended", { line })}：${of(ledger.report.unreadable[0]?.message)}`,
    restarted: () => say("restarted"),
    gone: () => say("gone"),
    well: () => (n > 0 ? say("unsaved", { n }) : ledger.saved ? say("saved", { time: clock(ledger.saved) }) : say("same")),
  }[ledger.standing]();
  if (at("saved").textContent !== words) at("saved").textContent = words;
  at("saved").classList.toggle("bad", ledger.standing !== "well");
  const alarm = ledger.standing === "well" ? "" : words.replace(/\d+ /, "");
  if (at("alarm").dataset.words !== alarm) {
    at("alarm").dataset.words = alarm;
    at("alarm").textContent = alarm;
  }
}

// Everything.
export function show(desk) {
  const { ledger, fields, tables } = desk;
  showSaved(desk);
  if (!ledger.report?.values) return;
  const showsLast = desk.showsLast;
  for (const field of fields.values()) {
    showText(desk, field);
    showState(desk, field, showsLast);
  }
  for (const { rest, restBox } of tables) restBox.checked = ledger.queue.rests.get(rest) ?? ledger.flying?.rests.get(rest) ?? ledger.report.rests.includes(rest);
  showCell(desk);
  showProgress(desk);
}
