// Edits facts from several sides at once, by the page's own ledger and no browser. In: the program and a folder for its project; out: what was seen of a
// thousand random steps of two pages and of other programs, and of a program that is killed while it saves; status 1 where an edit is lost.

import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join, resolve } from "node:path";
import { Ledger } from "../../src/editor/page/ledger.js";
import { served } from "./served.mjs";

const [program, project] = process.argv.slice(2, 4).map((path) => resolve(path));
const [STEPS, KILLS] = [Number(process.env.NIANBAO_STEPS ?? 1000), Number(process.env.NIANBAO_KILLS ?? 12)];
let seed = Number(process.env.NIANBAO_SEED ?? Date.now() % 1e9);
console.log(`seed ${seed}`);
const random = (below) => {
  seed = (seed * 1103515245 + 12345) % 2147483648;
  return Math.floor((seed / 2147483648) * below);
};
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const wrong = [];
const expect = (truth, what) => {
  console.log(`${truth ? "seen" : "WRONG"}: ${what}`);
  if (!truth) wrong.push(what);
};

rmSync(project, { recursive: true, force: true });
mkdirSync(project, { recursive: true });
writeFileSync(join(project, "nianbao.toml"), "");
execFileSync(program, ["new", "新局", "--form", "zfxxgk", "--year", "2025"], { cwd: project, stdio: "ignore" });
const NAME = "reports/新局/2025.toml";
const file = join(project, NAME);
const KEYS = ["natural", "business", "research", "welfare", "legal", "other"].flatMap((who) => [`requests.received.${who}`, `requests.carried_in.${who}`]);
KEYS.push("overview.proactive", "overview.management", "proactive.licences", "proactive.fees", "organ.address");

async function serve(port) {
  const child = await served(program, project, ["edit", "--no-open", "--lang", "en", ...(port ? ["--port", port] : [])]);
  return { child, address: new URL(child.address), ended: child.ended };
}

const sender = (server) => (path, body) => new Promise((resolve, reject) => {
  const { address } = server();
  const headers = { host: address.host, origin: address.origin, "content-type": "application/json" };
  const sent = request({ host: "127.0.0.1", port: address.port, path: address.pathname + path, method: body ? "POST" : "GET", headers }, (answer) => {
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (data) => { text += data; });
    answer.on("end", () => resolve({ status: answer.statusCode, body: text === "" ? null : JSON.parse(text) }));
    answer.on("error", reject);
  });
  sent.on("error", reject);
  sent.setTimeout(20_000, () => sent.destroy(new Error("no answer")));
  sent.end(body && JSON.stringify(body));
});

// Every value is one of its own, so that it is known who wrote what.
let counter = 1000;
const fresh = (key) => {
  counter += 1;
  if (key.startsWith("overview")) return `第${counter}次写的文字，“有引号”。`;
  return key === "proactive.fees" ? `${counter}.5` : key === "organ.address" ? `某路${counter}号` : String(counter);
};

let server = await serve();
const send = sender(() => server);
// What each writer wrote of a key, and what it saw there: the chain of these leads from the last value to the first.
const written = new Map(KEYS.map((key) => [key, []]));
const bare = (text) => (text ?? "").replace(/\n+$/, "");
const watched = (name) => {
  const ledger = new Ledger(NAME, {
    send: async (path, body) => {
      if (path === "save" && random(12) === 0) throw new Error("the way there is cut");
      const answer = await send(path, body);
      if (path === "save" && answer.body?.saved) {
        const refused = new Set(answer.body.refused.map(({ key }) => key));
        for (const { key, was, now } of body.edits.values) if (!refused.has(key)) written.get(key).push({ was: bare(was), now: bare(now), name });
      }
      // The edit is made, and the answer does not come back.
      if (path === "save" && random(12) === 0) throw new Error("the way back is cut");
      return answer;
    },
    wait: 5,
    later: (work, time) => setTimeout(work, Math.min(time, 40)),
  });
  return ledger;
};
const pages = [watched("one"), watched("two")];
for (const page of pages) await page.look();
const start = Object.fromEntries(KEYS.map((key) => [key, bare(pages[0].entry(key).seen)]));

// Another program: reads the file, puts a value in, and leaves where somebody wrote meanwhile, as such programs do.
function outside(key) {
  const text = readFileSync(file, "utf8");
  const name = key.split(".").at(-1);
  const section = text.indexOf(`[${key.split(".")[0]}]`);
  const [head, body] = [text.slice(0, section), text.slice(section)];
  const now = fresh(key);
  let was = null;
  const row = key.split(".").length === 3 ? key.split(".")[1] : null;
  const pattern = row ? new RegExp(`^(${row} = \\{[^\\n]*?\\b${name} = )(\\d+)`, "m") : key.startsWith("overview") ? new RegExp(`^(${name} = )"""\\n?([^]*?)"""`, "m") : new RegExp(`^(${name} = )"?([^"\\n#]+)"?`, "m");
  const next = body.replace(pattern, (all, before, value) => {
    was = value;
    if (key.startsWith("overview")) return `${before}"""\n${now}\n"""`;
    return key === "organ.address" ? `${before}"${now}"` : `${before}${now}`;
  });
  if (was === null || readFileSync(file, "utf8") !== text) return false;
  writeFileSync(`${file}.new`, head + next);
  renameSync(`${file}.new`, file);
  written.get(key).push({ was: bare(was.trim()), now: bare(now), name: "outside" });
  return true;
}

