// The first page. In: how it stands with the reports of the project; out: a table of them, those first that need something done, and ways to begin:
// another organ, the next year, last year's file.

import { at, button, make } from "./make.js";
import { day, of, say, spoken } from "./words.js";

// How many bytes go with one request.
const PART = 600000;
const encoded = (bytes) => {
  let text = "";
  for (let start = 0; start < bytes.length; start += 0x8000) text += String.fromCharCode(...bytes.subarray(start, start + 0x8000));
  return btoa(text);
};
const address = (name) => `#${encodeURIComponent(name)}`;

function open(name) {
  location.hash = address(name);
}

// Does something that gives a report, and opens it; says what is wrong where it cannot be done.
async function begin(send, path, body, box, opens = true) {
  box.textContent = "";
  try {
    const { status, body: answer } = await send(path, body);
    if (status === 200 && opens) open(answer.name);
    if (status === 200) return answer;
    box.textContent = [say("failed"), ...(answer?.problems ?? []).map(({ message, help }) => [of(message), of(help)].filter(Boolean).join("。"))].join("：");
  } catch {
    box.textContent = say("failed");
  }
  return null;
}

// A report that is owed: opened where there are facts, begun from last year's where there are only those.
function row(send, wrong, { folder, name, year, state, facts, errors, warnings, due }, names) {
  const of_year = (other) => names.find((one) => one.endsWith(`/${folder}/${other}.toml`));
  const counts = facts && errors + warnings > 0 ? say("counts", { errors, warnings }) : "";
  const [from, next] = facts ? [facts, year + 1] : [of_year(year - 1), year];
  const roll = from && !of_year(next) && button(
    say("roll", { year: next }), () => begin(send, "roll", { name: from }, wrong), { "aria-label": `${say("roll", { year: next })} ${name}` });
  const fill = facts && button(say("open"), () => open(facts), { class: "main", "aria-label": `${say("open")} ${name} ${year}` });
  return make(
    "tr",
    { "data-state": state },
    make("th", { scope: "row" }, facts ? make("a", { href: address(facts) }, name) : name),
    make("td", {}, String(year)),
    make("td", {}, `${say(state)}${counts}`),
    make("td", {}, due ? day(due) : ""),
    make("td", {}, make("div", { class: "does" }, fill, roll)),
  );
}

const labelled = (text, control) => make("label", {}, make("span", {}, text), control);

async function beginnings(send, wrong, rows) {
  const { status, body } = await send("forms");
  if (status !== 200) return [];
  // Forms that the project has come first, then those in the language of the page.
  const weight = ({ name, language }) => 2 * rows.filter(({ form }) => form === name).length + language.startsWith(spoken());
  const order = [...body].sort((one, other) => weight(other) - weight(one));
  const chosen = make("select", { name: "form" }, order.map(({ name, label, language }) => make("option", { value: name, lang: language }, label)));
  const [organ, year] = [make("input", { name: "organ", required: true, autocomplete: "off" }), make("input", { name: "year", inputmode: "numeric", required: true, autocomplete: "off" })];
  year.value = String(rows[0]?.year ?? new Date().getFullYear());
  const fresh = make(
    "form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        begin(send, "new", { organ: organ.value.trim(), form: chosen.value, year: Number(year.value) }, wrong);
      },
    },
    make("h2", {}, say("new_heading")),
    labelled(say("organ"), organ), labelled(say("form"), chosen), labelled(say("year"), year),
    make("button", { class: "main" }, say("begin")),
  );
  const file = make("input", { type: "file", required: true });
  const read = make(
    "form",
    {
      onsubmit: async (event) => {
        event.preventDefault();
        const [picked] = file.files;
        const bytes = new Uint8Array(await picked.arrayBuffer());
        const parts = [];
        for (let start = 0; start < Math.max(1, bytes.length); start += PART) parts.push(encoded(bytes.subarray(start, start + PART)));
        const last = parts.pop();
        for (const [index, base64] of parts.entries()) {
          if (!(await begin(send, "upload", { is_first: index === 0, base64 }, wrong, false))) return;
        }
        const made = await begin(send, "import", { file: picked.name, base64: last }, wrong, false);
        if (!made) return;
        wrong.replaceChildren(make("a", { href: address(made.name) }, `${made.name}：${say("imported", { n: made.problems?.length ?? 0 })}`));
        wrong.querySelector("a").focus();
      },
    },
    make("h2", {}, say("import_heading")), labelled(say("import_file"), file), make("button", { class: "main" }, say("import_go")),
  );
  return [fresh, read];
}

// Shows the first page.
export async function first(send) {
  document.title = say("first_heading");
  at("title").textContent = say("first_heading");
  document.body.classList.add("first");
  const wrong = make("p", { role: "alert", class: "wrong" });
  const { body } = await send("status");
  const names = (await send("state?after=0")).body.names ?? [];
  const rows = body?.organs ?? [];
  const shown = new Set(rows.map(({ facts }) => facts));
  const older = names.filter((name) => !shown.has(name)).map((name) => make("li", {}, make("a", { href: address(name) }, name.split("/").slice(1).join(" · ").replace(/\.toml$/, ""))));
  const heads = ["organ", "year", "state", "due"].map((name) => make("th", { scope: "col" }, say(name)));
  const table = make("table", { class: "organs" }, make("thead", {}, make("tr", {}, heads, make("td"))),
    make("tbody", {}, rows.map((one) => row(send, wrong, one, names))));
  const others = older.length > 0 && make("details", {}, make("summary", {}, say("other_reports", { n: older.length })), make("ul", {}, older));
  at("paper").replaceChildren(...[wrong, make("div", { class: "wide" }, table), others, make("div", { class: "beginnings" }, await beginnings(send, wrong, rows))].filter(Boolean));
}
