// Uses `nianbao watch` as a person does, in headless Chromium. In: the program, a folder for its project, and one for
// pictures; out: a line for each thing seen, the median time from a save to its picture, and status 1 where anything is not
// as it should be.

import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { served } from "./served.mjs";

const [program, project, pictures] = process.argv.slice(2).map((path) => resolve(path));
const [SAVES, LIMIT] = [20, Number(process.env.NIANBAO_SAVE_LIMIT_MS ?? 1000)];
const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");
const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const REPORT = "reports/湛河区应急管理局/2023.toml";

mkdirSync(pictures, { recursive: true });
rmSync(project, { recursive: true, force: true });
mkdirSync(project, { recursive: true });
cpSync(join(repository, "reports"), join(project, "reports"), { recursive: true });
writeFileSync(join(project, "nianbao.toml"), "");
const facts = join(project, REPORT);
const good = readFileSync(facts, "utf8");

const wrong = [];
function expect(truth, what) {
  console.log(`${truth ? "seen" : "WRONG"}: ${what}`);
  if (!truth) wrong.push(what);
}

const watch = await served(program, project, ["watch", "--lang", "zh", "--draft"], "inherit");
const { address } = watch;

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
const faults = [];
page.on("pageerror", (error) => faults.push(String(error)));
await page.addInitScript(() => {
  window.hashes = () => [...document.querySelectorAll("#sheets > svg")].map((sheet) => sheet.dataset.hash);
});
await page.goto(`${address}#${encodeURIComponent(REPORT)}`);
await page.waitForSelector("#sheets > svg");

const sheets = () => page.evaluate(() => hashes());
const status = () => page.textContent("#status");
const web = () => page.frameLocator("#frame");
// The time at which a sheet of a later save is on the screen, by the clock of this machine: that of a mark which is painted
// in the same frame.
const replaced = () => page.evaluate(() => new Promise((resolve) => {
  const observer = new MutationObserver(() => {
    observer.disconnect();
    const mark = Object.assign(document.createElement("p"), { textContent: "." });
    mark.style.position = "fixed";
    mark.setAttribute("elementtiming", "mark");
    new PerformanceObserver((entries, self) => {
      self.disconnect();
      mark.remove();
      resolve(performance.timeOrigin + entries.getEntries().at(-1).renderTime);
    }).observe({ type: "element" });
    document.body.append(mark);
  });
  observer.observe(document.getElementById("sheets"), { subtree: true, attributeFilter: ["data-hash"] });
}));
const until = (truth, argument) => page.waitForFunction(truth, argument, { timeout: 10_000 });
const current = (page) => page.waitForFunction(() => document.getElementById("status").textContent === "与文件一致", null, { timeout: 10_000 });
async function restored(sheets) {
  await until((sheets) => JSON.stringify(hashes()) === JSON.stringify(sheets), sheets);
  await current(page);
}
// The sheets as they stand in a page, how many glyphs they name, and how many of those are not there.
const drawn = (page) => page.evaluate(() => {
  const named = [...document.querySelectorAll("#sheets use")].map((use) => use.getAttribute("xlink:href").slice(1));
  const lost = named.filter((name) => document.querySelectorAll(`[id="${name}"]`).length !== 1);
  return { sheets: [...document.querySelectorAll("#sheets > svg")].map((sheet) => sheet.outerHTML), named: named.length, lost: lost.length };
});
// Whether the page, which has only taken over what changed, shows what one that is opened now does.
async function sameAsOpened(when) {
  const opened = await browser.newPage({ viewport: { width: 1400, height: 900 } });
  await opened.goto(`${address}#${encodeURIComponent(REPORT)}`);
  await current(opened);
  const [one, other] = [await drawn(page), await drawn(opened)];
  await opened.close();
  expect(JSON.stringify(one.sheets) === JSON.stringify(other.sheets), `${when}, the sheets are those of a page opened now`);
  expect(one.named > 1000 && one.lost === 0 && other.lost === 0, `${when}, each of ${one.named} glyphs is there once`);
}
const picture = (name) => page.screenshot({ path: join(pictures, `watch-${name}.png`) });

