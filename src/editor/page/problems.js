// The list of all that is wrong. In: the desk; out: what is to be filled in yet, what two have changed, every problem with what can be done about
// it, and what was accepted; each leads to its field.

import { at, button, make } from "./make.js";
import { asked, stateOf, told } from "./notes.js";
import { renew } from "./show.js";
import { of, say } from "./words.js";

const labelOf = (desk, key) => desk.form.known[key]?.labels.join(" · ") ?? key;

// What is to be filled in yet: of tables, how many cells; of the rest, each.
function missing(desk) {
  const found = [];
  const is_missing = ({ key }) => stateOf(desk, key) === "missing";
  for (const table of desk.tables) {
    const cells = table.fields.filter(is_missing);
    if (cells.length === 0) continue;
    const zero = cells.some(({ known }) => ["count", "amount"].includes(known.kind));
    found.push({
      key: cells[0].key,
      words: say("missing_cells", { table: table.label, n: cells.length }),
      does: zero ? [say("fill_zero"), () => desk.ledger.edit([], { rests: [{ key: table.rest, on: true }] })] : null,
    });
  }
  for (const field of desk.fields.values()) {
    if (!field.table && is_missing(field)) found.push({ key: field.key, words: say("missing_field", { label: field.known.label }), does: null });
  }
  return found;
}

// The problems that are not told as missing.
function others(desk, gaps) {
  const blank = new Set([...desk.fields.keys()].filter((key) => stateOf(desk, key) === "missing"));
  return desk.ledger.report.problems.filter(({ code, keys }) =>
    !(gaps.length > 0 && code === "missing-value" && keys.length === 0) && !(code === "empty-value" && blank.has(keys[0])));
}

// The keys that have something wrong, in the order of the page.
export function wrongKeys(desk) {
  const { ledger } = desk;
  const wrong = new Set([...ledger.conflicts.keys(), ...ledger.refused.keys(), ...ledger.report.problems.map(({ keys }) => keys[0])]);
  return [...desk.fields.keys()].filter((key) => wrong.has(key) || stateOf(desk, key) === "missing");
}

export function showProblems(desk) {
  const { ledger } = desk;
  if (!ledger.report?.values) return;
  const gaps = missing(desk);
  const problems = others(desk, gaps).sort((one, other) => (one.severity === "error" ? 0 : 1) - (other.severity === "error" ? 0 : 1));
  const open = [...ledger.conflicts].map(([key, { found, now }]) => [key, [found, now, ledger.drafts.get(key)?.text], () => asked(desk, key)])
    .concat([...ledger.refused].map(([key, { message }]) => [key, message, () => make("p", {}, `${say("state_refused")}：${of(message)}`)]));
  const { accepted, unreadable } = ledger.report;
  const count = unreadable.length + gaps.length + problems.length + open.length;
  at("count").textContent = count > 0 ? ` ${count}` : "";
  const go = (key, words) => button(words, () => desk.goTo(desk.fields.get(key)), { class: "go" });
  renew(at("problems"), JSON.stringify([unreadable, gaps.map(({ words }) => words), problems, open.map(([key, about]) => [key, about]), accepted]), () => {
    const items = [
      ...unreadable.map(({ message, help }) => make("li", { class: "error" }, make("p", {}, of(message)), make("p", { class: "guide" }, of(help)))),
      ...open.map(([key, , shown]) => make("li", { class: "error" }, go(key, labelOf(desk, key)), shown())),
      ...gaps.map(({ key, words, does }) => make("li", { class: "gap" }, go(key, words), does ? button(...does) : "")),
      ...problems.map((problem) => {
        const key = problem.keys.find((key) => desk.fields.has(key));
        return make("li", { class: problem.severity }, key ? go(key, labelOf(desk, key)) : "", told(desk, problem));
      }),
    ];
    const shown = items.length > 0 ? make("ol", {}, items) : make("p", {}, say("no_problems"));
    if (accepted.length === 0) return [shown];
    const list = accepted.map((one) => make(
      "li",
      {},
      make("p", {}, one.key ? labelOf(desk, one.key) : `${one.check}（${say("accepted_everywhere")}）`, one.figure ? `“${one.figure}”` : ""),
      make("p", { class: "guide" }, one.reason),
      button(say("unaccept"), () => ledger.edit([], { unaccept: [one] })),
    ));
    return [shown, make("h3", {}, say("accepted", { n: accepted.length })), make("ol", {}, list)];
  });
}
