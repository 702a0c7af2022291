import { arrayIndices } from "./array-indices.js";
import { SlurmError } from "./slurm-error.js";

/** Where a task stands: `waiting` in the queue, `running` on a node, or `ended`, in whatever way. */
export type TaskState = "waiting" | "running" | "ended";

/** One task of a job array, as the queue has it. */
export interface QueuedTask {
  /** The name that the array was submitted under. */
  readonly name: string;
  /** The array's number, which `scancel` takes. */
  readonly job: number;
  readonly index: number;
  readonly state: TaskState;
  /** Slurm's own words for it: PENDING, TIMEOUT, NODE_FAIL. */
  readonly words: readonly string[];
  /** Why it waits or failed: Resources, Priority; "" where Slurm has no reason. */
  readonly reason: string;
  /** The node, "" before it has one. */
  readonly node: string;
  /** How often it was begun again. */
  readonly restarts: number;
}

/** States of jobs that come back: https://slurm.schedmd.com/squeue.html, "JOB STATE CODES". */
const WAITING = ["PENDING", "REQUEUED", "REQUEUE_FED", "REQUEUE_HOLD", "SPECIAL_EXIT", "RESV_DEL_HOLD"];
const RUNNING = ["RUNNING", "CONFIGURING", "SUSPENDED", "STOPPED", "RESIZING", "SIGNALING", "STAGE_OUT"];

/**
 * The tasks of arrays of these names in what `squeue --json --states=all` prints. Whoever prints decides the shape: before
 * Slurm 23.02 a state is a word and a number a number, since then a list of words and `{ set, infinite, number }`. Some
 * versions print the jobs of everybody, whatever they were asked.
 *
 * @throws SlurmError where it is none of these
 */
export function parseQueue(text: string, names: ReadonlySet<string>): QueuedTask[] {
  let jobs: readonly unknown[] | undefined;
  try {
    jobs = (JSON.parse(text) as { readonly jobs?: readonly unknown[] }).jobs;
  } catch {}
  if (!Array.isArray(jobs)) throw new SlurmError(`squeue --json prints something else than jobs: ${text.slice(0, 80)}`);
  return (jobs as readonly Record<string, unknown>[]).flatMap((job) => {
    const { name } = job;
    return typeof name === "string" && names.has(name) ? tasksOf(name, job) : [];
  });
}

function tasksOf(name: string, job: Record<string, unknown>): QueuedTask[] {
  const words = (Array.isArray(job.job_state) ? job.job_state : [job.job_state]).map(String);
  const { state_reason: reason, nodes } = job;
  const task = {
    name,
    job: numberOf(job.array_job_id) || numberOf(job.job_id) || 0,
    state: stateOf(words),
    words,
    reason: typeof reason === "string" && reason !== "None" ? reason : "",
    node: typeof nodes === "string" ? nodes : "",
    restarts: numberOf(job.restart_cnt) ?? 0,
  };
  // Tasks that were never begun share an entry, which has their indices as a text.
  const shared = typeof job.array_task_string === "string" ? job.array_task_string : "";
  const own = numberOf(job.array_task_id);
  const indices = shared !== "" ? arrayIndices(shared) : own === null ? [] : [own];
  return indices.map((index) => ({ ...task, index }));
}

function stateOf(words: readonly string[]): TaskState {
  if (words.some((word) => WAITING.includes(word))) return "waiting";
  return words.some((word) => RUNNING.includes(word)) ? "running" : "ended";
}

function numberOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  const { set, number } = (value ?? {}) as { readonly set?: boolean; readonly number?: number };
  return set === true && number !== undefined ? number : null;
}
