// The list of all that is wrong, and of what was accepted. In: what was typed and what the program says; out: the list; each entry leads to its field.

import { desk, goTo, labelOf } from "./desk.js";
import { at, button, make, renew } from "./make.js";
import { asked, problemTold } from "./notes.js";
import { of, say } from "./words.js";

const isMissing = ({ stands }) => stands.state === "missing";

// What is to be filled in yet: of tables, how many cells; of the rest, each.
function missing() {
  const tables = desk.tables.map(({ label, rest, fields }) => {
    const cells = fields.filter(isMissing);
    const fill = () => desk.ledger.edit([{ key: rest, now: "0" }]);
    const words = say("missing_cells", { table: label, n: cells.length });
    return { key: cells[0]?.key, words, fill: cells.some(({ known }) => known.is_figure) && fill };
  });
  const lone = [...desk.fields.values()].filter((field) => !field.table && isMissing(field));
  return [...tables.filter(({ key }) => key), ...lone.map(({ key, known }) => ({ key, words: say("missing_field", { label: known.label }) }))];
}

export function showProblems() {
  const { ledger } = desk;
  if (!ledger.report?.values) return;
  const { accepted, unreadable, problems } = ledger.report;
  const open = ledger.all(({ isOpen, problem }) => isOpen || problem);
  const gaps = missing();
  const count = unreadable.length + open.length + gaps.length + problems.length;
  at("count").textContent = count > 0 ? ` ${count}` : "";
  const go = (key, words = labelOf(key)) => {
    const field = desk.fields.get(key);
    return field ? button(words, () => goTo(field), { class: "go" }) : make("p", words);
  };
  const refused = ({ problem }) => make("p", `${say("state_refused")}：${of(problem.message)}`);
  renew(at("problems"), [unreadable, open.map((entry) => [entry.key, entry]), gaps, problems, accepted], () => {
    const items = [
      unreadable.map(({ message, help }) => make("li", make("p", of(message)), make("p.guide", of(help)))),
      open.map((entry) => make("li", go(entry.key), entry.isOpen ? asked(entry) : refused(entry))),
      gaps.map(({ key, words, fill }) => make("li", go(key, words), fill && button(say("fill_zero"), fill))),
      problems.map((problem) => {
        const first = problem.keys.find((key) => desk.fields.has(key));
        return make("li", first && go(first), problemTold(problem));
      }),
    ];
    const list = accepted.map((one) => make("li",
      make("p", one.key ? labelOf(one.key) : `${one.check}（${say("accepted_everywhere")}）`, one.figure && `“${one.figure}”`),
      make("p.guide", one.reason),
      button(say("unaccept"), () => ledger.edit([], [{ accept: one, on: false }]))));
    return [
      count > 0 ? make("ol", items) : make("p", say("no_problems")),
      list.length > 0 && [make("h3", say("accepted", { n: list.length })), make("ol", list)],
    ];
  });
}
