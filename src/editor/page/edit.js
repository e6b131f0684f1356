// The page on which facts are filled in. In: the address, which names a report or none; out: the first page, or the report as paper with all that
// keeps it right: what is typed goes to the ledger, what the program says comes back into the fields.

import { asking, desk, fieldOf, goTo, labelOf, send } from "./desk.js";
import { first } from "./first.js";
import { listenEverywhere, pressed } from "./keys.js";
import { Ledger, isSame } from "./ledger.js";
import { ask, at, button, does, main, make, recall, remember, tell } from "./make.js";
import { paper } from "./paper.js";
import { copyTable, pasted } from "./paste.js";
import { showProblems } from "./problems.js";
import { prepare } from "./prose.js";
import { show } from "./show.js";
import { showSheets } from "./sheets.js";
import { commit, typing } from "./typing.js";
import { clock, date, of, say, speak } from "./words.js";

// What is not written yet lies in the browser, by report and page; a lock says which pages are open.
const shelf = (project) => `nianbao.unsaved.${project}.${desk.name}.`;
function keeper(project) {
  const slot = `${shelf(project)}${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  navigator.locks?.request(slot, () => new Promise(() => {}));
  return (edits) => remember(slot, Object.keys(edits).length > 0 ? JSON.stringify(edits) : null);
}

// Offers what pages before this did not get written.
async function offer(project) {
  const { ledger, fields } = desk;
  const open = ((await navigator.locks?.query())?.held ?? []).map(({ name }) => name);
  const slots = Object.keys(localStorage).filter((slot) => slot.startsWith(shelf(project)) && !open.includes(slot));
  const edits = Object.assign({}, ...slots.map((slot) => JSON.parse(recall(slot))));
  const left = Object.entries(edits).filter(([key, { now }]) => fields.has(key) && !isSame(ledger.entry(key).seen, now));
  const answer = left.length > 0 && await ask(say("restore", { n: left.length }), (close) => [
    make("ul", left.map(([key, { now }]) => make("li", `${labelOf(key)}：${(now ?? say("nothing")).slice(0, 60)}`))),
    does(main(say("restore_yes"), () => close("take")), button(say("restore_no"), () => close("drop"))),
  ]);
  // Whoever has not answered is asked again by the next page.
  if (left.length > 0 && !answer) return;
  if (answer === "take") ledger.resume(Object.fromEntries(left));
  slots.forEach((slot) => remember(slot, null));
}

// All that changed is shown at once, before the next frame.
let waits = false;
function told() {
  if (waits || desk.fields.size === 0) return;
  waits = true;
  queueMicrotask(() => {
    waits = false;
    show();
    showProblems();
    speakUp();
  });
}

// Those who listen hear of errors that came or went, once it has been quiet.
let [heard, quiet] = [null, 0];
function speakUp() {
  const errors = desk.ledger.report?.done?.errors;
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    if (heard !== null && errors !== heard) tell(errors > 0 ? say("errors_now", { n: errors }) : say("now_complete"));
    heard = errors;
  }, 1500);
}

function region(is_back) {
  const there = ["top", "paper", "cell", "side"].map(at).filter((box) => !box.hidden);
  const here = there.findIndex((box) => box.contains(document.activeElement));
  const next = there[(here + (is_back ? -1 : 1) + there.length) % there.length];
  if (next.id === "paper" && desk.current) goTo(desk.current);
  else (next.querySelector("button, a, input, select, textarea") ?? next).focus();
}

function step(is_redo) {
  const field = fieldOf(document.activeElement);
  // What is typed and not committed, the browser itself takes back.
  if ((field?.isLine || field?.isText) && desk.ledger.entry(field.key).typed !== undefined) return false;
  const done = desk.ledger.undo(is_redo);
  if (!done) tell(say("nothing_to_undo"));
  else if (done.left > 0) tell(say("undone_left", { n: done.left }));
  const to = desk.fields.get(done?.keys[0]);
  if (to) goTo(to);
  return true;
}

// The next field that has something wrong, or the one before.
function problem(is_back) {
  const order = [...desk.fields.values()];
  const start = order.indexOf(desk.current) + (is_back ? 0 : 1);
  const isWrong = ({ box: { dataset: { state, mark } } }) => state === "missing" || ["conflict", "error", "warning"].includes(mark);
  const around = [...order.slice(start), ...order.slice(0, start)];
  const next = is_back ? around.findLast(isWrong) : around.find(isWrong);
  if (next) goTo(next);
}

function tools(table) {
  const rest = ({ target }) => desk.ledger.edit([{ key: table.rest, now: target.checked ? "0" : null }]);
  table.restBox = make("input", { type: "checkbox", onchange: rest });
  return [table.fields.some(({ known }) => known.isFigure) && make("label", table.restBox, say("rest")), button(say("copy"), () => copyTable(table))];
}

const state = (version) => send(`state?after=${version}&report=${encodeURIComponent(desk.name)}`);

// What the program has seen change is asked for; the sheets are kept up with it.
async function follow() {
  const { ledger } = desk;
  for (let version = 0; ;) {
    try {
      const { status, body } = await state(version);
      if (status === 403) return ledger.stop(403);
      version = body.version;
      await ledger.look();
      if (ledger.standing === "offline") ledger.standing = "well";
      ledger.flush();
      await showPages(body);
    } catch {
      version = 0;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function showPages({ docx, web, is_current, what, sheets }) {
  const name = desk.name.replace(/\.toml$/, "").split("/").slice(-2).join("-");
  const link = (id, path, download) => {
    at(id).hidden = !path || !is_current;
    Object.assign(at(id), { href: path || "#", download });
  };
  link("docx", docx && `docx/${docx}`, `${name}${what === "draft" ? ".draft" : ""}.docx`);
  link("pdf", what === "now" && asking("pdf"), `${name}.pdf`);
  link("web", web && `web/${web}`);
  at("stale").textContent = is_current ? "" : say(web ? "shown_old" : "making");
  if (!at("sheets-box").hidden) await showSheets(at("sheets"), sheets);
}

function showSide(side) {
  remember("nianbao.page.side", side);
  at("side").hidden = side === "none";
  document.body.classList.toggle("narrow", side === "none");
  for (const view of ["problems", "sheets"]) {
    at(`${view}-box`).hidden = view !== side;
    at(`show-${view}`).setAttribute("aria-expanded", String(view === side));
  }
  // The sheets that came while none were shown are all asked for again.
  if (side === "sheets") state(0).then(({ body }) => showPages(body)).catch(() => {});
  for (const { fit } of desk.fields.values()) fit?.();
}

async function older() {
  const { body } = await send(asking("kept"));
  const back = (copy, close) => async () => {
    const { status } = await send("restore", { name: desk.name, copy });
    tell(status === 200 ? "" : say("failed"));
    close(null);
    desk.ledger.look();
  };
  await ask(say("older"), (close) => {
    const lines = (body?.copies ?? []).map(({ name, time }) => {
      const made = new Date(time);
      return make("li", button(say("go_back", { time: `${date(made)} ${clock(made)}` }), back(name, close)));
    });
    return [lines.length > 0 ? make("ul", lines) : make("p", say("older_none")), does(button(say("close"), () => close(null)))];
  });
}

function showTools() {
  const showLast = ({ target }) => {
    desk.showsLast = target.checked;
    remember("nianbao.page.last", target.checked ? "yes" : "no");
    told();
  };
  const toggle = (view) => button(say(view), () => showSide(at(`${view}-box`).hidden ? view : "none"), { id: `show-${view}`, "aria-controls": "side" });
  at("top").append(make("div.does", { id: "tools" },
    ["pdf", "docx", "web"].map((id) => make("a", { id, hidden: true, target: id === "web" ? "_blank" : null, rel: "noopener" }, say(id))),
    button(say("undo"), () => step(false)),
    button(say("redo"), () => step(true)),
    button(say("older"), older),
    make("label", make("input", { type: "checkbox", checked: desk.showsLast, onchange: showLast }), say("last_year")),
    ["problems", "sheets"].map(toggle)));
  at("show-problems").append(make("span", { id: "count" }));
}

async function opened(project) {
  const ledger = new Ledger(desk.name, { send, told, keep: keeper(project) });
  desk.ledger = ledger;
  await ledger.look();
  while (!ledger.report?.form) {
    at("saved").textContent = of(ledger.report?.unreadable?.[0]?.message) || say("loading");
    await new Promise((resolve) => setTimeout(resolve, 250));
    await ledger.look();
  }
  return ledger;
}

async function open(project) {
  const ledger = await opened(project);
  const { form, year, values } = ledger.report;
  desk.form = (await send(`form?name=${encodeURIComponent(form)}`)).body;
  const { language, label, author } = desk.form;
  const title = `${values[author]?.value ?? ""} ${year}`;
  at("title").replaceChildren(make("span", { lang: language }, label), ` ${title}`);
  document.title = `${title} ${label}`;
  showTools();
  paper(at("paper"), tools);
  const fields = [...desk.fields.values()];
  fields.filter(({ known }) => known.kind === "prose").forEach(prepare);
  for (const [kind, work] of Object.entries({ ...typing, keydown: pressed, paste: pasted })) {
    at("paper").addEventListener(kind, (event) => {
      const field = fieldOf(event.target);
      if (field) work(field, event);
    });
  }
  const save = () => {
    fields.forEach(commit);
    ledger.flush();
  };
  listenEverywhere({ save, step, problem, region });
  addEventListener("beforeunload", (event) => {
    if (ledger.unsaved() > 0) event.preventDefault();
  });
  show();
  showProblems();
  showSide(recall("nianbao.page.side") ?? "problems");
}

async function begin() {
  const { body } = await send("words");
  speak(body.language);
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = say(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  at("skip").addEventListener("click", () => at("paper").focus());
  addEventListener("hashchange", () => location.reload());
  await (desk.name ? open(body.project) : first());
  document.documentElement.dataset.ready = "yes";
  if (!desk.name) return;
  await offer(body.project);
  follow();
}
begin();
