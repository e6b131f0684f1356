// The first page. In: how it stands with the reports of the project; out: a table of them, those first that need something done, and ways to begin:
// another organ, the next year, last year's file.

import { at, button, make } from "./make.js";
import { day, of, say } from "./words.js";

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

function row(send, wrong, { name, year, state, facts, errors, warnings, due, organs }, owned) {
  const next = !owned.has(`${organs ?? name}.${year + 1}`) && facts;
  const counts = facts && errors + warnings > 0 ? `（${say("counts", { errors, warnings })}）` : "";
  return make(
    "tr",
    { "data-state": state },
    make("th", { scope: "row" }, facts ? make("a", { href: address(facts) }, name) : name),
    make("td", {}, String(year)),
    make("td", {}, `${say(state)}${counts}`),
    make("td", {}, due ? day(due) : ""),
    make("td", {}, make(
      "div",
      { class: "does" },
      facts ? button(say("open"), () => open(facts), { "aria-label": `${say("open")} ${name} ${year}` }) : "",
      next ? button(say("roll", { year: year + 1 }), () => begin(send, "roll", { name: facts }, wrong), { "aria-label": `${say("roll", { year: year + 1 })} ${name}` }) : "",
    )),
  );
}

const labelled = (text, control) => make("label", {}, make("span", {}, text), control);

async function beginnings(send, wrong) {
  const { status, body } = await send("forms");
  if (status !== 200) return [];
  const choices = () => make("select", { name: "form" }, body.map(({ name, label }) => make("option", { value: name }, label)));
  const [organ, year] = [make("input", { name: "organ", required: true, autocomplete: "off" }), make("input", { name: "year", inputmode: "numeric", required: true, autocomplete: "off" })];
  year.value = String(new Date().getFullYear() - (new Date().getMonth() < 9 ? 1 : 0));
  const chosen = choices();
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
  const { status, body } = await send("status");
  let rows = status === 200 ? body.organs : null;
  if (!rows) {
    const { body: state } = await send("state?after=0");
    rows = (state.names ?? []).map((name) => ({
      name: name.split("/").slice(1, -1).join("/"), year: Number(name.split("/").at(-1).slice(0, 4)), facts: name,
      errors: state.counts[name]?.[0] ?? 0, warnings: state.counts[name]?.[1] ?? 0, state: state.counts[name]?.[0] ? "wrong" : "unbuilt", due: null,
    }));
  }
  const owned = new Set(rows.filter(({ facts }) => facts).map(({ name, year }) => `${name}.${year}`));
  const heads = ["organ", "year", "state", "due"].map((name) => make("th", { scope: "col" }, say(name)));
  const table = make("table", { class: "organs" }, make("thead", {}, make("tr", {}, heads, make("td"))),
    make("tbody", {}, rows.map((one) => row(send, wrong, one, owned))));
  at("paper").replaceChildren(wrong, make("div", { class: "wide" }, table), make("div", { class: "beginnings" }, await beginnings(send, wrong)));
}
