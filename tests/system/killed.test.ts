import type { ChildProcess } from "node:child_process";
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { jest } from "@jest/globals";
import { Draws } from "../../src/math/draws.js";
import { keyOf } from "../../src/math/keys.js";
import { cellFiles, ended, scratch, smallStudy, start, until } from "../command.js";

jest.setTimeout(600_000);

const KILLS = 20;
const CELLS = 200;

const folder = scratch();
const study = smallStudy({ context: "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10]", seeds: "20" });

const begin = (out: string, ...words: string[]) => {
  const child = start(["run", "-", "--backend", "cpu", "--out", out, ...words]);
  child.stdin!.end(study);
  return child;
};

/** The processes that a run has started. */
const workersOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);

/** Rows by file, byte by byte, without the line that says when they were computed. */
const results = (out: string) =>
  new Map(cellFiles(out).map((file) => [basename(file), readFileSync(file, "utf8").replace(/^.*\n/, "")]));

test("200 trials under 20 kill -9 of runs and workers, a cut and a bit-flipped file: each once, byte for byte, none computed again", async () => {
  const [whole, out] = [join(folder, "whole"), join(folder, "killed")];
  expect((await ended(begin(whole))).status).toBe(0);
  const draws = new Draws(keyOf(20));
  const finished = new Map<string, number>();
  const damaged: string[] = [];
  let named = 0;
  for (let kill = 1; kill <= KILLS; kill++) {
    const inWorkers = kill > KILLS / 2 ? ["--workers", "2"] : [];
    const child = begin(out, ...inWorkers);
    const end = ended(child);
    const goal = Math.round((kill * (CELLS - 10)) / KILLS);
    await until(child, () => cellFiles(out).length >= goal);
    await new Promise((resolve) => setTimeout(resolve, 30 * draws.uniform()));
    if (inWorkers.length > 0) {
      await until(child, () => workersOf(child).length === 2);
      process.kill(workersOf(child)[kill % 2]!, "SIGKILL");
      const more = cellFiles(out).length + 2;
      await until(child, () => cellFiles(out).length >= more);
      kill++;
    }
    child.kill("SIGKILL");
    const { signal, stderr } = await end;
    expect(signal).toBe("SIGKILL");
    if (/the worker process \d+ that computed it ended \(SIGKILL\); it is computed once more/.test(stderr)) named++;
    for (const file of cellFiles(out)) if (!finished.has(file)) finished.set(file, statSync(file).mtimeMs);
    if (kill === KILLS / 2) {
      const [cut, flipped] = cellFiles(out) as [string, string];
      truncateSync(cut, Math.floor(statSync(cut).size / 2));
      const bytes = readFileSync(flipped);
      bytes[Math.floor(bytes.length * 0.7)]! ^= 4;
      writeFileSync(flipped, bytes);
      damaged.push(cut, flipped);
    }
  }
  expect((await ended(begin(out))).status).toBe(0);

  // A worker that is killed between two cells costs none.
  expect(named).toBeGreaterThan(0);
  expect(results(out).size).toBe(CELLS);
  expect(results(out)).toEqual(results(whole));
  for (const [file, time] of finished) if (!damaged.includes(file)) expect(statSync(file).mtimeMs).toBe(time);
  const journal = readFileSync(join(out, "rows", "study", ".runners", "journal"), "utf8")
    .trimEnd()
    .split("\n");
  const lines = journal.map((line) => line.split(" "));
  const of = (what: string) => lines.flatMap(([, did, cell]) => (did === what ? [cell!] : []));
  const isDamaged = (cell: string) => damaged.some((file) => basename(file) === `${cell}.jsonl`);
  // A kill between a file and its line in the journal leaves the line out.
  const again = of("finished").filter((cell, i, all) => all.indexOf(cell) !== i);
  expect(again.every(isDamaged)).toBe(true);
  const begunAfterItsEnd = lines.flatMap(([, did, cell], i) => {
    const before = lines.slice(0, i);
    return did === "began" && before.some(([, end, other]) => end === "finished" && other === cell) ? [cell!] : [];
  });
  expect(new Set(begunAfterItsEnd.map((cell) => isDamaged(cell)))).toEqual(new Set([true]));
  // A kill costs what is trained at the time and what is trained and not yet measured: two groups at most.
  const processors = availableParallelism();
  expect(of("began").length).toBeGreaterThan(CELLS);
  expect(of("began").length).toBeLessThanOrEqual(CELLS + damaged.length + KILLS * 2 * 8 * processors);
});
