import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, jest, test } from "@jest/globals";
import { gpuFence } from "../../src/slurm/gpu-fence.js";
import { cellFiles, type Ended, ended, iclab, scratch, smallStudy, start, until } from "../command.js";
import { SlurmCluster } from "./slurm-cluster.js";

jest.setTimeout(240_000);

const folder = scratch();
let cluster: SlurmCluster;

beforeAll(async () => {
  cluster = await SlurmCluster.start();
});
afterAll(() => cluster?.stop());

/** A run without Slurm, for comparison. */
const slowLocal = join(folder, "slow-local");

/** Twelve cells; the slow ones take half a second each. */
const hypotheses = '[{ says: "some risk is left", expect: "exact(lsa-optimum) >= 0.001" }]';
const study = smallStudy({ context: "[1, 2, 3, 4, 5, 6]", hypotheses });
const models = "[{ name: lsa, mixer: linear-attention, train: { steps: 4000, batch: 256, rate: 0.01 } }]";
const slowStudy = smallStudy({ context: "[1, 2, 3, 4, 5, 6]", hypotheses, models });

/** `iclab` where the cluster is. */
const there = (words: readonly string[], input = "", environment: Readonly<Record<string, string>> = {}) =>
  iclab(words, input, { environment: { ...cluster.environment, ...environment } });
const begin = (words: readonly string[], input = "") => {
  const child = start(words, { environment: cluster.environment });
  child.stdin!.end(input);
  return child;
};
const onSlurm = (out: string, ...words: string[]) => [
  "run",
  "-",
  "--on",
  "slurm",
  "--every",
  "1",
  "--out",
  out,
  ...words,
];

/** Rows by file, byte by byte, without the line that says when they were computed. */
const results = (out: string) =>
  new Map(cellFiles(out).map((file) => [basename(file), readFileSync(file, "utf8").replace(/^.*\n/, "")]));

/** The cells of a folder's journal that were begun, finished, ... */
const journal = (out: string, what: string) =>
  readFileSync(join(out, "rows", "study", ".runners", "journal"), "utf8")
    .trimEnd()
    .split("\n")
    .flatMap((line) => (line.split(" ")[1] === what ? line.split(" ")[2]! : []));

const verdicts = ({ stdout }: Ended) => stdout.replace(/^report: .*$/m, "");

test("a grid on Slurm ends as a local run does: the same rows, verdicts, report and status, each cell computed once", async () => {
  const [local, out] = [join(folder, "local"), join(folder, "on slurm $HOME 100%a 'x' \"y\"")];
  const whole = await iclab(["run", "-", "--backend", "cpu", "--out", local], study);
  const words = onSlurm(out, "--chunk", "2", "--time", "5", "--before", "echo $(hostname) begins");
  const [ran, other] = await Promise.all([there(words, study), there(words, study)]);
  expect([ran.status, verdicts(ran)]).toEqual([0, verdicts(whole)]);
  expect([other.status, verdicts(other)]).toEqual([0, verdicts(whole)]);
  expect(results(out)).toEqual(results(local));
  expect(existsSync(join(out, "index.html"))).toBe(true);
  expect(journal(out, "began").sort()).toEqual(journal(out, "finished").sort());
  expect(journal(out, "began")).toHaveLength(12);
  // Six tasks are more than this Slurm's arrays may have.
  expect(ran.stderr + other.stderr).toMatch(
    /submitted job \d+: 10 cells in 5 tasks .*\nsubmitted job \d+: 2 cells in 1 tasks /,
  );
  expect((ran.stderr + other.stderr).match(/process \d+ on \S+ is at work on this grid too/g)).not.toBeNull();
  const log = readFileSync(join(out, "slurm", "001", "task-0.log"), "utf8");
  expect(log).toMatch(/^\S+ begins\ntraining on cpu /);

  // All is there: nothing is submitted, and the page is written again.
  const again = await there(["resume", out]);
  expect([again.status, verdicts(again)]).toEqual([0, verdicts(whole)]);
  expect(readdirSync(join(out, "slurm")).filter((name) => /^\d+$/.test(name))).toEqual(["001", "002"]);
});

