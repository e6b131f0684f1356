// The page on which facts are filled in. In: the address, which names a report or none; out: the first page, or the report as paper.

import { asking, desk, fieldOf, goTo, labelOf, send } from "./desk.js";
import { first } from "./first.js";
import { listenEverywhere, pressed } from "./keys.js";
import { Ledger, isSame } from "./ledger.js";
import { follow, link } from "./live.js";
import { ask, at, button, does, main, make, recall, remember, tell } from "./make.js";
import { paper } from "./paper.js";
import { copyTable, pasted } from "./paste.js";
import { frame, listen, place } from "./places.js";
import { showProblems } from "./problems.js";
import { prepare } from "./prose.js";
import { show } from "./show.js";
import { showSheets } from "./sheets.js";
import { commit, typing } from "./typing.js";
import { moment, of, say, speak } from "./words.js";

// What is not written yet lies in the browser, by report and page; a lock says which pages are open.
const shelf = (project) => `nianbao.unsaved.${project}.${desk.name}.`;
function keeper(project) {
  const slot = `${shelf(project)}${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  navigator.locks?.request(slot, () => new Promise(() => {}));
  return (edits) => remember(slot, edits.length > 0 ? JSON.stringify(edits) : null);
}

// Offers what pages before this did not get written.
async function offer(project) {
  const { ledger } = desk;
  const open = ((await navigator.locks?.query())?.held ?? []).map(({ name }) => name);
  const slots = Object.keys(localStorage).filter((slot) => slot.startsWith(shelf(project)) && !open.includes(slot));
  const edits = slots.flatMap((slot) => JSON.parse(recall(slot)));
  const left = edits.filter(({ key, now }) => ledger.entries.has(key) && !isSame(ledger.entry(key).seen, now));
  const answer = left.length > 0 && await ask(say("restore", { n: left.length }), (close) => [
    make("ul", left.map(({ key, now }) => make("li", `${labelOf(key)}：${(now ?? say("nothing")).slice(0, 60)}`))),
    does(main(say("restore_yes"), () => close("take")), button(say("restore_no"), () => close("drop"))),
  ]);
  // Whoever has not answered is asked again by the next page.
  if (left.length > 0 && !answer) return;
  if (answer === "take") ledger.edit(left);
  slots.forEach((slot) => remember(slot, null));
}

// What the program has seen change is asked for while its sheets are drawn.
async function heardOf(state) {
  const { ledger } = desk;
  const looked = ledger.look().then(() => {
    if (ledger.standing === "offline") ledger.standing = "well";
    ledger.flush();
  });
  await Promise.all([showPages(state), looked]);
}

// Asks for all of the state.
let askAgain = () => {};

// All that changed is shown at once, before the next frame.
let waits = false;
function told() {
  if (waits || desk.fields.size === 0) return;
  waits = true;
  queueMicrotask(() => {
    waits = false;
    show();
    showProblems();
    frame();
    speakUp();
  });
}

// Who listens hears of errors that came or went, once it is quiet.
let [heard, quiet] = [null, 0];
function speakUp() {
  const errors = desk.ledger.report?.done?.errors;
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    if (heard !== null && errors !== heard) tell(errors > 0 ? "errors_now" : "now_complete", { n: errors });
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
  // What is not committed the browser itself takes back.
  if ((field?.isLine || field?.isText) && desk.ledger.entry(field.key).typed !== undefined) return false;
  const done = desk.ledger.undo(is_redo);
  if (!done) tell("nothing_to_undo");
  else if (done.left > 0) tell("undone_left", { n: done.left });
  const to = desk.fields.get(done?.keys[0]);
  if (to) goTo(to);
  return true;
}

// The next field with something wrong, or the one before.
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
  return [table.fields.some(({ known }) => known.is_figure) && make("label", table.restBox, say("rest")),
    button(say("copy"), () => copyTable(table)), button(say("copy_bare"), () => copyTable(table, true))];
}

async function showPages(state) {
  // Of a report that is gone, the program shows another.
  if (state.name !== desk.name) return;
  const { docx, web, is_current, what, sheets, areas } = state;
  link("pdf", what === "now" && asking("pdf"), state);
  link("docx", docx && `docx/${docx}`, state);
  link("web", web && `web/${web}`, state);
  at("stale").textContent = is_current ? "" : say(web ? "shown_old" : "making");
  if (!at("sheets-box").hidden) await showSheets(at("sheets"), sheets);
  place(areas);
}

function showSide(side) {
  remember("nianbao.page.side", side);
  at("side").hidden = side === "none";
  document.body.classList.toggle("narrow", side === "none");
  for (const view of ["problems", "sheets"]) {
    at(`${view}-box`).hidden = view !== side;
    at(`show-${view}`).setAttribute("aria-expanded", String(view === side));
  }
  // Those that came meanwhile were not shown.
  if (side === "sheets") askAgain();
  for (const field of desk.fields.values()) field.fit?.();
}

async function older() {
  const { body } = await send(asking("kept"));
  const back = (copy, close) => async () => {
    const { status } = await send("restore", { name: desk.name, copy });
    if (status !== 200) tell("failed");
    close(null);
    desk.ledger.look();
  };
  await ask(say("older"), (close) => {
    const lines = (body?.copies ?? []).map(({ name, time }) => make("li", button(say("go_back", { time: moment(time) }), back(name, close))));
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
    make("a", { id: "pdf", hidden: true, download: true }, "PDF"),
    make("a", { id: "docx", hidden: true, download: true }, "Word"),
    make("a", { id: "web", hidden: true, target: "_blank", rel: "noopener" }, say("web")),
    button(say("undo"), () => step(false)),
    button(say("redo"), () => step(true)),
    button(say("older"), older),
    make("label", make("input", { type: "checkbox", checked: desk.showsLast, onchange: showLast }), say("last_year")),
    ["problems", "sheets"].map(toggle)));
  at("show-problems").append(make("span", { id: "count" }));
}

// The form and the title, once the report can be read.
async function opened() {
  const { ledger } = desk;
  await ledger.look();
  while (!ledger.report?.form) {
    at("saved").textContent = of(ledger.report?.unreadable?.[0]?.message) || say("loading");
    await new Promise((resolve) => setTimeout(resolve, 250));
    await ledger.look();
  }
  const { form, year, values } = ledger.report;
  desk.form = (await send(`form?name=${encodeURIComponent(form)}`)).body;
  desk.sources = (await send(asking("sources"))).body?.values ?? {};
  const { language, label, author } = desk.form;
  const title = `${values[author]?.value ?? ""} ${year}`;
  at("title").replaceChildren(make("span", { lang: language }, label), ` ${title}`);
  document.title = `${title} ${label}`;
}

async function open(project) {
  const ledger = desk.ledger = new Ledger(desk.name, { send, told, keep: keeper(project), tooLong: { message: say("too_long"), notes: [] } });
  await opened();
  showTools();
  paper(at("paper"), tools);
  listen();
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
  speak(body.language, body.words);
  desk.longest = body.longest;
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = say(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  at("skip").addEventListener("click", () => at("paper").focus());
  addEventListener("hashchange", () => location.reload());
  await (desk.name ? open(body.project) : first());
  document.documentElement.dataset.ready = "yes";
  if (!desk.name) return;
  await offer(body.project);
  askAgain = follow(() => desk.name, heardOf, (is_over) => { if (is_over) desk.ledger.stop(403); });
}
begin();
