// What `fcitx` does once there is an input method: keys go to the window, and what the page makes of them is looked at. In: the program and a folder;
// out: a line for each thing seen, a picture, and status 1 where anything is not as it should be.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { served } from "./served.mjs";

const [program, folder] = process.argv.slice(2);
const repository = join(dirname(fileURLToPath(import.meta.url)), "../..");
const CITY = "reports/淮安市人民政府/2024.toml";
const project = join(folder, "project");
rmSync(project, { recursive: true, force: true });
mkdirSync(project, { recursive: true });
cpSync(join(repository, "reports"), join(project, "reports"), { recursive: true });
writeFileSync(join(project, "nianbao.toml"), "");

let wrong = 0;
function expect(truth, what) {
  console.log(`${truth ? "seen" : "WRONG"}: ${what}`);
  if (!truth) wrong += 1;
}
const wait = (time) => new Promise((resolve) => setTimeout(resolve, time));

const { address } = await served(program, project, ["edit", "--no-open", "--lang", "zh"]);
const args = ["--no-sandbox", "--disable-gpu", "--window-size=1366,768", "--window-position=0,0", "--disable-background-networking"];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", headless: false, args });
const page = await (await browser.newContext({ viewport: null })).newPage();
await page.goto(`${address}#${encodeURIComponent(CITY)}`);
await page.waitForFunction(() => document.documentElement.dataset.ready === "yes", null, { timeout: 20_000 });
await page.evaluate(() => {
  window.compositions = [];
  document.addEventListener("compositionend", ({ data }) => window.compositions.push(data), true);
});
const run = (command, ...words) => execFileSync(command, words, { encoding: "utf8" }).trim();
async function keys(...all) {
  for (const key of all) {
    run("xdotool", "key", "--clearmodifiers", key);
    await wait(120);
  }
}
const facts = () => readFileSync(join(project, CITY), "utf8");
const current = () => page.evaluate(() => ({ key: document.activeElement.closest("[data-key]")?.dataset.key, value: document.activeElement.value }));
const saved = () => page.waitForFunction(() => /^已保存/.test(document.getElementById("saved").textContent), null, { timeout: 10_000 });

const prose = page.locator("textarea[data-key='overview.management']");
await prose.fill("");
await prose.click();
await wait(500);
run("fcitx5-remote", "-o");
await wait(300);
expect(run("fcitx5-remote", "-n") === "pinyin", "the input method is on");
await keys(..."gongkai");
run("import", "-window", "root", join(folder, "composing.png"));
await keys("space", ..."zhengfu", "1", ..."ni");
expect(await prose.inputValue() === "公开政府ni", `what is composed stands in the text: ${await prose.inputValue()}`);
await keys("Return");
await wait(300);
expect(await prose.inputValue() === "公开政府ni", "the Enter that ends a composition is no line");
expect((await page.evaluate(() => window.compositions.join())) === "公开,政府,ni", "it was composed, not typed");

const cell = page.locator("[data-key='proactive.licences']");
await cell.click();
await keys("ctrl+a", "1", "2", "3", "4", "Return");
await saved();
expect(/management = "公开政府ni"/.test(facts()) && /licences = 1234/.test(facts()), "digits and prose are written");
await cell.click();
await keys("ctrl+a", ..."san");
expect((await current()).key === "proactive.licences", "letters of a composition move nothing");
await keys("Escape", "Escape");
expect((await current()).value === "1234", "Esc ends the composition, and another brings back what was there");
await keys("Down", ..."wu", "space", "Return");
await wait(800);
expect((await page.innerText("#problems")).includes("无"), "what is no number stays, with what is wrong");
expect(/penalties = \d+/.test(facts()), "and is not written");
await browser.close();
process.exit(wrong > 0 ? 1 : 0);
