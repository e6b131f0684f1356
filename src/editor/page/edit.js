// The page on which facts are filled in. In: the address, which names a report or none; out: the first page, or the report as paper with all that
// keeps it right: what is typed goes to the ledger, what the program says comes back into the fields.

import { ask, at, button, choose, chosen, make } from "./make.js";
import { first } from "./first.js";
import { isComposing, listen, listenEverywhere } from "./keys.js";
import { Ledger, isSame } from "./ledger.js";
import { paper } from "./paper.js";
import { copyTable, listenForBlocks } from "./paste.js";
import { showProblems, wrongKeys } from "./problems.js";
import { prepare } from "./prose.js";
import { show, showCell } from "./show.js";
import { showSheets } from "./sheets.js";
import { clock, date as day, of, say, speak } from "./words.js";

const REST = 800;
const name = decodeURIComponent(location.hash.slice(1));

// Asks the program: a path alone is read, with a body it is told.
async function send(path, body) {
  const told = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
  const answer = await fetch(path, body === undefined ? {} : told);
  const is_json = (answer.headers.get("content-type") ?? "").startsWith("application/json");
  return { status: answer.status, body: is_json ? await answer.json() : null };
}

const desk = { send, current: null, showsLast: chosen("last") !== "no", side: chosen("side") ?? "problems", state: null };

// What is not written yet lies in the browser, by report and page.
const shelf = (project) => `nianbao.unsaved.${project}.${name}.`;
function keeper(project) {
  const slot = `${shelf(project)}${crypto.getRandomValues(new Uint32Array(2)).join("")}`;
  navigator.locks?.request(slot, () => new Promise(() => {}));
  return (edits) => {
    try {
      if (Object.keys(edits).length > 0) localStorage.setItem(slot, JSON.stringify(edits));
      else localStorage.removeItem(slot);
    } catch {
      // Without room, a crash costs what is not written.
    }
  };
}

// Offers what pages before this did not get written.
async function offer(project) {
  const open = new Set(((await navigator.locks?.query())?.held ?? []).map((lock) => lock.name));
  const slots = Object.keys(localStorage).filter((slot) => slot.startsWith(shelf(project)) && !open.has(slot));
  const edits = Object.assign({}, ...slots.map((slot) => JSON.parse(localStorage.getItem(slot))));
  const left = Object.entries(edits).filter(([key, { now }]) => desk.fields.has(key) && !isSame(desk.ledger.seen.get(key), now));
  const done = () => slots.forEach((slot) => localStorage.removeItem(slot));
  if (left.length === 0) return done();
  await ask(say("restore", { n: left.length }), (form, close) => {
    const lines = left.map(([key, { now }]) => make("li", {}, `${desk.form.known[key].labels.join(" · ")}：${(now ?? say("nothing")).slice(0, 60)}`));
    const answer = (takes) => () => {
      if (takes) desk.ledger.resume(Object.fromEntries(left));
      done();
      close(takes);
    };
    form.append(make("ul", {}, lines), make("div", { class: "does" },
      button(say("restore_yes"), answer(true), { class: "main" }), button(say("restore_no"), answer(false))));
  });
}

// All that changed is shown at once, before the next frame.
let waits = false;
function told() {
  if (waits || !desk.fields) return;
  waits = true;
  queueMicrotask(() => {
    waits = false;
    show(desk);
    showProblems(desk);
    speakUp();
  });
}

// Those who listen hear of errors that came or went, once it has been quiet.
let [heard, quiet] = [null, 0];
function speakUp() {
  const errors = desk.ledger.report?.done?.errors;
  clearTimeout(quiet);
  quiet = setTimeout(() => {
    if (heard !== null && errors !== heard) at("said").textContent = errors > 0 ? say("errors_now", { n: errors }) : say("now_complete");
    heard = errors;
  }, 1500);
}

Object.assign(desk, {
  fieldOf: (element) => desk.fields.get(element.closest?.("[data-key]")?.dataset.key),
  goTo(field) {
    field.focus();
    field.box.scrollIntoView({ block: "nearest" });
  },
  edit: (changes) => desk.ledger.edit(changes),
  commit(field) {
    clearTimeout(field.rest);
    if (field.composes || document.querySelector("dialog[open]")) return;
    if (!isSame(field.get(), field.shown) && !isSame(field.get(), desk.ledger.held(field.key))) desk.ledger.type(field.key, field.get());
    desk.ledger.commit(field.key);
  },
  settle(key, is_mine) {
    desk.fields.get(key).shown = undefined;
    desk.ledger.settle(key, is_mine);
  },
  isHeld: ({ key, shown, get }) => desk.ledger.drafts.has(key) || !isSame(get(), shown),
  reset(field) {
    field.shown = undefined;
    desk.ledger.forget(field.key);
  },
});

