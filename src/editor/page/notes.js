// What is said of one field, and what can be done about it with one click. In: the desk (form, fields, ledger) and a field; out: its state in words,
// and the elements that stand under it or in the strip of the current cell.

import { ask, button, make } from "./make.js";
import { isSame, plain } from "./ledger.js";
import { of, say } from "./words.js";

const named = (text) => (text === null || text === undefined || text === "" ? say("nothing") : text.replace(/\s+/g, " ").slice(0, 80));

// What the program says of a problem, without the keys, which stand beside the labels for those who write facts files.
export function clear({ keys = [] }, text) {
  return keys.reduce((words, key) => words.replaceAll(`（${key}）`, "").replaceAll(`${key} (`, "("), of(text));
}

// The problems that have a key among theirs, those first that are about it.
export function problemsOf(report, key) {
  const all = report.problems.filter(({ keys }) => keys.includes(key));
  return all.sort((one, other) => one.keys.indexOf(key) - other.keys.indexOf(key));
}

// One word for how a field stands.
export function stateOf(desk, key) {
  const { ledger } = desk;
  if (ledger.conflicts.has(key)) return "conflict";
  if (ledger.refused.has(key)) return "refused";
  if (ledger.held(key) !== undefined) return "typed";
  const { state, written } = ledger.report.values[key] ?? { state: "blank", written: null };
  return state === "written" && isSame(written, "") && desk.form.known[key].required ? "missing" : state;
}

// What that word is to a reader; nothing where it is as it should be.
export function stateSaid(desk, key, state) {
  const written = desk.ledger.report.values[key]?.written;
  return ["written", "blank", "typed"].includes(state) ? "" : say(`state_${state}`, { value: named(written) });
}

// What is wrong with a key, in short.
export function wrongSaid(desk, key) {
  const refused = desk.ledger.refused.get(key);
  const is_blank = stateOf(desk, key) === "missing";
  const is_told = ({ keys, severity, code }) => (keys[0] === key || severity === "error") && !(is_blank && code === "empty-value");
  const problems = problemsOf(desk.ledger.report, key).filter(is_told);
  const words = (problem) => [problem.message, problem.help].map((text) => clear(problem, text)).filter(Boolean).join("；");
  return [...(refused ? [refused] : []), ...problems].map(words).join(" ");
}

function actions(desk, problem) {
  const found = [];
  const { fix_edits: fixes, can_be_accepted: acceptable } = problem;
  if (fixes?.length > 0) {
    const words = fixes.length === 1 ? say("fix", { now: named(fixes[0].now) }) : say("fix_many", { n: fixes.length });
    found.push(button(words, () => desk.edit(fixes.map(({ key, now }) => ({ key, now })))));
  }
  if (acceptable) found.push(button(say("accept"), () => accept(desk, problem)));
  return found;
}

// A problem with what can be done about it.
export function told(desk, problem) {
  const { severity, message, notes, help } = problem;
  const more = [...notes, help].map((text) => clear(problem, text)).filter(Boolean);
  return make(
    "div",
    { class: `told ${severity}` },
    make("strong", {}, `${say(severity === "error" ? "error" : "warning")} `),
    clear(problem, message),
    more.map((text) => make("small", {}, text)),
    make("div", { class: "does" }, actions(desk, problem)),
  );
}

// Asks for the reason and the reach of an acceptance.
export async function accept(desk, problem) {
  const { code, keys, written } = problem;
  const accepted = await ask(say("accept_heading"), (form, close) => {
    const reason = make("textarea", { id: "reason", rows: 3, required: true });
    const wrong = make("p", { role: "alert", class: "wrong" });
    const reach = (value, text, checked) => make("label", {}, make("input", { type: "radio", name: "reach", value, checked }), text);
    const reaches = keys.length > 0 ? [reach("here", say("only_here"), true), reach("all", say("all_of_code", { code }))] : [];
    const done = () => {
      if (reason.value.trim() === "") {
        wrong.textContent = say("reason_wanted");
        reason.focus();
        return;
      }
      const is_here = keys.length > 0 && form.elements.reach.value === "here";
      const is_short = desk.form.known[keys[0]]?.kind === "prose" && written && !written.includes("\n") && written.length <= 40;
      const place = is_here ? { key: keys[0], ...(is_short ? { figure: written } : {}) } : {};
      close({ check: code, ...place, reason: reason.value.trim() });
    };
    form.append(
      make("p", {}, clear(problem, problem.message)),
      make("label", { for: "reason" }, say("reason")),
      reason,
      wrong,
      reaches.length > 0 ? make("div", { class: "reach" }, reaches) : "",
      make("div", { class: "does" }, button(say("ok"), done, { class: "main" }), button(say("cancel"), () => close(null))),
    );
  });
  if (accepted) desk.ledger.edit([], { accept: [accepted] });
}