test.each([
  ["Slurm begins its tasks again", [], /job \d+: .*\d begun again/],
  [
    "its cells are submitted again",
    ["--sbatch=--no-requeue"],
    /ended on n1 \(NODE_FAIL, NodeDown\) .*; submitted again\n/,
  ],
])(
  "a runner is killed and a node is lost (%s): resume ends the grid, each trial once, all rows byte for byte",
  async (way, options, told) => {
    const out = join(folder, way);
    const runner = begin(onSlurm(out, "--chunk", "3", ...options), slowStudy);
    await until(runner, () => cellFiles(out).length >= 1);
    for (const node of ["n1", "n2"] as const) cluster.signal(node, "SIGSTOP");
    runner.kill("SIGKILL");
    expect((await ended(runner)).signal).toBe("SIGKILL");
    try {
      const standing = await there(["status", out]);
      expect(standing.stdout).toMatch(/ {2}running {3}\S+ \(process \d+ on \S+, job \d+_\d+\)\n/);
      expect(standing.stdout).toMatch(/slurm: job \d+: 4 running on n1, n2\n/);

      cluster.lose("n1");
      cluster.signal("n2", "SIGCONT");
      const before = cellFiles(out);
      expect(before.length).toBeLessThan(12);
      const changed = before.map((file) => statSync(file).mtimeMs);
      const resumed = await there(["resume", out, "--every", "1"]);
      expect(resumed.status).toBe(0);
      expect(resumed.stderr).toMatch(told);
      expect(resumed.stderr.includes("submitted")).toBe(options.length > 0);
      const whole = await iclab(["run", "-", "--backend", "cpu", "--out", slowLocal], slowStudy);
      expect(verdicts(resumed)).toBe(verdicts(whole));
      expect(before.map((file) => statSync(file).mtimeMs)).toEqual(changed);
    } finally {
      cluster.up("n1");
    }
    expect(results(out)).toEqual(results(slowLocal));
    // A kill between a file and its line in the journal leaves the line out.
    const finished = journal(out, "finished");
    expect(new Set(finished).size).toBe(finished.length);
    expect(finished.length).toBeGreaterThanOrEqual(12 - 2);
    // The two tasks of the lost node had three cells each.
    expect(journal(out, "began").length).toBeLessThanOrEqual(12 + 6);
    await cluster.until("both nodes are back", () =>
      cluster.states().every((state) => /^(idle|mixed|alloc)/.test(state)),
    );
  },
);