function typed(field) {
  if (field.composes) return;
  desk.ledger.type(field.key, field.get());
  clearTimeout(field.rest);
  // Prose and choices are written after a rest; cells when they are left.
  if (!field.input.matches("input[type=text]")) field.rest = setTimeout(() => desk.commit(field), field.input.matches("textarea") ? REST : 0);
}

function listenToFields(box) {
  listen(box, desk);
  listenForBlocks(box, desk);
  box.addEventListener("compositionstart", ({ target }) => { if (desk.fieldOf(target)) desk.fieldOf(target).composes = true; });
  box.addEventListener("compositionend", ({ target }) => {
    const field = desk.fieldOf(target);
    if (!field) return;
    field.composes = false;
    typed(field);
  });
  for (const kind of ["input", "change"]) {
    box.addEventListener(kind, (event) => {
      const field = desk.fieldOf(event.target);
      if (!field || event.isComposing || (kind === "change" && field.input.matches("input, textarea"))) return;
      typed(field);
    });
  }
  box.addEventListener("focusin", ({ target }) => {
    const field = desk.fieldOf(target);
    if (!field || field === desk.current) return;
    desk.current = field;
    desk.ledger.outside.delete(field.key);
    showCell(desk);
  });
  box.addEventListener("focusout", ({ target }) => {
    const field = desk.fieldOf(target);
    if (!field) return;
    field.composes = false;
    desk.commit(field);
    told();
  });
}

const REGIONS = ["top", "paper", "cell", "side"];
function region(back) {
  const there = REGIONS.map(at).filter((box) => !box.hidden);
  const here = there.findIndex((box) => box.contains(document.activeElement));
  const next = there[(here + (back ? -1 : 1) + there.length) % there.length];
  if (next.id === "paper" && desk.current) desk.goTo(desk.current);
  else (next.querySelector("button, a, input, select, textarea") ?? next).focus();
}

function step(is_redo) {
  const field = desk.fieldOf(document.activeElement);
  // What is typed and not committed, the browser itself takes back.
  if (field && desk.isHeld(field) && field.input.matches("input[type=text], textarea")) return false;
  const done = desk.ledger.undo(is_redo);
  if (!done) at("said").textContent = say("nothing_to_undo");
  else {
    if (done.left > 0) at("said").textContent = say("undone_left", { n: done.left });
    const first = desk.fields.get(done.keys[0]);
    done.keys.forEach((key) => { desk.fields.get(key).shown = undefined; });
    show(desk);
    if (first) desk.goTo(first);
  }
  return true;
}

function problem(back) {
  const keys = wrongKeys(desk);
  const order = [...desk.fields.keys()];
  const here = order.indexOf(desk.current?.key);
  const places = keys.map((key) => order.indexOf(key));
  const next = back ? places.findLast?.((place) => place < here) ?? places.at(-1) : places.find((place) => place > here) ?? places[0];
  if (next !== undefined) desk.goTo(desk.fields.get(order[next]));
}

// What stands above a table.
function tools(table) {
  table.restBox = make("input", { type: "checkbox" });
  table.restBox.addEventListener("change", () => desk.ledger.edit([], { rests: [{ key: table.rest, on: table.restBox.checked }] }));
  const has_figures = table.fields.some(({ known }) => ["count", "amount"].includes(known.kind));
  return [has_figures ? make("label", { class: "rest" }, table.restBox, say("rest")) : "", button(say("copy"), () => copyTable(desk, table))];
}

