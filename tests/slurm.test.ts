import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arrayIndices } from "../src/slurm/array-indices.js";
import { chunks } from "../src/slurm/chunks.js";
import { endSentence, isWorthAnother } from "../src/slurm/ended-task.js";
import { jobScript, sbatchOptions } from "../src/slurm/job-script.js";
import { parseQueue, type QueuedTask } from "../src/slurm/queue.js";
import { queueSummary } from "../src/slurm/queue-summary.js";
import { type GridRequest, rescheduled } from "../src/slurm/request.js";
import { SlurmError, SlurmRefusal } from "../src/slurm/slurm-error.js";
import { readSubmission, storedSubmissions, storeSubmission } from "../src/slurm/submission.js";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "iclab-slurm-unit-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const request: GridRequest = {
  of: { study: true },
  seed: 0,
  backend: "cpu",
  scheduling: { sbatch: [], before: [] },
};
const tasks = [["study/a", "study/b"], ["study/c"]];
const submission = (changed: Partial<GridRequest["scheduling"]> = {}, at = "/grids/one/slurm/001") => ({
  ...{ name: "iclab-x", folder: at, tasks },
  request: { ...request, scheduling: { ...request.scheduling, ...changed } },
});
const program = { node: "/usr/bin/node", main: "/opt/iclab/main.js" };

test.each([
  ["7", [7]],
  ["0-3", [0, 1, 2, 3]],
  ["0-9:4", [0, 4, 8]],
  ["1,3-4,10-12:2%5", [1, 3, 4, 10, 12]],
])("the indices %s of an array are read", (text, indices) => {
  expect(arrayIndices(text)).toEqual(indices);
});

test("indices that were cut short are not taken for all", () => {
  expect(() => arrayIndices("0,2,4,...")).toThrow("`...` of `0,2,4,...` is no index or range of a job array");
});

const job22 = {
  ...{ name: "iclab-x", job_id: 31, array_job_id: 30, array_task_id: 1, array_task_string: "", job_state: "RUNNING" },
  ...{ state_reason: "None", nodes: "n1", restart_cnt: 1 },
};
const number = (value: number) => ({ set: true, infinite: false, number: value });
const job23 = {
  ...{ name: "iclab-x", job_id: 31, array_job_id: number(30), array_task_id: number(1), array_task_string: "" },
  ...{ job_state: ["RUNNING"], state_reason: "None", nodes: "n1", restart_cnt: 1 },
};
const task: QueuedTask = {
  ...{ name: "iclab-x", job: 30, index: 1, state: "running", words: ["RUNNING"], reason: "", node: "n1", restarts: 1 },
};

test.each([
  ["before 23.02", job22],
  ["since 23.02", job23],
])("a task is read as Slurm prints it %s, and jobs of other names are left out", (_, job) => {
  const text = JSON.stringify({ jobs: [{ ...job, name: "somebody else's" }, job] });
  expect(parseQueue(text, new Set(["iclab-x"]))).toEqual([task]);
});

test("tasks that were never begun share an entry", () => {
  const waiting = { ...job22, array_task_id: null, array_task_string: "4-6%1", job_state: "PENDING", nodes: "" };
  const also = {
    ...job23,
    array_task_id: { ...number(0), set: false },
    array_task_string: "4-6%1",
    job_state: ["PENDING"],
  };
  for (const job of [waiting, also]) {
    const read = parseQueue(JSON.stringify({ jobs: [job] }), new Set(["iclab-x"]));
    expect(read.map(({ index, state }) => [index, state])).toEqual([4, 5, 6].map((index) => [index, "waiting"]));
  }
});

test.each([
  [["PENDING"], "waiting"],
  [["PENDING", "REQUEUED"], "waiting"],
  [["RUNNING", "COMPLETING"], "running"],
  [["CONFIGURING"], "running"],
  [["SUSPENDED"], "running"],
  [["COMPLETED"], "ended"],
  [["TIMEOUT"], "ended"],
  [["NODE_FAIL"], "ended"],
  [["CANCELLED", "COMPLETING"], "ended"],
])("a task in state %j is %s", (words, state) => {
  const [read] = parseQueue(JSON.stringify({ jobs: [{ ...job23, job_state: words }] }), new Set(["iclab-x"]));
  expect(read!.state).toBe(state);
});

test.each(["slurm_load_jobs error", "{}", '{"jobs": 3}'])("what is no queue is refused: %s", (text) => {
  expect(() => parseQueue(text, new Set(["iclab-x"]))).toThrow(SlurmError);
});

test("a grid is cut into tasks of so many cells, or into a hundred tasks at most", () => {
  expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunks([1, 2, 3])).toEqual([[1], [2], [3]]);
  expect(chunks(Array.from({ length: 1001 }, (_, i) => i))).toHaveLength(91);
  expect(chunks([])).toEqual([]);
});

test("the script is readable and has the options that are submitted with it", () => {
  const one = submission({
    sbatch: ["--partition=main", "--comment=a b"],
    before: ["module load nodejs"],
    maxRunning: 4,
  });
  const options = sbatchOptions(one, [7, 8]);
  expect(jobScript(one, options, program)).toBe(`#!/bin/sh
# 3 cells in 2 tasks: tasks.json says which has which. To submit it by hand: sbatch script.sh
#SBATCH --job-name=iclab-x
#SBATCH --array=0-1%4
#SBATCH --output=/grids/one/slurm/001/task-%a.log
#SBATCH --open-mode=append
#SBATCH --requeue
#SBATCH --dependency=afterany:7:8
#SBATCH --partition=main
#SBATCH --comment="a b"

module load nodejs

[ -x /usr/bin/node ] || { echo "on $(hostname)" /usr/bin/node "is not there; Node and iclab must lie in a folder that every node has"; exit 3; }
set -- /usr/bin/node /opt/iclab/main.js slurm-task /grids/one/slurm/001 "$SLURM_ARRAY_TASK_ID"
exec "$@"
`);
});

