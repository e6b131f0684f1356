// Puts what is known into the paper. In: what was typed and what the program says; out: texts, states and problems at their places.

import { desk } from "./desk.js";
import { at, make, renew } from "./make.js";
import { isSame, plain } from "./ledger.js";
import { notes, standing, wrongSaid } from "./notes.js";
import { showProse } from "./prose.js";
import { composing } from "./typing.js";
import { clock, day, of, say } from "./words.js";

function put(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

function showText(field) {
  const { entry: { held, seen }, value: { written, value } } = field.stands;
  // What was worked out with a text that has been left since is not shown.
  const text = held ?? plain(seen ?? (written === null ? value : ""));
  const is_here = field.input.contains(document.activeElement);
  // What an input method works in is left to it.
  if ((is_here && composing) || isSame(field.get(), text)) return;
  field.set(text);
  if (is_here && field.isLine) field.input.select();
}

const MARKS = { conflict: "≠", error: "!", warning: "?", outside: "•" };

function showState(field) {
  const { stands } = field;
  const { entry, value, problems, state, words } = stands;
  const has = (severity) => problems.some((problem) => problem.keys[0] === field.key && problem.severity === severity);
  const is_wrong = ["refused", "unfit"].includes(state) || has("error");
  const marks = { conflict: state === "conflict", error: is_wrong, warning: has("warning"), outside: entry.isOutside };
  const mark = Object.keys(marks).find((name) => marks[name]) ?? "";
  Object.assign(field.box.dataset, { state, mark });
  if (is_wrong) field.input.setAttribute("aria-invalid", "true");
  else field.input.removeAttribute("aria-invalid");
  const last = desk.showsLast && field.known.kind !== "prose" ? plain(value.last) : "";
  renew(field.last, last, () => (last ? [make("span", say("last", { value: "" })), last] : []));
  if (field.table) {
    put(field.mark, MARKS[mark] ?? "");
    put(field.told, [...words, wrongSaid(field)].filter(Boolean).join("。"));
  } else {
    renew(field.notes, stands, () => [words[0] && make("div.told", words[0]), notes(field)]);
    if (value.prose) showProse(field, value);
  }
}

// The strip of the current cell; where it has grown, the cell comes to lie above it again.
let cellHeight = 0;
function showCell() {
  const [box, field] = [at("cell"), desk.current];
  box.hidden = !field?.table;
  if (box.hidden || !fillCell(box, field)) return;
  // To ask for its height costs a layout, which the next frame needs anyway.
  requestAnimationFrame(() => {
    const { offsetHeight } = box;
    if (offsetHeight > cellHeight && field.box.contains(document.activeElement)) field.box.scrollIntoView({ block: "nearest" });
    cellHeight = offsetHeight;
  });
}

function fillCell(box, field) {
  const { key, known: { guide, options, is_figure }, heads, stands } = field;
  const { words, value: { last } } = stands;
  const own = (text) => make("span", { lang: desk.form.language }, text);
  const source = desk.sources[key];
  const said = [...words, plain(last) !== "" && say("last", { value: last }), source && say("source", { place: of(source.place), raw: source.raw })];
  return renew(box, [key, stands], () => [
    make("p", make("b", own(heads.join(" · "))), said.filter(Boolean).map((text) => ` — ${text}`)),
    make("p.guide", own(guide), is_figure && ` ${say("guide_slash")}`, own(` ${options.join("、")}`)),
    notes(field),
  ]);
}

function showProgress() {
  const { report, standing: whole } = desk.ledger;
  const { filled, cells, warnings, accepted, due } = report.done;
  const errors = report.done.errors + desk.ledger.all(({ isOpen, problem }) => isOpen || problem).length;
  const is_done = errors === 0 && filled === cells && whole === "well";
  const words = [
    is_done && "✓ ",
    say("progress", { filled, cells, errors }),
    warnings > 0 && say("progress_warnings", { n: warnings }),
    accepted > 0 && say("progress_accepted", { n: accepted }),
    due && say("progress_due", { due: day(due) }),
  ];
  put(at("progress"), words.filter(Boolean).join(""));
  at("progress").classList.toggle("complete", is_done);
  at("meter").value = cells > 0 ? filled / cells : 1;
}

// Whether all is saved; those who listen hear only of what is not well.
function showSaved() {
  const { ledger } = desk;
  const [n, is_well] = [ledger.unsaved(), ledger.standing === "well"];
  const [problem] = ledger.report?.unreadable ?? [];
  const well = n > 0 ? say("unsaved", { n }) : ledger.saved ? say("saved", { time: clock(ledger.saved) }) : say("same");
  const ill = () => say(ledger.standing, { n, line: problem?.labels?.[0]?.line ?? "?", why: of(problem?.message) });
  const { unwritable } = ledger;
  const refused = () => `${say("state_refused")}：${of(unwritable.message)}`;
  const is_bad = !is_well || unwritable !== null;
  const words = !is_bad ? well : is_well ? refused() : ill();
  put(at("saved"), words);
  at("saved").classList.toggle("bad", is_bad);
  put(at("alarm"), is_bad ? words.replace(/\d+ /, "") : "");
}

export function show() {
  const { ledger, fields, tables } = desk;
  showSaved();
  if (!ledger.report?.values) return;
  for (const field of fields.values()) {
    field.stands = standing(field);
    showText(field);
    showState(field);
  }
  for (const { rest, restBox } of tables) restBox.checked = plain(ledger.entry(rest).held ?? ledger.entry(rest).seen) !== "";
  showCell();
  showProgress();
}