// The sheets beside, kept up with the file; what the program has seen change is asked for.
async function follow() {
  for (let version = 0; ;) {
    try {
      const { status, body } = await send(`state?after=${version}&report=${encodeURIComponent(name)}`);
      if (status === 403) return desk.ledger.stop(403);
      version = body.version;
      desk.state = body;
      await desk.ledger.look();
      if (desk.ledger.standing === "offline") desk.ledger.standing = "well";
      desk.ledger.flush();
      await showPages(body);
    } catch {
      version = 0;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

async function showPages({ docx, web, is_current: is_current, what }) {
  const base = name.replace(/\.toml$/, "").split("/").slice(-2).join("-");
  const link = (id, path) => {
    at(id).hidden = !path || !is_current;
    if (path) at(id).href = path;
  };
  link("docx", docx && `docx/${docx}`);
  link("web", web && `web/${web}`);
  link("pdf", is_current && what === "now" && `pdf?name=${encodeURIComponent(name)}`);
  at("docx").download = `${base}${what === "draft" ? ".draft" : ""}.docx`;
  at("pdf").download = `${base}.pdf`;
  at("stale").textContent = is_current ? "" : say(web ? "shown_old" : "making");
  if (desk.side === "sheets") await showSheets(at("sheets"), desk.state.sheets);
}

function showSide(side) {
  desk.side = side;
  choose("side", side);
  at("side").hidden = side === "none";
  document.body.classList.toggle("narrow", side === "none");
  for (const view of ["problems", "sheets"]) {
    at(`${view}-box`).hidden = view !== side;
    at(`show-${view}`).setAttribute("aria-expanded", String(view === side));
  }
  // The sheets that came while none were shown are all asked for again.
  if (side === "sheets") send(`state?after=0&report=${encodeURIComponent(name)}`).then(({ body }) => showSheets(at("sheets"), body.sheets)).catch(() => {});
  document.querySelectorAll("textarea").forEach((area) => desk.fieldOf(area)?.fit?.());
}

async function older() {
  const { status, body } = await send(`kept?name=${encodeURIComponent(name)}`);
  const copies = status === 200 ? body.copies : [];
  await ask(say("older"), (form, close) => {
    const back = (copy) => async () => {
      const { status: done } = await send("restore", { name, copy });
      at("said").textContent = done === 200 ? "" : say("failed");
      close(true);
      desk.ledger.look();
    };
    const time = (copy) => {
      const made = new Date(copy.replace(/^(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/, "$1-$2-$3T$4:$5:$6Z"));
      return `${day(made)} ${clock(made)}`;
    };
    const lines = copies.map((copy) => make("li", {}, button(say("go_back", { time: time(copy) }), back(copy))));
    form.append(lines.length > 0 ? make("ul", {}, lines) : make("p", {}, say("older_none")), make("div", { class: "does" }, button(say("close"), () => close(null))));
  });
}

function showTools() {
  at("top").append(make("div", { class: "does", id: "tools" },
    ["pdf", "docx", "web"].map((id) => make("a", { id, hidden: true, target: id === "web" ? "_blank" : null, rel: "noopener" }, say(id))),
    button(say("undo"), () => step(false)),
    button(say("redo"), () => step(true)),
    button(say("older"), older),
    make("label", {}, desk.lastBox = make("input", { type: "checkbox" }), say("last_year")),
    ["problems", "sheets"].map((view) => button(say(view), () => showSide(desk.side === view ? "none" : view), { id: `show-${view}`, "aria-controls": "side" }))));
  at("show-problems").append(make("span", { id: "count" }));
  desk.lastBox.checked = desk.showsLast;
  desk.lastBox.addEventListener("change", () => {
    desk.showsLast = desk.lastBox.checked;
    choose("last", desk.showsLast ? "yes" : "no");
    document.body.classList.toggle("with-last", desk.showsLast);
    told();
  });
  document.body.classList.toggle("with-last", desk.showsLast);
}

async function open(project) {
  const ledger = new Ledger(name, { send, told, keep: keeper(project) });
  desk.ledger = ledger;
  await ledger.look();
  while (!ledger.report?.form) {
    at("saved").textContent = of(ledger.report?.unreadable?.[0]?.message) || say("loading");
    await new Promise((resolve) => setTimeout(resolve, 250));
    await ledger.look();
  }
  const { form: formName, year } = ledger.report;
  desk.form = (await send(`form?name=${encodeURIComponent(formName)}`)).body;
  const title = `${ledger.report.values[desk.form.author]?.value ?? ""} ${year}`;
  at("title").replaceChildren(make("span", { lang: desk.form.language }, desk.form.label), ` ${title}`);
  document.title = `${title} ${desk.form.label}`;
  showTools();
  Object.assign(desk, paper(desk.form, at("paper"), tools));
  for (const field of desk.fields.values()) if (field.known.kind === "prose") prepare(desk, field);
  listenToFields(at("paper"));
  listenEverywhere({
    save: () => {
      for (const field of desk.fields.values()) if (desk.ledger.drafts.has(field.key)) desk.commit(field);
      ledger.flush();
    },
    undo: () => step(false),
    redo: () => step(true),
    problem,
    region,
  });
  addEventListener("beforeunload", (event) => {
    if (ledger.unsaved() > 0) event.preventDefault();
  });
  show(desk);
  showProblems(desk);
  showSide(desk.side);
  document.documentElement.dataset.ready = "yes";
  await offer(project);
  follow();
}

async function begin() {
  const { body } = await send("words");
  speak(body.language);
  for (const element of document.querySelectorAll("[data-words]")) element.textContent = say(element.dataset.words);
  for (const element of document.querySelectorAll("[data-label]")) element.setAttribute("aria-label", say(element.dataset.label));
  at("skip").addEventListener("click", () => at("paper").focus());
  addEventListener("hashchange", () => location.reload());
  if (name) await open(body.project ?? "");
  else {
    await first(send);
    document.documentElement.dataset.ready = "yes";
  }
}
begin();