test("paths reach the task as they are, whatever a shell would make of them, and Slurm's own signs are escaped", () => {
  const odd = `${folder}/a b $HOME 'x' "y" 100%a`;
  const own = submission({}, odd);
  const options = sbatchOptions(own);
  expect(options).toContain(`--output=${odd.replace("%", "%%")}/task-%a.log`);
  const script = jobScript(own, options, { node: "/bin/echo", main: "/a $(b)" });
  expect(script).toContain(`#SBATCH --output="${odd.replace("%", "%%").replaceAll('"', '\\"')}/task-%a.log"`);
  const { stdout } = spawnSync("sh", ["-c", script], { encoding: "utf8", env: { SLURM_ARRAY_TASK_ID: "3" } });
  expect(stdout).toBe(`/a $(b) slurm-task ${odd} 3\n`);
});

test("a folder under whose name Slurm writes no log, and an option of two lines, are refused", () => {
  expect(() => sbatchOptions(submission({}, "/a\\b"))).toThrow(SlurmRefusal);
  const two = submission({ sbatch: ["--comment=a\nexit"] });
  expect(() => jobScript(two, sbatchOptions(two), program)).toThrow(SlurmRefusal);
});

test("only tasks that train on a GPU look for devices, and one without Node says where it has to be", () => {
  const own = submission();
  const gpu = { ...own, request: { ...request, backend: "webgpu" as const } };
  expect(jobScript(own, [], program)).not.toContain("/dev/nvidia");
  expect(jobScript(gpu, [], program)).toContain("/dev/nvidia");
  const missing = jobScript(own, [], { ...program, node: "/nowhere/node" });
  const { status, stdout } = spawnSync("sh", ["-c", missing], { encoding: "utf8" });
  expect([status, stdout]).toEqual([
    3,
    expect.stringMatching(/^on \S+ \/nowhere\/node is not there; Node and iclab must/),
  ]);
});

test("submissions are numbered in order and read back; one that was not written whole never was", () => {
  const first = storeSubmission(folder, { request, tasks }, { "study.yaml": "title: x\n" });
  mkdirSync(join(folder, "slurm", "002"));
  writeFileSync(join(folder, "slurm", "002", "tasks.json"), '{"name":');
  const third = storeSubmission(folder, { request, tasks }, {});
  expect(storedSubmissions(folder)).toEqual([first, third]);
  expect(third.folder).toBe(join(folder, "slurm", "003"));
  expect(third.name).not.toBe(first.name);
  expect(readSubmission(first.folder)).toEqual(first);
  expect(readdirSync(first.folder).sort()).toEqual(["study.yaml", "tasks.json"]);
  expect(storedSubmissions(join(folder, "none"))).toEqual([]);
});

const endedTask = (words: readonly string[] | null, missing: number) => ({
  ...{ submission: submission({}, folder), index: 0, missing },
  last: words === null ? undefined : { ...task, index: 0, state: "ended" as const, words },
});

test.each([
  ["was lost with its node", ["NODE_FAIL"], 2, 0, true],
  ["was lost three times before", ["NODE_FAIL"], 2, 3, false],
  ["is no longer known", null, 2, 0, true],
  ["ran out of time and brought rows", ["TIMEOUT"], 1, 5, true],
  ["ran out of time without a row", ["TIMEOUT"], 2, 0, false],
  ["failed without a row", ["FAILED"], 2, 0, false],
  ["was cancelled", ["CANCELLED"], 1, 0, false],
])("the missing cells of a task that %s: submitted again or not", (_, words, missing, losses, again) => {
  expect(isWorthAnother(endedTask(words, missing), losses)).toBe(again);
});

test("how a task ended is told with the last line of its log, or that it left none", () => {
  const one = endedTask(["FAILED"], 2);
  expect(endSentence(one)).toBe(
    "task 0 of job 30 ended on n1 (FAILED) without the rows of 2 cells; it left no log: " +
      `${folder} is not there on that node, or cannot be written there`,
  );
  writeFileSync(join(folder, "task-0.log"), "training on cpu\nout of luck\n");
  expect(endSentence(one)).toContain(`of 2 cells: out of luck (${folder}/task-0.log)`);
  expect(endSentence(endedTask(["NODE_FAIL"], 2))).toMatch(/\(NODE_FAIL\) without the rows of 2 cells$/);
});

test("a queue is summed up job by job", () => {
  const waiting = { ...task, index: 2, state: "waiting" as const, reason: "Resources", node: "", restarts: 0 };
  const ended = { ...task, job: 9, state: "ended" as const };
  expect(queueSummary([task, { ...task, index: 3, node: "n2", restarts: 0 }, waiting, ended])).toEqual([
    "job 30: 2 running on n1, n2, 1 waiting (Resources), 1 begun again",
  ]);
});

test("what is asked for on resuming replaces what was asked for before", () => {
  const before = { sbatch: ["--partition=main", "--time=10"], before: ["module load x"], chunk: 5 };
  expect(rescheduled(before, { sbatch: ["--time=60"], before: [], maxRunning: 2 })).toEqual({
    ...{ sbatch: ["--partition=main", "--time=60"], before: ["module load x"], chunk: 5, maxRunning: 2 },
  });
});
