// What is said of one field, and what can be done about it with one click. In: a field; out: how it stands, and the elements that say so.

import { desk, asking, send } from "./desk.js";
import { ask, button, does, main, make, row, table } from "./make.js";
import { isSame, plain } from "./ledger.js";
import { of, said, say } from "./words.js";

const named = (text) => (plain(text) === "" ? say("nothing") : text.replace(/\s+/g, " ").slice(0, 80));

// How a field stands: what was typed, what the program says, the problems that have its key, those first that are about it, and one word for it.
export function standing({ key }) {
  const { ledger } = desk;
  const entry = ledger.entry(key);
  const value = ledger.report.values[key] ?? { state: "blank" };
  const problems = ledger.report.problems.filter(({ keys }) => keys.includes(key)).sort((one, other) => one.keys.indexOf(key) - other.keys.indexOf(key));
  const typed = entry.held === undefined ? value.state : "typed";
  const state = entry.isOpen ? "conflict" : entry.problem ? "refused" : typed;
  const words = ["written", "blank", "typed"].includes(state) ? "" : say(`state_${state}`, { value: named(value.written) });
  return { entry, value, problems, state, words: [words, entry.isOutside && say("state_outside")].filter(Boolean) };
}

// What is wrong with a field, in short.
export function wrongSaid({ key, stands: { entry, problems } }) {
  const about = problems.filter(({ keys, severity }) => keys[0] === key || severity === "error");
  const words = ({ message, help }) => said(message, help).join("；");
  return [entry.problem, ...about].filter(Boolean).map(words).join(" ");
}

const told = (...things) => make("div.told", things);

export function problemTold({ severity, code, message, notes, help, fix_edits: fixes, acceptance }) {
  const fix = () => desk.ledger.edit(fixes.map(({ key, now }) => ({ key, now })));
  return make(`div.told.${severity}`,
    make("strong", say(severity === "error" ? "error" : "warning"), " "),
    of(message),
    said(...notes, help).map((text) => make("small", text)),
    does(
      fixes?.length > 0 && button(fixes.length === 1 ? say("fix", { now: named(fixes[0].now) }) : say("fix_many", { n: fixes.length }), fix),
      acceptance && button(say("accept"), () => accept(code, message, acceptance)),
    ));
}

// Asks for the reason and the reach of an acceptance.
async function accept(code, message, acceptance) {
  const reason = make("textarea", { id: "reason", rows: 3, required: true });
  const wrong = make("p.wrong", { role: "alert" });
  const here = make("input", { type: "radio", name: "reach", checked: true });
  const reaches = make("div.reach",
    make("label", here, say("only_here")),
    make("label", make("input", { type: "radio", name: "reach" }), say("all_of_code", { code })));
  const accepted = await ask(say("accept_heading"), (close) => {
    const done = () => {
      const words = reason.value.trim();
      if (words !== "") return close({ ...(here.checked ? acceptance : { check: code }), reason: words });
      wrong.textContent = say("reason_wanted");
      reason.focus();
    };
    return [
      make("p", of(message)), make("label", { for: "reason" }, say("reason")), reason, wrong, acceptance.key && reaches,
      does(main(say("ok"), done), button(say("cancel"), () => close(null))),
    ];
  });
  if (accepted) desk.ledger.edit([], [{ accept: accepted, on: true }]);
}

async function parts(key) {
  const { status, body } = await send(asking("parts", { key }));
  const heads = ["part_organ", "part_figure", "part_last"].map((name) => say(name));
  const rows = [...body.parts ?? [], { name: say("part_sum"), figure: body.sum, last_year: body.last_year }];
  await ask(body.labels?.join(" · ") ?? say("parts"), (close) => [
    status === 200 && table("parts", heads, rows.map(({ name, figure, last_year: last }) => row(name, figure, last))),
    !body.is_whole && make("p", say(status === 200 ? "not_whole" : "failed")),
    does(main(say("close"), () => close(null))),
  ]);
}

// Two long texts one under the other, with what differs between them marked.
function differing(...texts) {
  const [one, other] = texts.map(plain);
  let [start, end] = [0, 0];
  while (start < Math.min(one.length, other.length) && one[start] === other[start]) start += 1;
  while (end < Math.min(one.length, other.length) - start && one.at(-1 - end) === other.at(-1 - end)) end += 1;
  return [one, other].map((text, index) => make("blockquote", make("b", say(["in_file", "in_here"][index])),
    text.slice(0, start), make("mark", text.slice(start, text.length - end)), text.slice(text.length - end)));
}

export function asked({ key, found, held }) {
  const settle = (is_mine) => () => desk.ledger.settle(key, is_mine);
  return told(
    desk.form.known[key]?.kind === "prose" ? differing(found, held) : say("conflict", { found: named(found), now: named(held) }),
    does(button(say("mine"), settle(true)), button(say("theirs"), settle(false))));
}

export function notes({ key, known, stands: { entry, value, problems } }) {
  const offer = (name, now, n = now) => button(say(name, { n }), () => desk.ledger.edit([{ key, now }]));
  const is_beside = entry.held !== undefined && !entry.problem && !isSame(entry.was, entry.seen);
  const others = [
    value.computed && [offer("write_computed", value.computed), offer("leave_computed", null)],
    value.carried && offer("equals_last", value.carried),
    known.is_figure && desk.ledger.report.is_added && button(say("parts"), () => parts(key)),
  ];
  return [
    entry.isOpen ? asked(entry) : is_beside && told(say("beside", { found: named(entry.seen) })),
    entry.problem && problemTold({ ...entry.problem, severity: "error" }),
    problems.map(problemTold),
    others.filter(Boolean).map((buttons) => told(does(buttons))),
  ];
}
