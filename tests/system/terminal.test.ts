import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { packageRoot } from "../../src/runner/package-root.js";
import { cellFiles, ended, mortal, scratch, smallStudy, until } from "../command.js";

const folder = scratch();

/** Runs a study on a terminal of its own: what it writes on either stream, and its keyboard. */
function onTerminal(study: string, out: string) {
  const file = join(folder, `${out}.yaml`);
  writeFileSync(file, study);
  const main = join(packageRoot, "dist/src/cli/main.js");
  const command = `${process.execPath} ${main} run ${file} --backend cpu --out ${join(folder, out)}`;
  const words = ["--quiet", "--return", "--flush", "--command", command, "/dev/null"];
  return mortal(spawn("script", words, { stdio: "pipe" }));
}

/** What a terminal is told to hide its cursor, and to show it. */
const [HIDE, SHOW] = ["\u001b[?25l", "\u001b[?25h"];

test("on a terminal a bar shows the share, the cells and the time left, and ends full with the cursor shown", async () => {
  const { status, stdout } = await ended(onTerminal(smallStudy(), "whole"));
  expect(status).toBe(0);
  expect(stdout).toMatch(/study \S+ 0 % \| 0\/4 cells \| about \? left/);
  expect(stdout).toMatch(/study \S+ 100 % \| 4\/4 cells \| about 0 s left/);
  const shares = [...stdout.matchAll(/(\d+) % \|/g)].map(([, share]) => Number(share));
  expect(shares).toEqual([...shares].sort((a, b) => a - b));
  expect(stdout.lastIndexOf(SHOW)).toBeGreaterThan(stdout.lastIndexOf(HIDE));
  expect(stdout).toMatch(/report: .*index\.html\s*$/);
});

test("Ctrl-C ends the bar, shows the cursor, says how to see what is finished, and gives status 130", async () => {
  const train = "{ steps: 10, batch: 64 }";
  const study = smallStudy({
    models: `[{ name: lsa, mixer: linear-attention, train: ${train} }]`,
    grid: "{ models.lsa.train.steps: [10, 100000000] }",
    seeds: "1",
  });
  const terminal = onTerminal(study, "stopped");
  const end = ended(terminal);
  await until(terminal, () => cellFiles(join(folder, "stopped")).length >= 1);
  const sent = performance.now();
  terminal.stdin!.write("\u0003");
  const { status, stdout } = await end;
  expect(performance.now() - sent).toBeLessThan(2000);
  expect(status).toBe(130);
  const [, after] = stdout.split(/stopped: the finished cells are kept in /);
  expect(after).toContain(`npx iclab report ${join(folder, "stopped")}`);
  expect(stdout.lastIndexOf(SHOW)).toBeGreaterThan(stdout.lastIndexOf(HIDE));
});
