import type { ChildProcess } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { cellFiles, type Ended, ended, iclab, scratch, smallStudy, start, until } from "../command.js";

const folder = scratch();

/** A cell that would take days, and one that takes no time. */
const endless = smallStudy({
  context: "3",
  models: "[{ name: lsa, mixer: linear-attention, train: { steps: 10, batch: 64 } }]",
  grid: "{ models.lsa.train.steps: [100000000, 10] }",
  seeds: "1",
});

const words = (out: string, ...more: string[]) => ["run", "-", "--backend", "cpu", "--out", out, ...more];
const begin = (study: string, out: string, ...more: string[]): ChildProcess => {
  const child = start(words(out, ...more));
  child.stdin!.end(study);
  return child;
};

/** The processes that a process has started and that live. */
const workersOf = ({ pid }: ChildProcess): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
const isAlive = (pid: number) =>
  existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));

/** How often cells were begun, as the folder's journal has it. */
const starts = (out: string): number => {
  const journal = join(out, "rows", "study", ".runners", "journal");
  return existsSync(journal) ? (readFileSync(journal, "utf8").match(/ began /g)?.length ?? 0) : 0;
};
const failures = (out: string) => {
  const rows = join(out, "rows", "study");
  const files = readdirSync(rows).filter((file) => file.endsWith(".failed"));
  return files.map((file) => JSON.parse(readFileSync(join(rows, file), "utf8")) as { message: string; stack: string });
};
const results = (out: string) =>
  Object.fromEntries(cellFiles(out).map((file) => [basename(file), readFileSync(file, "utf8").replace(/^.*\n/, "")]));

/** Kills the only worker of a run once it has begun so many cells in all. @returns its process number */
async function killWorker(run: ChildProcess, out: string, begun: number): Promise<number> {
  await until(run, () => starts(out) >= begun && workersOf(run).length === 1);
  const [worker] = workersOf(run) as [number];
  process.kill(worker, "SIGKILL");
  return worker;
}

test("a worker that is killed alone is named, and what it was at goes on from its checkpoint to the same bytes", async () => {
  const study = smallStudy({
    context: "20",
    models: "[{ name: lsa, mixer: linear-attention, train: { record: log, steps: 2500, batch: 512, rate: 0.002 } }]",
    seeds: "1",
  });
  const [whole, out] = [join(folder, "whole"), join(folder, "killed")];
  expect((await iclab(words(whole), study)).status).toBe(0);
  const run = begin(study, out, "--workers", "1", "--checkpoint", "0.03");
  const end = ended(run);
  const checkpoints = join(out, "rows", "study", ".checkpoints");
  await until(run, () => existsSync(checkpoints) && readdirSync(checkpoints).some((file) => /\.\d+$/.test(file)));
  const worker = await killWorker(run, out, 1);
  const { status, stderr } = await end;
  expect(status).toBe(0);
  expect(stderr).toContain(`the worker process ${worker} that computed it ended (SIGKILL); it is computed once more\n`);
  expect(stderr).toMatch(/ goes on from its checkpoint, \d+ of 2500 updates are made\n/);
  expect(starts(out)).toBe(2);
  expect(results(out)).toEqual(results(whole));
});

describe("a cell whose worker is killed twice", () => {
  const out = join(folder, "twice");
  let workers: number[];
  let end: Ended;
  beforeAll(async () => {
    const run = begin(endless, out, "--workers", "1");
    const over = ended(run);
    workers = [await killWorker(run, out, 1)];
    workers.push(await killWorker(run, out, 2));
    end = await over;
  });

  test("fails with the sentence, and the others go on", () => {
    const message = `the worker process ${workers[1]} that computed it ended (SIGKILL), as one did before`;
    expect(end.status).toBe(1);
    expect(end.stderr).toContain(` failed: ${message}\n`);
    expect(failures(out)).toMatchObject([{ message }]);
    expect(cellFiles(out)).toHaveLength(1);
  });

  test("is left by the same command, which computes nothing that is finished", async () => {
    expect(starts(out)).toBe(3);
    const again = await iclab(words(out, "--workers", "1"), endless);
    expect(again.status).toBe(1);
    expect(again.stderr).toMatch(/ failed in an earlier run, --retry computes it again: the worker process \d+/);
    expect(again.stderr).toContain("1 of 2 cells are there already, --fresh computes them again\n");
    expect(starts(out)).toBe(3);
  });
});

test("a cell that takes longer than it may fails with the sentence, the others go on, and --retry tries it again", async () => {
  const out = join(folder, "long");
  const limited = await iclab(words(out, "--time-limit", "3s"), endless);
  expect(limited.status).toBe(1);
  const message = "it took longer than 3 s, its --time-limit";
  expect(limited.stderr).toMatch(
    new RegExp(`^context=3,models.lsa.train.steps=100000000,\\S+ failed: ${message}$`, "m"),
  );
  expect(failures(out)).toMatchObject([{ message }]);
  expect(cellFiles(out)).toHaveLength(1);
  expect(starts(out)).toBe(2);
  expect((await iclab(words(out, "--time-limit", "3s", "--retry"), endless)).status).toBe(1);
  expect(starts(out)).toBe(3);
});

test("a cell that takes more memory than it may fails with the sentence and what it took", async () => {
  const out = join(folder, "large");
  const { status, stderr } = await iclab(
    words(out, "--memory-limit", "50MB"),
    smallStudy({
      context: "3",
      seeds: "1",
      models: "[{ name: lsa, mixer: linear-attention, train: { steps: 100000000, batch: 64 } }]",
    }),
  );
  expect(status).toBe(1);
  expect(stderr).toMatch(/ failed: it took \d+ MB of memory, more than 50 MB, its --memory-limit\n/);
  expect(failures(out)).toHaveLength(1);
});

test("two workers share the cells, each is begun once, and the rows are those of one process", async () => {
  const study = smallStudy({ context: "[1, 2, 3, 4]" });
  const [one, two] = [join(folder, "one"), join(folder, "two")];
  const [alone, shared] = [await iclab(words(one), study), await iclab(words(two, "--workers", "2"), study)];
  expect([alone.status, shared.status]).toEqual([0, 0]);
  expect(shared.stderr).toMatch(/^training on cpu \(WebAssembly SIMD, \d+ threads?\), in 2 worker processes\n/);
  expect(shared.stderr).not.toContain("another run is at work");
  expect(shared.stderr).not.toContain("kept from an earlier run");
  expect(starts(two)).toBe(8);
  expect(results(two)).toEqual(results(one));
});

test("workers end with the process that started them, however it ends", async () => {
  const out = join(folder, "orphans");
  const run = begin(endless, out, "--workers", "2");
  const over = ended(run);
  await until(run, () => starts(out) >= 1 && workersOf(run).length === 2);
  const workers = workersOf(run);
  run.kill("SIGKILL");
  await over;
  const limit = performance.now() + 10_000;
  while (workers.some(isAlive) && performance.now() < limit) await new Promise((resolve) => setTimeout(resolve, 20));
  expect(workers.filter(isAlive)).toEqual([]);
});

test.each([
  ["--time-limit", "10", "Allowed is a number with its unit: 90s, 10min, 2h."],
  ["--memory-limit", "2TB", "Allowed is a number with its unit: 500MB, 2GB."],
  ["--workers", "0", "Allowed is a whole number from 1."],
  ["--checkpoint", "-1", "Allowed is a number from 0."],
])("%s %s is refused with what is allowed", async (option, value, allowed) => {
  const { status, stderr } = await iclab(words(join(folder, "refused"), option, value));
  expect([status, stderr]).toEqual([2, expect.stringContaining(allowed)]);
});
