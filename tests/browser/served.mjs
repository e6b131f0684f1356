// Starts a program that serves a page. In: the program, the project, and what is typed; out: its process, with the address that it printed and a promise
// of its end.

import { spawn } from "node:child_process";

// They end with the one that started them, whatever ends that.
const running = [];
process.on("exit", () => running.forEach((child) => child.kill("SIGKILL")));

export async function served(program, project, words, stderr = "ignore") {
  const child = spawn(program, words, { cwd: project, stdio: ["ignore", "pipe", stderr] });
  running.push(child);
  child.ended = new Promise((resolve) => child.on("exit", resolve));
  child.address = await new Promise((resolve, reject) => {
    let said = "";
    child.stdout.on("data", (data) => {
      said += data;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\//);
      if (found) resolve(found[0]);
    });
    child.on("exit", () => reject(new Error(`the program ended: ${said}`)));
  });
  return child;
}