test("Ctrl-C leaves the jobs; cancel ends them; what they finished stays, and resume submits the rest", async () => {
  const out = join(folder, "cancelled");
  const runner = begin(onSlurm(out, "--chunk", "3", "--max-running", "1"), slowStudy);
  const end = ended(runner);
  await until(runner, () => cellFiles(out).length >= 1);
  for (const node of ["n1", "n2"] as const) cluster.signal(node, "SIGSTOP");
  runner.kill("SIGINT");
  const { status, stderr } = await end;
  expect(status).toBe(130);
  expect(stderr).toContain(
    `the jobs go on; \`npx iclab resume ${out}\` goes on, \`npx iclab cancel ${out}\` ends them`,
  );
  expect((await there(["status", out])).stdout).toMatch(
    /slurm: job \d+: 1 running on n\d, 3 waiting \(JobArrayTaskLimit\)\n/,
  );
  expect((await there(["cancel", out])).stdout).toMatch(/: cancelled job \d+\n$/);
  await cluster.until("the jobs are gone", () => cluster.slurm("squeue", "--noheader") === "");
  expect((await there(["cancel", out])).stdout).toContain("no job of it is in the queue");
  const kept = cellFiles(out).length;
  expect(kept).toBeLessThan(12);

  // A cell that failed is left until it is told to be tried again.
  const missing = (JSON.parse(readFileSync(join(out, "rows", "study", "plan.json"), "utf8")) as { cells: string[] })
    .cells;
  const bad = missing.find((cell) => !cellFiles(out).some((file) => basename(file) === `${cell}.jsonl`))!;
  writeFileSync(join(out, "rows", "study", `${bad}.failed`), JSON.stringify({ message: "no luck", stack: "" }));
  const resumed = await there(["resume", out, "--every", "1", "--chunk", "20", "--max-running", "2"]);
  expect(resumed.stderr).toContain(`${bad} failed in an earlier run, --retry computes it again: no luck`);
  expect(resumed.stderr).toMatch(new RegExp(`submitted job \\d+: ${11 - kept} cells in 1 tasks`));
  expect([resumed.status, cellFiles(out).length]).toEqual([1, 11]);
  expect((await there(["status", out])).stdout).toMatch(/ {2}failed {4}\S+: no luck \(\S+task-\d\.log\)\n/);
  const retried = await there(["resume", out, "--every", "1", "--retry"]);
  expect([retried.status, cellFiles(out).length]).toEqual([0, 12]);
});

test("a paper's cells are reproduced in jobs too", async () => {
  const out = join(folder, "paper");
  const words = ["reproduce", "mahankali2024", "--on", "slurm", "--every", "1", "--out", out, "--chunk", "2"];
  const { status, stdout } = await there(words);
  expect([status, cellFiles(out, "mahankali2024-one-step-is-optimal").length]).toEqual([0, 4]);
  expect(stdout).toContain(" 0 unexpected, 0 undecided\n");
});

test("with --cancel-on-interrupt Ctrl-C cancels the jobs", async () => {
  const out = join(folder, "interrupted");
  const runner = begin(onSlurm(out, "--cancel-on-interrupt"), slowStudy);
  const end = ended(runner);
  await until(runner, () => existsSync(join(out, "slurm")) && cellFiles(out).length >= 1);
  runner.kill("SIGINT");
  const { status, stderr } = await end;
  expect(status).toBe(130);
  expect(stderr).toMatch(/\ncancelled: job \d+.*; finished cells are kept, `npx iclab resume \S+` goes on\n$/);
  await cluster.until("the jobs are gone", () => cluster.slurm("squeue", "--noheader") === "");
});

test("what Slurm does not have is refused in one sentence, with status 2 and nothing submitted", async () => {
  const out = join(folder, "refused");
  const unknown = await there(onSlurm(out, "--partition", "nowhere"), study);
  expect([unknown.status, unknown.stdout, unknown.stderr.split("\n").slice(1)]).toEqual([
    ...[2, ""],
    ["--partition nowhere: Slurm has no such partition; allowed: main, far", ""],
  ]);
  const resource = await there(onSlurm(out, "--gres", "gpu:9", "--backend", "cpu"), study);
  expect([resource.status, resource.stderr]).toEqual([2, expect.stringMatching(/\nSlurm refused the job: .*\n$/)]);
  expect(readdirSync(join(out, "slurm")).filter((name) => /^\d+$/.test(name))).toEqual([]);
  const fresh = await there(onSlurm(out, "--fresh"), study);
  expect([fresh.status, fresh.stderr]).toEqual([2, "--fresh is for this machine; --on slurm keeps what is in --out\n"]);
  const local = await there(["run", "-", "--out", out, "--partition", "main"], study);
  expect([local.status, local.stderr]).toEqual([2, "what is said of partitions, tasks and queues needs --on slurm\n"]);
  const empty = await there(["resume", out]);
  expect([empty.status, empty.stderr]).toEqual([
    2,
    expect.stringContaining("holds no grid that was run with --on slurm"),
  ]);
});

