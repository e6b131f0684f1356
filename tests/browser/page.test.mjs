// The parts of the page that need no document, tried by themselves: node --test tests/browser/page.test.mjs

import assert from "node:assert/strict";
import { test } from "node:test";
import { Ledger } from "../../src/editor/page/ledger.js";
import { follow } from "../../src/watch/live.js";

// A program that has values, and does as it is told.
function program(values) {
  const report = () => ({
    name: "x", unreadable: [], problems: [], accepted: [], done: {},
    values: Object.fromEntries(Object.entries(values).map(([key, written]) => [key, { written }])),
  });
  const sent = [];
  const send = async (path, body) => {
    sent.push(path);
    if (path !== "save") return { status: 200, body: report() };
    const conflicts = body.edits.values.filter(({ key, was, now }) => values[key] !== was && values[key] !== now).map((edit) => ({ ...edit, found: values[edit.key] }));
    if (conflicts.length > 0) return { status: 200, body: { saved: false, conflicts } };
    const refused = body.edits.values.filter(({ now }) => now === "x").map(({ key }) => ({ key, problem: { message: { zh: "", en: "" } } }));
    for (const { key, now } of body.edits.values) if (now !== "x") values[key] = now?.trim() ?? null;
    return { status: 200, body: { saved: true, refused, notes: [], report: report() } };
  };
  return { send, sent, values };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 15));
async function ledger(values) {
  const made = program(values);
  const one = new Ledger("x", { send: made.send, wait: 0 });
  await one.look();
  return { one, ...made };
}

test("what is committed is written, refused or asked about, and nothing of it is lost", async () => {
  const { one, values } = await ledger({ a: null, b: "1", c: "2" });
  one.type("a", " 5 ");
  one.commit("a");
  await settled();
  assert.deepEqual([values.a, one.unsaved(), one.entry("a").seen], ["5", 0, "5"], "as the program writes it");
  one.type("b", "x");
  one.commit("b");
  await settled();
  assert.deepEqual([values.b, one.entry("b").held, Boolean(one.entry("b").problem), one.unsaved()], ["1", "x", true, 1]);
  one.forget("b");
  one.type("c", "3");
  values.c = "4";
  one.commit("c");
  await settled();
  assert.deepEqual([values.c, one.entry("c").found, one.entry("c").held], ["4", "4", "3"], "both are there");
  one.settle("c", true);
  await settled();
  assert.deepEqual([values.c, one.unsaved()], ["3", 0]);
});

test("what is typed while a save is on its way is saved behind it", async () => {
  const { one, values } = await ledger({ a: null });
  one.edit([{ key: "a", now: "1" }]);
  one.edit([{ key: "a", now: "2" }]);
  one.type("a", "3");
  await settled();
  assert.equal(values.a, "2");
  one.commit("a");
  await settled();
  assert.deepEqual([values.a, one.all(({ isOpen }) => isOpen).length], ["3", 0]);
});

test("steps lead back and forth, and not over what somebody else has written", async () => {
  const { one, values } = await ledger({ a: null, b: null });
  one.edit([{ key: "a", now: "1" }, { key: "b", now: "2" }]);
  await settled();
  one.undo();
  await settled();
  assert.deepEqual([values.a, values.b], [null, null], "one step for both");
  one.undo(true);
  await settled();
  assert.deepEqual([values.a, values.b], ["1", "2"]);
  values.a = "9";
  await one.look();
  assert.deepEqual(one.undo(), { keys: ["a", "b"], left: 1 });
  await settled();
  assert.deepEqual([values.a, values.b], ["9", null]);
  assert.equal(one.undo(), null);
});

test("an unreadable file keeps all that is typed, and a program that is gone too", async () => {
  const { one, values } = await ledger({ a: null });
  one.take({ unreadable: [{}] });
  one.edit([{ key: "a", now: "1" }]);
  await settled();
  assert.deepEqual([values.a, one.standing, one.unsaved(), one.unwritten()], [null, "suspended", 1, [{ key: "a", was: null, now: "1" }]]);
  await one.look();
  await settled();
  assert.deepEqual([values.a, one.standing, one.unsaved()], ["1", "well", 0]);
});

test("a step back takes nothing away that is being asked about, and what was saved without an answer is one's own", async () => {
  const { one, values } = await ledger({ a: "12", b: "1" });
  values.a = "91";
  one.type("a", "55");
  one.commit("a");
  await settled();
  assert.equal(one.entry("a").found, "91");
  assert.deepEqual(one.undo(), { keys: ["a"], left: 1 });
  assert.deepEqual([one.entry("a").held, one.entry("a").found], ["55", "91"], "both texts are still there");
  one.settle("a", false);
  await settled();
  // The answer to a save is lost: the file has what was meant.
  const { send } = one;
  one.send = async (path, body) => {
    if (path !== "save") return send(path, body);
    await send(path, body);
    one.send = send;
    throw new Error("lost");
  };
  one.edit([{ key: "b", now: "2" }]);
  await settled();
  await one.look();
  await settled();
  assert.deepEqual([values.b, one.unsaved(), one.entry("b").isOutside], ["2", 0, false]);
  assert.equal(one.undo().left, 0);
  await settled();
  assert.equal(values.b, "1");
});

