import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import type { Row } from "../../src/types.js";
import { cellFiles, ended, iclab, scratch, smallStudy, start, until, wordsOf } from "../command.js";

const folder = scratch();
const study = smallStudy();
const run = (out: string, ...words: string[]) =>
  iclab(["run", "-", "--backend", "cpu", "--out", out, "--json", ...words], study);
const rowsIn = (out: string) => join(out, "rows", "study");
const printed = async (...words: string[]) => (await iclab(words)).stdout;
const rowsOf = (stdout: string) => (JSON.parse(stdout) as { rows: Row[] }).rows;

test("every command reads the same in Parquet files as in a file a cell, and nothing is computed again", async () => {
  const out = join(folder, "whole");
  const first = await run(out);
  const commands = [
    ["rows", out, "--json"],
    ["rows", out, "--csv"],
    ["status", out],
    ["report", out],
  ];
  const before: string[] = [];
  for (const words of commands) before.push(await printed(...words));
  const page = readFileSync(join(out, "index.html"), "utf8");
  const compacted = await iclab(["compact", out]);
  expect(compacted).toMatchObject({ status: 0, stderr: "" });
  expect(compacted.stdout).toMatch(/^study: 4 cells in cells-1\.parquet: \d+ kB of files are \d+ kB of Parquet\n$/);
  expect(cellFiles(out)).toEqual([]);
  for (const [i, words] of commands.entries()) expect(await printed(...words)).toBe(before[i]);
  expect(readFileSync(join(out, "index.html"), "utf8")).toBe(page);

  const again = await run(out, "--resume");
  expect(rowsOf(again.stdout)).toEqual(rowsOf(first.stdout));
  expect(cellFiles(out)).toEqual([]);
  const other = join(folder, "other");
  await run(other);
  expect(await printed("diff", out, other)).toMatch(/^(\d+) rows in both: \1 the same to the last bit/);
  expect(await printed("compact", out)).toBe("study: nothing to compact\n");
}, 120_000);

test("the command that a row has computes it again", async () => {
  const out = join(folder, "rerun");
  const before = rowsOf((await run(out)).stdout);
  await iclab(["compact", out]);
  const file = await asyncBufferFromFile(join(rowsIn(out), "cells-1.parquet"));
  const rows = await parquetReadObjects({ file, columns: ["command"] });
  const [command, ...others] = new Set(rows.map((row) => row.command as string));
  expect(others).toEqual([]);
  const elsewhere = join(folder, "rerun-elsewhere");
  const words = wordsOf(command!).map((word) => (word === out ? elsewhere : word));
  const again = await iclab([...words, "--json"]);
  expect(rowsOf(again.stdout)).toEqual(before);
}, 120_000);

test("a run and a compactor at work in one folder lose nothing and compute nothing twice", async () => {
  const out = join(folder, "busy");
  const many = smallStudy({ seeds: "40", hypotheses: '[{ says: it, expect: "risk(ridge) < risk(zero)" }]' });
  const child = start(["run", "-", "--backend", "cpu", "--out", out, "--json"]);
  child.stdin!.end(many);
  const end = ended(child);
  await until(child, () => cellFiles(out).length >= 3);
  while (child.exitCode === null) expect((await iclab(["compact", out])).status).toBe(0);
  const { status, stdout } = await end;
  expect(status).toBe(0);
  const whole = await iclab(["run", "-", "--backend", "cpu", "--out", join(folder, "quiet"), "--json"], many);
  expect(rowsOf(stdout)).toEqual(rowsOf(whole.stdout));
  const journal = readFileSync(join(rowsIn(out), ".runners", "journal"), "utf8")
    .trimEnd()
    .split("\n");
  expect(journal.filter((line) => line.split(" ")[1] === "began")).toHaveLength(80);
  expect(readdirSync(rowsIn(out)).some((file) => file.endsWith(".parquet"))).toBe(true);
}, 240_000);