// Shows the parts of a sum.
export async function parts(desk, key) {
  const { status, body } = await desk.send(`parts?name=${encodeURIComponent(desk.ledger.name)}&key=${encodeURIComponent(key)}`);
  await ask(body.labels?.join(" · ") ?? say("parts"), (form, close) => {
    const cell = (text) => make("td", {}, text ?? "");
    const head = ["part_organ", "part_figure", "part_last"].map((name) => make("th", { scope: "col" }, say(name)));
    const rows = (body.parts ?? []).map(({ name, figure, last_year: last }) =>
      make("tr", {}, make("th", { scope: "row" }, name), cell(figure), cell(last)));
    const sum = make("tr", {}, make("th", { scope: "row" }, say("part_sum")), cell(body.sum), cell(body.last_year));
    if (status === 200) form.append(make("table", { class: "parts" }, make("thead", {}, make("tr", {}, head)), make("tbody", {}, rows, sum)));
    if (!body.is_whole) form.append(make("p", {}, say(status === 200 ? "not_whole" : "failed")));
    form.append(make("div", { class: "does" }, button(say("close"), () => close(null), { class: "main" })));
  });
}

// Two long texts one under the other, with what differs between them marked.
function differing(...texts) {
  const [one, other] = texts.map(plain);
  let [start, end] = [0, 0];
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start += 1;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return [one, other].map((text, index) => make("blockquote", {}, make("b", {}, say(index === 0 ? "in_file" : "in_here")),
    text.slice(0, start), make("mark", {}, text.slice(start, text.length - end)), text.slice(text.length - end)));
}

// Asks which of two texts it is to be.
export function asked(desk, key) {
  const { found, now } = desk.ledger.conflicts.get(key);
  const mine = desk.ledger.drafts.get(key)?.text ?? now;
  const is_long = desk.form.known[key].kind === "prose";
  const both = is_long ? differing(found, mine) : say("conflict", { found: named(found), now: named(mine) });
  return make("div", { class: "told" }, both, make("div", { class: "does" },
    button(say("mine"), () => desk.settle(key, true)), button(say("theirs"), () => desk.settle(key, false))));
}

// All that is said of a field.
export function notes(desk, { key, known }) {
  const { ledger } = desk;
  const { report } = ledger;
  const value = report.values[key] ?? {};
  const found = [];
  const line = (words, ...more) => found.push(make("div", { class: "told" }, words, make("div", { class: "does" }, more)));
  const draft = ledger.drafts.get(key);
  if (ledger.conflicts.has(key)) {
    found.push(asked(desk, key));
  } else if (draft && !ledger.refused.has(key) && !ledger.flying?.values.has(key) && !isSame(draft.was, ledger.seen.get(key))) {
    line(say("beside", { found: named(ledger.seen.get(key)) }));
  }
  const refused = ledger.refused.get(key);
  if (refused) found.push(told(desk, { ...refused, severity: "error", fix_edits: null, can_be_accepted: false }));
  // What is blank is said to be so in one way.
  const is_blank = stateOf(desk, key) === "missing";
  const others = problemsOf(report, key).filter(({ code }) => !(is_blank && code === "empty-value"));
  found.push(...others.map((problem) => told(desk, problem)));
  const { written, computed } = value;
  if (known.is_total && written !== null && computed !== null && written !== computed) {
    line(
      "",
      button(say("write_computed", { n: computed }), () => desk.edit([{ key, now: computed }])),
      button(say("leave_computed"), () => desk.edit([{ key, now: null }])),
    );
  }
  const carried = known.carried_from ? report.values[known.carried_from]?.last : null;
  if (carried && carried !== value.value) line("", button(say("equals_last", { n: carried }), () => desk.edit([{ key, now: carried }])));
  const is_added = () => Object.values(report.values).some((one) => one.state === "organs");
  if (["count", "amount"].includes(known.kind) && is_added()) line("", button(say("parts"), () => parts(desk, key)));
  return found;
}