await current(page);
expect((await sheets()).length === 5, "five sheets of the report");
await page.$eval("#sheets", (box) => box.scrollTo(0, 1500));
await picture("good");

const [download] = await Promise.all([page.waitForEvent("download"), page.click("#docx")]);
expect(download.suggestedFilename().endsWith("2023.docx"), `the Word file is called ${download.suggestedFilename()}`);
const built = join(project, "build", REPORT.replace(/^reports\//, "").replace(/\.toml$/, ".docx"));
// Files are written after the sheets are shown.
for (let waits = 0; waits < 100 && !existsSync(built); waits += 1) await page.waitForTimeout(100);
expect(existsSync(built) && readFileSync(await download.path()).equals(readFileSync(built)), "the Word file is the one that was built");

const before = await sheets();
const edited = good.replace(/(licences = )\d+/, "$16543");
expect(edited !== good, "the facts are edited");
const edit = replaced();
writeFileSync(facts, edited);
await edit;
await current(page);
await page.waitForTimeout(300);
const after = await sheets();
const changed = after.filter((sheet, index) => sheet !== before[index]).length;
expect(changed >= 1 && changed < after.length, `${changed} of ${after.length} sheets are replaced`);
expect((await page.$eval("#sheets", (box) => box.scrollTop)) === 1500, "the sheets stay where they were scrolled to");
await page.click("#show-web");
expect((await web().locator("body").textContent()).includes("6543"), "the new figure in the web version");
await web().locator("html").evaluate((html) => html.ownerDocument.defaultView.scrollTo(0, 700));
await picture("web");

writeFileSync(facts, edited.replace("6543", "6544"));
await page.waitForFunction(() => document.getElementById("frame").contentDocument?.body?.textContent.includes("6544"));
await page.waitForTimeout(100);
const top = await web().locator("html").evaluate((html) => html.ownerDocument.defaultView.scrollY);
expect(top === 700, `the web version stays where it was scrolled to (${top})`);
await page.click("#show-sheets");

const kept = await sheets();
writeFileSync(facts, edited.replace("6543", "-6543"));
await until(() => document.querySelector("#problems .error"));
expect((await page.textContent("#problems")).includes("negative-number"), "the diagnostic of a broken figure");
expect(JSON.stringify(await sheets()) === JSON.stringify(kept), "the last good sheets stay");
expect((await status()) === "有错误：显示的是上一次没有错误时的页面", "and are said to be those");
await page.click("#problems button");
const line = await page.textContent("#lines .here");
expect(line.includes("-6543"), `a click shows the line: ${line.trim()}`);
await picture("broken");
const told = await page.evaluate(() => document.documentElement.dataset.version);
const aside = join(project, "reports/示例县人民政府办公室/2025.toml");
writeFileSync(aside, readFileSync(aside));
await until((told) => Number(document.documentElement.dataset.version) > Number(told), told);
expect(await page.evaluate(() => document.activeElement.matches("#problems button")), "a save elsewhere leaves the focus");
const labels = () => page.$$eval("#report option", (options) => options.map((option) => option.text));
expect((await labels()).includes(`${REPORT} 1 错误`), `the list says how many errors it has: ${await labels()}`);

// As editors do that put a new file in the place of the old.
writeFileSync(`${facts}.new`, good);
renameSync(`${facts}.new`, facts);
await restored(before);
expect(true, "mended, the sheets are the first ones again");
expect((await page.textContent("#problems")) === "没有问题", "no problem is left");
expect((await labels()).includes(REPORT), "and the list says none");

// A fault of the project stands beside the report's own problems, and keeps nothing from being shown.
const stray = join(dirname(facts), "2023 - 副本.toml");
writeFileSync(stray, good);
await until(() => document.getElementById("problems").textContent.includes("stray-file"));
expect((await status()) === "与文件一致", "a stray file is told, and the page is up to date");
writeFileSync(facts, edited);
await until((before) => hashes().some((hash, index) => hash !== before[index]), before);
await current(page);
expect(true, "what is saved beside a stray file is shown");
writeFileSync(facts, good);
await restored(before);
rmSync(stray);
await until(() => document.getElementById("problems").textContent === "没有问题");
expect(true, "a stray file that is gone is no longer told");
writeFileSync(join(project, "nianbao.toml"), "[build]\nformat = 1\n");
await until(() => document.getElementById("problems").textContent.includes("project-file"));
expect((await status()) === "项目有错误：显示的是按出错之前的设置生成的页面", "settings that are wrong are told");
writeFileSync(join(project, "nianbao.toml"), "");
await restored(before);

// A sheet more, with glyphs that were on none.
writeFileSync(facts, good.replace(/(\[overview\][^]*?""")/, `$1\n${"鼋鼍龟鳖蛟龙，鸾凤鹓鶵。".repeat(60)}\n`));
await until((before) => hashes().length > before.length, before);
await current(page);
const more = await sheets();
expect(more.length === before.length + 1, `a paragraph more makes ${more.length} sheets`);
expect((await page.$eval("#sheets", (box) => box.scrollTop)) === 1500, "the sheets stay where they were scrolled to");
await sameAsOpened("after a paragraph more");
await picture("more");
writeFileSync(facts, good);
await restored(before);
await sameAsOpened("after a paragraph less");

const template = join(project, "templates/zfxxgk/report.typ.tera");
mkdirSync(dirname(template), { recursive: true });
const own = readFileSync(join(repository, "templates/zfxxgk/report.typ.tera"), "utf8");
writeFileSync(template, own.replace("— #number —", "· #number ·"));
await until((before) => hashes().every((hash, index) => hash !== before[index]), before);
expect((await sheets()).length === before.length, "a template edit changes every sheet");
writeFileSync(template, own.replace("#set document", "#set documemt"));
await until(() => document.querySelector("#problems .error"));
expect((await page.textContent("#problems")).includes("typst-error"), "the diagnostic of a broken template");
rmSync(join(project, "templates"), { recursive: true });
await restored(before);
expect(true, "without the template, the sheets are the first ones again");

const [FIRST, NEW] = ["reports/Harbour and Waterways Agency/2025.toml", "reports/A 新机关/2023.toml"];
const other = join(project, NEW);
const shows = (page, name) => page.waitForFunction(
  (name) => document.title === name && document.getElementById("status").textContent === "与文件一致",
  name,
);
const unnamed = await browser.newPage();
await unnamed.goto(address);
await shows(unnamed, FIRST);
mkdirSync(dirname(other), { recursive: true });
writeFileSync(other, good.replaceAll("湛河区应急管理局", "新机关"));
await until(() => [...document.getElementById("report").options].some((option) => option.value.includes("新机关")));
expect(true, "a new file is in the list");
await unnamed.waitForFunction(() => document.getElementById("report").options[0].value.includes("新机关"));
expect((await unnamed.title()) === FIRST, "a page that asked for no report keeps the one it shows");
await unnamed.close();
const doomed = await browser.newPage();
await doomed.goto(`${address}#${encodeURIComponent(NEW)}`);
await shows(doomed, NEW);
await doomed.evaluate(() => {
  const status = document.getElementById("status");
  window.said = [];
  new MutationObserver(() => said.push(status.textContent)).observe(status, { childList: true });
});
rmSync(dirname(other), { recursive: true });
await shows(doomed, FIRST);
expect(!(await doomed.evaluate(() => said)).includes("预览已结束"), "a page whose report is deleted shows the first of those left");
await doomed.close();
await until(() => ![...document.getElementById("report").options].some((option) => option.value.includes("新机关")));
expect(true, "a deleted file is no longer in the list");

// Facts that are begun, of which there never was a page.
const NEXT = "reports/湛河区应急管理局/2024.toml";
const next = join(project, NEXT);
const begun = good.replace("year = 2023", "year = 2024").replace(/^licences = .*$/m, "");
writeFileSync(next, begun);
const drafted = await browser.newPage({ viewport: { width: 1400, height: 900 } });
const says = (words) => drafted.waitForFunction(
  (words) => document.getElementById("status").textContent === words, words, { timeout: 10_000 },
);
await drafted.goto(`${address}#${encodeURIComponent(NEXT)}`);
await says("草稿：显示的是文件现在的样子，还缺什么见“问题”");
expect((await drafted.$$("#sheets > svg")).length > 0, "facts that are begun are shown as a draft");
expect((await drafted.textContent("#problems")).includes("proactive.licences"), "with what they lack");
await drafted.screenshot({ path: join(pictures, "watch-draft.png") });
writeFileSync(next, begun.replace("year = 2024", "year = "));
await says("有错误：显示的是上一份草稿，不是文件现在的样子");
expect(true, "a draft that is not of the file as it is now is said to be so");
rmSync(next);
await drafted.close();
await until((next) => ![...document.getElementById("report").options].some((option) => option.value === next), NEXT);

const times = [];
for (let save = 0; save < SAVES; save += 1) {
  await page.waitForTimeout(400);
  const done = replaced();
  await page.waitForTimeout(20);
  const start = Date.now();
  writeFileSync(facts, good.replace(/(licences = )\d+/, `$1${7000 + save}`));
  times.push((await done) - start);
}
times.sort((a, b) => a - b);
const median = times[SAVES / 2];
expect(median < LIMIT, `from save to picture: median ${Math.round(median)} ms of ${SAVES}, longest ${Math.round(times.at(-1))} ms`);

const hostile = await page.evaluate(async () => {
  const { showSheets } = await import("./sheets.js");
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 1 1" onload="x()">
    <script>x()</script><style>*{}</style><foreignObject><p xmlns="http://www.w3.org/1999/xhtml">p</p></foreignObject>
    <a href="javascript:x()"><path d="M 0 0"/></a><animate attributeName="href"/><image xlink:href="https://a.example/b.png"/>
    <g onclick="x()" style="fill:red" class="c"><use href="https://a.example/#b" x="1"/><use xlink:href="#c"/></g>
    <image href="data:image/png;base64,AA=="/><image href="data:text/html,x"/></svg>`;
  const box = document.createElement("div");
  await showSheets(box, { list: [{ hash: "h", drawing }], glyphs: "" });
  return box.innerHTML.replace(/\s*\n\s*/g, "");
});
expect(
  hostile === '<svg role="img" aria-label="1 / 1" viewBox="0 0 1 1" data-hash="h"><image></image><g><use x="1"></use>' +
    '<use xlink:href="#c"></use></g><image href="data:image/png;base64,AA=="></image><image></image></svg>',
  `of a sheet, only what draws is taken over: ${hostile}`,
);

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
await page.evaluate(() => document.getElementById("frame").removeAttribute("src"));
const looked = await browser.newPage({ bypassCSP: true, viewport: { width: 1400, height: 900 } });
await looked.goto(`${address}#${encodeURIComponent(REPORT)}`);
await looked.waitForSelector("#sheets > svg[data-hash]");
await looked.evaluate(axe);
const violations = await looked.evaluate(() => axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa"], iframes: false }));
expect(violations.violations.length === 0, `axe: ${violations.passes.length} rules hold ${violations.violations.map((one) => one.id)}`);

const asked = (address, headers) => new Promise((resolve, reject) => {
  get(address, { headers }, (answer) => resolve(answer.statusCode)).on("error", reject);
});
const foreign = await asked(address, { host: "evil.example" });
const unknown = await asked(new URL("/", address), {});
await sameAsOpened("after all");
expect(foreign === 403, `asked under another name, it refuses (${foreign})`);
expect(unknown === 403, `asked without the secret in its address, it refuses (${unknown})`);
expect(faults.length === 0, `no errors in the page ${faults}`);
await browser.close();
watch.kill("SIGINT");
expect((await watch.ended) === 0, "Ctrl-C ends the watch with status 0");
process.exit(wrong.length > 0 ? 1 : 0);