test("a machine without Slurm says so, with status 3", async () => {
  const { status, stderr } = await there(onSlurm(join(folder, "nowhere")), study, { PATH: "/nonexistent" });
  expect([status, stderr]).toEqual([
    3,
    expect.stringMatching(/\nscontrol is not on this machine; --on slurm works where Slurm's commands are\n$/),
  ]);
});

test("a folder that a node does not see is told with the node's name, and status 3", async () => {
  const out = join(cluster.far, "run");
  const { status, stderr } = await there(onSlurm(out, "--partition", "far"), study);
  expect(status).toBe(3);
  expect(stderr).toMatch(
    /\n12 of 12 cells have no rows: task \d of job \d+ ended on n2 \(.*\) without the rows of 1 cell; it /,
  );
  expect(stderr).toMatch(
    /left no log: \S+ is not there on that node, or cannot be written there.*`iclab resume \S+` submits/,
  );
});

test("tasks with a GPU train on it or end the grid with the reason; nothing falls back to the CPU", async () => {
  const out = join(folder, "gpu");
  const nothing = { VK_ICD_FILENAMES: "/nonexistent.json", VK_DRIVER_FILES: "/nonexistent.json" };
  const told = ["--chunk", "6", "--sbatch=--nodelist=n1", "--before", "echo has GPU $SLURM_JOB_GPUS"];
  const { status, stderr } = await there(onSlurm(out, "--gres", "gpu:1", ...told), study, nothing);
  expect(status).toBe(3);
  expect(stderr).toMatch(/^training on webgpu, in jobs of Slurm\n/);
  expect(stderr).toMatch(
    /\n12 of 12 cells have no rows: task \d of .* \(FAILED, NonZeroExitCode\) .*: no WebGPU adapter /,
  );
  const script = readFileSync(join(out, "slurm", "001", "script.sh"), "utf8");
  expect(script).toContain(gpuFence());
  const logs = [0, 1].map((task) => readFileSync(join(out, "slurm", "001", `task-${task}.log`), "utf8").split("\n")[0]);
  expect(logs.sort()).toEqual(["has GPU 0", "has GPU 1"]);
});

test("a task opens its own GPU alone, as root and as a user, and ends where nobody knows which is its own", () => {
  const devices = join(folder, "nvidia");
  chmodSync(folder, 0o755);
  for (const gpu of [0, 1, 2]) writeFileSync(`${devices}${gpu}`, `GPU ${gpu}`);
  const script = join(folder, "fence.sh");
  writeFileSync(script, gpuFence(devices));
  const read = `cat ${devices}0 ${devices}1 ${devices}2`;
  const seen = (gpus: Readonly<Record<string, string>>, ...command: string[]) => {
    const words = [...command, "sh", script, "sh", "-c", read];
    const env = { ...process.env, ...gpus };
    return spawnSync(words[0]!, words.slice(1), { encoding: "utf8", env }).stdout;
  };
  const user = ["setpriv", "--reuid=1000", "--regid=1000", "--clear-groups"];
  for (const who of [[], user]) {
    expect(seen({ SLURM_JOB_GPUS: "0" }, ...who)).toBe("GPU 0");
    expect(seen({ SLURM_JOB_GPUS: "1" }, ...who)).toBe("GPU 1");
    expect(seen({ SLURM_JOB_GPUS: "0,2", CUDA_VISIBLE_DEVICES: "0,1" }, ...who)).toBe("GPU 0GPU 2");
    expect(seen({ CUDA_VISIBLE_DEVICES: "2" }, ...who)).toBe("GPU 2");
    expect(seen({}, ...who)).toBe("GPU 0GPU 1GPU 2");
  }
  expect(seen({ SLURM_GPUS_ON_NODE: "1" })).toBe(
    "this task has 1 of 3 GPUs, and Slurm does not say which: gres.conf names no device files\n",
  );
  // What is hidden is hidden from this task alone.
  expect(readFileSync(`${devices}1`, "utf8")).toBe("GPU 1");
});