test("a refused acceptance is said and is no step", async () => {
  const { one, send } = await ledger({ a: "1" });
  const problem = { message: { zh: "没有", en: "none" } };
  one.send = async (path, body) => {
    const answer = await send(path, body);
    if (path === "save" && body.edits.unaccept.length > 0) answer.body.refused = [{ key: null, problem }];
    return answer;
  };
  one.edit([], [{ accept: { check: "x" }, on: false }]);
  await settled();
  assert.deepEqual([one.unwritable, one.unsaved(), one.undo()], [problem, 0, null]);
  one.edit([{ key: "a", now: "2" }]);
  await settled();
  assert.equal(one.unwritable, null, "until something else is written");
});

test("a text that no request can bring stays in its field, and what else is typed is saved", async () => {
  const { one, send, sent, values } = await ledger({ a: null, b: "1", c: null, d: null });
  const refused = { message: "too long", notes: [] };
  const tooLong = (body) => JSON.stringify(body ?? null).length > 400;
  Object.assign(one, { tooLong: refused, send: async (path, body) => (tooLong(body) ? { status: 413, body: null } : send(path, body)) });
  const long = "字".repeat(500);
  one.edit([{ key: "a", now: "5" }, { key: "b", now: long }, { key: "c", now: "6" }], [{ accept: { check: "x", reason: "y" }, on: true }]);
  await settled();
  assert.deepEqual([values, one.entry("b").held, one.entry("b").problem, one.unsaved()], [{ a: "5", b: "1", c: "6", d: null }, long, refused, 1]);
  one.type("d", "7");
  await settled();
  assert.equal(sent.at(-1), "try", "the others are tried without it");
  one.commit("d");
  await settled();
  assert.deepEqual([values.d, one.isTooMuch], ["7", false]);
  one.type("b", "2");
  one.commit("b");
  await settled();
  assert.deepEqual([values.b, one.unsaved(), one.entry("b").problem], ["2", 0, undefined], "a shorter text is written");
  const saves = sent.filter((path) => path === "save").length;
  const accept = (check, reason) => ({ accept: { check, reason }, on: true });
  one.edit([], [accept("x", long), accept("y", "short")]);
  await settled();
  const accepted = sent.filter((path) => path === "save").length;
  assert.deepEqual([one.deeds, one.unsaved(), accepted - saves], [[], 0, 1], "nor can a reason be, and the other one is");
});

// A program that is asked for states and answers when it is told to, and a page that is seen or not.
function states(context) {
  const asked = [];
  const seen = { hidden: false, addEventListener: (_, listener) => { seen.turn = (hidden) => listener(seen.hidden = hidden); } };
  globalThis.document = seen;
  context.after(() => delete globalThis.document);
  context.mock.method(globalThis, "fetch", (path, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    const answer = (version, status = 200) => resolve({ status, json: async () => ({ version }) });
    asked.push({ after: Number(path.match(/after=(\d+)/)[1]), waits: !path.endsWith("&wait=no"), answer });
  }));
  return { asked, seen };
}

test("whoever asks for all of the state gets it, whatever was on its way", async (context) => {
  const { asked } = states(context);
  const [shown, failed] = [[], []];
  let show = (state) => shown.push(state.version);
  const again = follow(() => "x", (state) => show(state), (isOver) => failed.push(isOver));
  await settled();
  asked.at(-1).answer(7);
  await settled();
  assert.deepEqual([asked.at(-1).after, shown], [7, [7]], "what came after it is asked for");
  again();
  await settled();
  assert.deepEqual([asked.length, asked.at(-1).after], [3, 0], "what waited is given up");
  let drawn;
  show = (state) => new Promise((resolve) => { drawn = () => resolve(shown.push(state.version)); });
  asked.at(-1).answer(8);
  await settled();
  again();
  drawn();
  await settled();
  assert.deepEqual([asked.length, asked.at(-1).after, shown], [4, 0, [7, 8]], "one state after the other");
  asked.at(-1).answer(9);
  await settled();
  drawn();
  await settled();
  assert.deepEqual([asked.length, asked.at(-1).after, shown, failed], [5, 9, [7, 8, 9], []]);
  asked.at(-1).answer(0, 403);
  await settled();
  assert.deepEqual([asked.length, failed], [5, [true]], "another start of the program ends it");
});

test("a state that cannot be shown is asked for once more, whole", async (context) => {
  const { asked } = states(context);
  const failed = [];
  follow(() => "x", ({ version }) => { if (version === 2) throw new Error("no drawing"); }, (isOver) => failed.push(isOver));
  await settled();
  asked.at(-1).answer(1);
  await settled();
  asked.at(-1).answer(2);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  assert.deepEqual([asked.map(({ after }) => after), failed], [[0, 1, 0], [false]]);
  asked.at(-1).answer(0, 403);
});

test("a page that nobody sees takes no connection from others", async (context) => {
  const { asked, seen } = states(context);
  const shown = [];
  follow(() => "x", ({ version }) => shown.push(version), () => {});
  await settled();
  asked.at(-1).answer(3);
  await settled();
  seen.turn(true);
  await settled();
  assert.deepEqual([asked.length, asked.at(-1).after, asked.at(-1).waits], [3, 3, false], "what waited is given up");
  asked.at(-1).answer(3);
  await settled();
  assert.deepEqual([asked.length, shown], [3, [3]], "and nothing is asked for a while");
  seen.turn(false);
  await settled();
  assert.deepEqual([asked.length, asked.at(-1).after, asked.at(-1).waits], [4, 3, true], "before it is seen again");
  asked.at(-1).answer(0, 403);
});
