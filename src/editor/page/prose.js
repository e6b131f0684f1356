// Prose. In: a field and what the program makes of its text; out: what will be printed, and ways to put figures of the tables in.

import { desk, labelOf } from "./desk.js";
import { ask, button, does, make, renew } from "./make.js";
import { plain } from "./ledger.js";
import { say } from "./words.js";

const MOST = 60;

// A text put in at the caret, so that the browser can take it back.
function put(input, from, to, text) {
  input.focus();
  input.setSelectionRange(from, to);
  if (!document.execCommand("insertText", false, text)) {
    input.setRangeText(text, from, to, "end");
    input.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// Asks which figure of the tables; gives its key or null.
function choose() {
  const figures = [...desk.fields.values()].filter(({ table, known }) => table && known.is_figure);
  const all = figures.map(({ key, stands: { value } }) => ({ key, label: labelOf(key), printed: value.printed ?? "" }));
  return ask(say("insert_heading"), (close) => {
    const list = make("ul.figures", { onkeydown: lead });
    const words = say("search");
    const search = make("input", { type: "search", "aria-label": words, placeholder: words, autocomplete: "off", oninput: fill, onkeydown: lead });
    const fits = ({ label, printed, key }) => (word) => `${label} ${key}`.toLowerCase().includes(word) || printed === word;
    function fill() {
      const wanted = search.value.trim().toLowerCase().split(/\s+/).filter(Boolean);
      const found = all.filter((figure) => wanted.every(fits(figure))).slice(0, MOST);
      const named = ({ label, printed }) => [make("span", { lang: desk.form.language }, label), make("b", ` ${printed}`)];
      const item = (figure) => make("li", button(named(figure), () => close(figure.key)));
      list.replaceChildren(...(found.length > 0 ? found.map(item) : [make("li", say("none_found"))]));
    }
    // Arrows lead through the list, Enter takes the first.
    function lead(event) {
      const stops = [search, ...list.querySelectorAll("button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.isComposing || !(step || (event.key === "Enter" && event.target === search))) return;
      event.preventDefault();
      if (step) stops[stops.indexOf(event.target) + step]?.focus();
      else stops[1]?.click();
    }
    fill();
    return [search, list, does(button(say("cancel"), () => close(null)))];
  });
}

async function insert({ input }, braces) {
  const [from, to] = [input.selectionStart - braces, input.selectionEnd];
  const key = await choose();
  if (key) put(input, from, to, `{{ ${key} }}`);
  else input.focus();
}

// Changes what is chosen, or the lines that it stands in.
function change({ input }, is_of_lines, by) {
  const { value, selectionStart: start, selectionEnd: end } = input;
  const from = is_of_lines ? value.lastIndexOf("\n", start - 1) + 1 : start;
  put(input, from, end, by(value.slice(from, end)));
}

// The line of tools under the text, and what listens in it.
export function prepare(field) {
  Object.assign(field, { count: make("span.count"), printed: make("div.printed"), offers: make("div.offers") });
  field.extra.append(does(
    button(say("insert"), () => insert(field, 0)),
    button(say("bold"), () => change(field, false, (text) => `**${text}**`)),
    button(say("list"), () => change(field, true, (text) => text.replace(/^/gm, "- "))),
    field.count), field.printed, field.offers);
  field.input.addEventListener("input", (event) => {
    const { value, selectionStart: place } = field.input;
    if (event.isComposing || event.inputType !== "insertText" || !["{{", "｛｛"].includes(value.slice(place - 2, place))) return;
    // After all others have heard of the text.
    setTimeout(() => insert(field, 2));
  });
}

function text(paragraphs) {
  const piece = ({ text: words, key }) => (key ? make("mark", { title: labelOf(key) }, words) : words);
  return make("div", { lang: desk.form.language }, paragraphs.map((pieces) => make("p", pieces.map(piece))));
}

export function showProse(field, { last, prose }) {
  const { key, input, count, printed, offers } = field;
  count.textContent = say("characters", { n: prose.characters });
  const is_blank = field.get() === "";
  renew(printed, [prose, last, is_blank], () => [
    prose.printed.length > 0 && [make("p.guide", say(prose.is_default ? "printed_default" : "printed")), text(prose.printed)],
    prose.last.length > 0 && make("details", { open: printed.querySelector("details")?.open }, make("summary", say("last_text")), text(prose.last)),
    prose.last.length > 0 && is_blank && button(say("last_begin"), () => desk.ledger.edit([{ key, now: plain(last) }])),
  ]);
  renew(offers, prose.same, () => prose.same.map(({ number, index, key: other }) => {
    const end = index + number.length;
    const refer = () => { if (input.value.slice(index, end) === number) put(input, index, end, `{{ ${other} }}`); };
    return make("div.told", say("same_number", { number, label: labelOf(other) }), does(button(say("to_reference"), refer)));
  }));
}
