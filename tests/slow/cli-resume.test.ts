import type { ChildProcess } from "node:child_process";
import { readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cellFiles, ended, iclab, rowsOf, scratch, smallStudy, start, until } from "../command.js";

const folder = scratch();

/** Eight cells of a fifth of a second. */
const study = smallStudy({
  context: "[3, 4, 5, 6]",
  models: "[{ name: lsa, mixer: linear-attention, train: { steps: 600, batch: 512, rate: 0.01 } }]",
});

/** More steps than any test waits for, after cells that train nothing long. */
const endless = smallStudy({
  context: "[1, 2, 3]",
  models: "[{ name: lsa, mixer: linear-attention, train: { steps: 10, batch: 64 } }]",
  grid: "{ models.lsa.train.steps: [10, 100000000] }",
  seeds: "1",
});

const begin = (out: string, text: string, ...words: string[]): ChildProcess => {
  const child = start(["run", "-", "--backend", "cpu", "--out", out, ...words]);
  child.stdin!.end(text);
  return child;
};
const again = (out: string, ...words: string[]) =>
  iclab(["run", "-", "--backend", "cpu", "--out", out, ...words], study);
const kept = (stderr: string) => stderr.match(/kept from an earlier run/g)?.length ?? 0;

/** Rows by file, as values. */
const results = (out: string) => Object.fromEntries(cellFiles(out).map((file) => [basename(file), rowsOf(file)]));

const whole = join(folder, "whole");
beforeAll(async () => {
  expect((await ended(begin(whole, study))).status).toBe(0);
});

test("a run that was killed and has torn files goes on to the rows of one that was not", async () => {
  const out = join(folder, "killed");
  const child = begin(out, study);
  await until(child, () => cellFiles(out).length >= 4);
  child.kill("SIGKILL");
  expect(await ended(child)).toMatchObject({ status: null, signal: "SIGKILL" });
  const files = cellFiles(out);
  expect(files.length).toBeLessThan(8);
  const [cut, fused, ...untouched] = files as [string, string, ...string[]];
  truncateSync(cut, Math.floor(statSync(cut).size / 2));
  truncateSync(fused, statSync(fused).size - 1);
  writeFileSync(`${untouched[0]!}.1.draft`, '{"provenance":');
  const times = untouched.map((file) => statSync(file).mtimeMs);

  const { status, stderr } = await again(out);
  expect(status).toBe(0);
  expect(kept(stderr)).toBe(untouched.length);
  expect(stderr).toContain(`${untouched.length} of 8 cells are there already, --fresh computes them again\n`);
  expect(untouched.map((file) => statSync(file).mtimeMs)).toEqual(times);
  expect(results(out)).toEqual(results(whole));
});

test("a run that was finished is not computed again, and a page is written", async () => {
  const { status, stdout, stderr } = await again(whole, "--resume");
  expect(status).toBe(0);
  expect(kept(stderr)).toBe(8);
  expect(stdout).toContain(`report: ${join(whole, "index.html")}`);
});

test("--fresh computes everything again, to the same rows; with --resume it contradicts itself", async () => {
  const before = results(whole);
  const times = cellFiles(whole).map((file) => statSync(file).mtimeMs);
  const { status, stderr } = await again(whole, "--fresh");
  expect([status, kept(stderr)]).toEqual([0, 0]);
  expect(results(whole)).toEqual(before);
  cellFiles(whole).forEach((file, i) => {
    expect(statSync(file).mtimeMs).toBeGreaterThan(times[i]!);
  });
  const both = await again(whole, "--fresh", "--resume");
  expect([both.status, both.stdout]).toEqual([2, ""]);
});

test("cells of another seed or backend are not taken for this one's", async () => {
  const seeded = await again(whole, "--seed", "1");
  expect([seeded.status, kept(seeded.stderr)]).toEqual([0, 0]);
  expect(seeded.stderr).toContain("/rows/study also holds 8 cells of other settings or seeds, which stay there\n");
  const files = cellFiles(whole);
  expect(files).toHaveLength(16);
  // The check by another backend must not read the numbers that it shall check.
  const small = smallStudy();
  const out = join(folder, "backends");
  const words = ["run", "-", "--backend", "cpu", "--out", out];
  await iclab(words, small);
  const other = await iclab([...words, "--backend", "tfjs-cpu"], small);
  expect([other.status, kept(other.stderr)]).toEqual([0, 0]);
  const [provenance] = readFileSync(cellFiles(out)[0]!, "utf8").split("\n", 1);
  expect(JSON.parse(provenance!)).toMatchObject({ provenance: { backend: "tfjs-cpu" } });
});

test("two runs into one folder at a time leave the rows of one", async () => {
  const out = join(folder, "both");
  const both = await Promise.all([ended(begin(out, study)), ended(begin(out, study))]);
  expect(both.map(({ status }) => status)).toEqual([0, 0]);
  for (const { stderr } of both) expect(stderr).toMatch(/another run is at work in .*: process \d+ on /);
  const journal = readFileSync(join(out, "rows", "study", ".runners", "journal"), "utf8");
  const finished = journal.split("\n").flatMap((line) => / finished (\S+)/.exec(line)?.[1] ?? []);
  expect(new Set(finished).size).toBe(8);
  expect(finished).toHaveLength(8);
  const one = Object.entries(results(whole)).filter(([file]) => file in results(out));
  expect(one).toHaveLength(8);
  expect(results(out)).toEqual(Object.fromEntries(one));
});

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)("%s ends a run within 2 s with status %d, and finished rows can be seen", async (signal, status) => {
  const out = join(folder, `stopped by ${signal}`);
  const child = begin(out, endless);
  const stopped = ended(child);
  await until(child, () => cellFiles(out).length >= 1);
  const sent = performance.now();
  child.kill(signal);
  const end = await stopped;
  expect(performance.now() - sent).toBeLessThan(2000);
  expect(end.status).toBe(status);
  const command = `npx iclab report '${out}'`;
  expect(end.stderr).toContain(`stopped: the finished cells are kept in ${out}; see them with \`${command}\``);
  expect(end.stderr).toContain("the same command goes on\n");
  const report = await iclab(["report", out]);
  expect(report.status).toBe(0);
  expect(report.stderr).toMatch(/^\d of 6 cells have rows/);
  expect(readFileSync(join(out, "index.html"), "utf8")).toContain("<svg");
});
