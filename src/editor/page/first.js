// The first page. In: how it stands with the reports of the project; out: a table of them, and ways to begin others.

import { send } from "./desk.js";
import { at, button, does, fill, main, make, row, table } from "./make.js";
import { day, of, said, say } from "./words.js";

const PART = 600000; // bytes that go with one request
const link = (name, words) => make("a", { href: `#${encodeURIComponent(name)}` }, words);
const open = (name) => { location.hash = encodeURIComponent(name); };
const wrong = make("p.wrong", { role: "alert" });

// Does something; says what is wrong where it cannot be done.
async function attempt(path, body) {
  wrong.textContent = "";
  const { status, body: answer } = await send(path, body).catch(() => ({}));
  if (status === 200) return answer;
  const problems = (answer?.problems ?? []).map(({ message, help }) => said(message, help).join("。"));
  wrong.textContent = [say("failed"), ...problems].join("：");
  return null;
}

async function begin(path, body) {
  const begun = await attempt(path, body);
  if (begun) open(begun.name);
}

function owed({ name, year, state, state_words: words, facts, errors, warnings, due, next }) {
  const roll = next && say("roll", { year: next.year });
  const made = row(
    facts ? link(facts, name) : name, year,
    [of(words), facts && errors + warnings > 0 && say("counts", { errors, warnings })],
    due && day(due),
    does(
      facts && main(say("open"), () => open(facts), { "aria-label": `${say("open")} ${name} ${year}` }),
      next && button(roll, () => begin("roll", { name: next.from }), { "aria-label": `${roll} ${name}` })));
  made.dataset.state = state;
  return made;
}

const labelled = (name, control) => make("label", make("span", say(name)), control);
function form(heading, labels, word, submit) {
  const onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  return make("form", { onsubmit }, make("h2", say(heading)), labels, make("button.main", say(word)));
}

function beginNew(forms, value) {
  const options = forms.map(({ name, label, language }) => make("option", { value: name, lang: language }, label));
  const kind = make("select", { name: "form" }, options);
  const input = (name, more) => make("input", { name, required: true, autocomplete: "off", ...more });
  const [organ, year] = [input("organ"), input("year", { inputmode: "numeric", value })];
  return form("new_heading", [labelled("organ", organ), labelled("form", kind), labelled("year", year)], "begin",
    () => begin("new", { organ: organ.value.trim(), form: kind.value, year: Number(year.value) }));
}

const encoded = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
  reader.onerror = reject;
  reader.readAsDataURL(blob);
});

// The file goes in parts, the last with the request to read them all.
async function take(file) {
  let start = 0;
  for (; file.size - start > PART; start += PART) {
    const part = { is_first: start === 0, base64: await encoded(file.slice(start, start + PART)) };
    if (!(await attempt("upload", part))) return;
  }
  const made = await attempt("import", { file: file.name, base64: await encoded(file.slice(start)) });
  if (!made) return;
  wrong.append(link(made.name, `${made.name}：${say("imported", { n: made.problems.length })}`));
  wrong.firstChild.focus();
}

// Of a year, or of the latest.
export async function first(asked) {
  document.title = at("title").textContent = say("first_heading");
  document.body.classList.add("first");
  const { organs = [], forms = [], years = [], all_years: all = [] } = (await send(asked ? `status?year=${asked}` : "status")).body ?? {};
  const option = (year) => make("option", { selected: years.includes(year) }, year);
  const chosen = make("select", { "aria-label": say("year"), onchange: () => first(chosen.value) }, all.map(option));
  const heads = ["organ", "year", "state", "due"].map((name) => say(name));
  const file = make("input", { type: "file", required: true });
  fill(at("paper"),
    wrong,
    all.length > 1 && chosen,
    make("div.wide", table("organs", [...heads, ""], organs.map(owed))),
    make("div.beginnings",
      beginNew(forms, organs[0]?.year ?? new Date().getFullYear()),
      form("import_heading", labelled("import_file", file), "import_go", () => take(file.files[0]))));
}
