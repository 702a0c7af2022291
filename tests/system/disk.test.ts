import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "@jest/globals";
import { replaceFile } from "../../src/runner/disk.js";
import { Store } from "../../src/runner/store.js";
import { cellFiles, ended, iclab, rowsOf, scratch, smallStudy, start, until } from "../command.js";

const folder = scratch();
const disk = join(folder, "disk");

/** Twelve cells, each a page of memory large on the disk. */
const study = smallStudy({ context: "[1, 2, 3, 4, 5, 6]" });

const command = (program: string, ...words: string[]) => {
  const { status, stderr } = spawnSync(program, words, { encoding: "utf8" });
  if (status !== 0)
    throw new Error(`these tests need a small disk of their own, and only root may mount one: ${stderr}`);
};

/** A disk with room for this many kilobytes. */
const mount = (kilobytes: number) => command("mount", "-t", "tmpfs", "-o", `size=${kilobytes}k`, "tmpfs", disk);

/** Makes the disk read-only, which is refused while a file of it is being written. */
async function readOnly(): Promise<void> {
  const attempt = () => spawnSync("mount", ["-o", "remount,ro", disk]).status;
  while (attempt() !== 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

beforeEach(() => {
  mkdirSync(disk, { recursive: true });
});
afterEach(() => command("umount", disk));

test("a disk that fills up during a run ends it with status 3; what was finished stays whole and goes on elsewhere", async () => {
  mount(32);
  const { status, stdout, stderr } = await iclab(["run", "-", "--backend", "cpu", "--out", disk], study);
  expect([status, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(/\ncannot write rows to .*\/disk\/rows\/study\S*: the disk is full\n$/);
  const rows = join(disk, "rows", "study");
  const { cells, torn } = new Store(rows).all();
  expect(torn).toEqual([]);
  expect(cells.length).toBeGreaterThan(0);
  expect(cells.length).toBeLessThan(12);
  const begun = readdirSync(rows, { recursive: true, encoding: "utf8" }).filter((file) => /draft|probe/.test(file));
  expect(begun).toEqual([]);

  // The page has no room there either, and says so; with room, the rest is computed and nothing twice.
  const report = await iclab(["report", disk]);
  expect([report.status, report.stdout]).toEqual([3, ""]);
  expect(report.stderr).toMatch(/\ncannot write (figures|the report) to .*: the disk is full\n$/);
  const elsewhere = join(folder, "elsewhere");
  cpSync(disk, elsewhere, { recursive: true });
  const again = await iclab(["run", "-", "--backend", "cpu", "--out", elsewhere], study);
  expect(again.status).toBe(0);
  expect(again.stderr.match(/kept from an earlier run/g)).toHaveLength(cells.length);
  expect(cellFiles(elsewhere)).toHaveLength(12);
});

test("a disk that fills up under worker processes ends the run in the same way", async () => {
  mount(32);
  const words = ["run", "-", "--backend", "cpu", "--workers", "2", "--out", disk];
  const { status, stdout, stderr } = await iclab(words, study);
  expect([status, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(/\ncannot write rows to .*\/disk\/rows\/study\S*: the disk is full\n$/);
  expect(new Store(join(disk, "rows", "study")).all().torn).toEqual([]);
});

test("a disk with room for the rows only ends with status 3, and the rows are all there", async () => {
  mount(68);
  const { status, stdout, stderr } = await iclab(["run", "-", "--backend", "cpu", "--out", disk], study);
  expect([status, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(/\ncannot write (figures|the report) to .*: the disk is full\n$/);
  const elsewhere = join(folder, "whole");
  expect((await iclab(["run", "-", "--backend", "cpu", "--out", elsewhere], study)).status).toBe(0);
  const results = (out: string) => Object.fromEntries(cellFiles(out).map((file) => [basename(file), rowsOf(file)]));
  expect(results(disk)).toEqual(results(elsewhere));
});

test("a disk that is full before the run begins ends with status 3 and no row", async () => {
  mount(4);
  writeFileSync(join(disk, "other"), "in the way");
  const { status, stderr } = await iclab(["run", "-", "--backend", "cpu", "--out", disk], study);
  expect([status, stderr]).toEqual([3, expect.stringMatching(/^cannot write rows to .*: the disk is full\n$/)]);
  expect(cellFiles(disk)).toEqual([]);
});

test("a disk that is full of checkpoints costs them alone: the run goes on, says so once, and the rows are right", async () => {
  // 40 kilobytes a snapshot and more than twenty of them: no checkpoint but an early one has room beside the report.
  const large = smallStudy({
    law: "{ kind: gaussian-linear, features: 70 }",
    context: "2",
    models: "[{ name: lsa, mixer: linear-attention, train: { record: log, steps: 4000, batch: 8, rate: 0.001 } }]",
    predictors: "[zero]",
    seeds: "1",
  });
  mount(512);
  const words = ["run", "-", "--backend", "cpu", "--out"];
  const { status, stderr } = await iclab([...words, disk, "--checkpoint", "0.02"], large);
  expect(stderr.match(/cannot write checkpoints to .*: the disk is full; the run goes on without\n/g)).toHaveLength(1);
  expect(status).toBe(0);
  const elsewhere = join(folder, "large");
  await iclab([...words, elsewhere], large);
  const results = (out: string) => cellFiles(out).map(rowsOf);
  expect(results(disk)).toEqual(results(elsewhere));
});

test("a folder that is read-only, or becomes it, ends the run with status 3 and one sentence; what was finished stays", async () => {
  mount(8192);
  await readOnly();
  const before = await iclab(["run", "-", "--backend", "cpu", "--out", disk], study);
  expect([before.status, before.stdout]).toEqual([3, ""]);
  expect(before.stderr).toMatch(/^cannot write rows to .*\/disk\/rows\/study: it is read-only\n$/);

  command("mount", "-o", "remount,rw", disk);
  const child = start(["run", "-", "--backend", "cpu", "--out", disk]);
  child.stdin!.end(smallStudy({ context: "[1, 2, 3, 4, 5, 6]", seeds: "200" }));
  const over = ended(child);
  await until(child, () => cellFiles(disk).length >= 2);
  await readOnly();
  const { status, stdout, stderr } = await over;
  expect([status, stdout]).toEqual([3, ""]);
  expect(stderr).toMatch(/\ncannot write rows to .*: it is read-only\n$/);
  const { cells, torn } = new Store(join(disk, "rows", "study")).all();
  expect(torn).toEqual([]);
  expect(cells.length).toBeGreaterThan(1);
});

test("a file whose new content has no room keeps the old one, whole", () => {
  mount(4);
  const file = join(disk, "index.html");
  writeFileSync(file, "old");
  expect(() => replaceFile(file, "new".repeat(4096))).toThrow(/ENOSPC/);
  expect(readFileSync(file, "utf8")).toBe("old");
  expect(readdirSync(disk)).toEqual(["index.html"]);
});