const counts = { typed: 0, committed: 0, outside: 0, undone: 0, settled: 0 };
for (let step = 0; step < STEPS; step += 1) {
  const page = pages[random(2)];
  const key = KEYS[random(KEYS.length)];
  const what = random(20);
  if (what < 7) {
    page.type(key, fresh(key));
    counts.typed += 1;
  } else if (what < 13) {
    for (const one of KEYS) page.commit(one);
    counts.committed += 1;
  } else if (what < 15) {
    // Between two saves: no lock keeps other programs from a file that is being written, and the smallest race is theirs.
    while (pages.some((one) => one.flying)) await pause(2);
    counts.outside += Number(outside(key));
  } else if (what === 15) {
    page.undo(random(2) === 0);
    counts.undone += 1;
  } else if (what === 16) {
    await page.look();
  } else if (what === 17) {
    for (const { key: one } of page.all(({ isOpen }) => isOpen)) {
      page.settle(one, random(2) === 0);
      counts.settled += 1;
    }
  } else await pause(random(30));
}
for (let round = 0; round < 100 && pages.some((page) => page.unsaved() > 0); round += 1) {
  for (const page of pages) {
    for (const one of KEYS) page.commit(one);
    for (const { key: one } of page.all(({ isOpen }) => isOpen)) page.settle(one, true);
    page.flush();
  }
  await pause(60);
}
for (const page of pages) await page.look();
expect(pages.every((page) => page.unsaved() === 0), `${STEPS} steps, and nothing is left unsaved: ${JSON.stringify(counts)}`);

let [edits, lost] = [0, []];
for (const key of KEYS) {
  const last = bare(pages[0].entry(key).seen);
  const known = written.get(key).filter(({ was, now }) => was !== now);
  edits += known.length;
  // Each value that was written is the last, or was seen by whoever wrote another in its place.
  for (const { now, name } of known) {
    if (now !== last && now !== "" && !known.some(({ was }) => was === now)) lost.push(`${key}: ${now} by ${name}`);
  }
  if (last !== start[key] && !known.some(({ now }) => now === last)) lost.push(`${key}: nobody wrote ${last}`);
}
expect(lost.length === 0, `of ${edits} edits, none was written over by somebody who had not seen it ${lost.slice(0, 5)}`);
expect(KEYS.every((key) => bare(pages[0].entry(key).seen) === bare(pages[1].entry(key).seen)), "both pages show the same in the end");

// The program is killed while it saves; the file is whole each time, and what was told to be saved is there.
let [whole, kept] = [0, 0];
for (let kill = 0; kill < KILLS; kill += 1) {
  const told = new Map();
  let is_alive = true;
  const work = (async () => {
    const { body } = await send(`report?name=${encodeURIComponent(NAME)}`);
    const seen = new Map(KEYS.map((key) => [key, body.values[key].written]));
    while (is_alive) {
      const key = KEYS[random(KEYS.length)];
      const now = fresh(key);
      const { body: answer } = await send("save", { name: NAME, edits: { values: [{ key, was: seen.get(key), now }] } });
      if (!answer.saved) throw new Error(JSON.stringify(answer));
      seen.set(key, answer.report.values[key].written);
      told.set(key, now);
    }
  })().catch(() => {});
  await pause(150 + random(250));
  server.child.kill("SIGKILL");
  is_alive = false;
  await Promise.all([server.ended, work]);
  server = await serve(server.address.port);
  let report = null;
  for (let tries = 0; tries < 100 && !report?.values; tries += 1) {
    report = (await send(`report?name=${encodeURIComponent(NAME)}`)).body;
    if (!report?.values) await pause(50);
  }
  whole += Number(report.unreadable?.length === 0);
  // Only the one that was being saved when it died may be newer than what was told.
  const other = [...told].filter(([key, now]) => bare(report.values[key].written) !== bare(now));
  kept += Number(other.length <= 1);
}
expect(whole === KILLS && kept === KILLS, `killed ${KILLS} times while saving: ${whole} times the file is whole, ${kept} times all that was told to be saved is there`);
server.child.kill("SIGINT");
await server.ended;
process.exit(wrong.length > 0 ? 1 : 0);
