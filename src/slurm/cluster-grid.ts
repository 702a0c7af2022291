import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type CellPlan, type Job, planOf } from "../runner/cell-plan.js";
import { replaceFile, writing } from "../runner/disk.js";
import { Presence } from "../runner/presence.js";
import type { Progress } from "../runner/progress.js";
import { Reservations } from "../runner/reservations.js";
import type { Outcome } from "../runner/run-experiment.js";
import type { Store } from "../runner/store.js";
import { chunks } from "./chunks.js";
import { largestArray, queuedTasks, submit } from "./commands.js";
import { type EndedTask, endSentence, isWorthAnother } from "./ended-task.js";
import { jobScript, type Program, sbatchOptions } from "./job-script.js";
import type { QueuedTask } from "./queue.js";
import { queueSummary } from "./queue-summary.js";
import type { GridRequest } from "./request.js";
import { SlurmError } from "./slurm-error.js";
import {
  type StoredSubmission,
  storedSubmissions,
  storeSubmission,
  submissionsFolder,
  type Texts,
} from "./submission.js";

/** One experiment of a grid: its cells, and where their rows go. */
export interface Part {
  readonly job: Job;
  readonly store: Store;
}

/** What a grid is run with. */
export interface Surroundings {
  /** The run's folder, which every node sees. */
  readonly out: string;
  readonly program: Program;
  /** What lies beside each submission, for its tasks to read. */
  readonly texts: Texts;
  /** Compute cells again that failed. */
  readonly retry: boolean;
  /** Seconds between two looks at the queue. */
  readonly every: number;
  readonly progress: Progress;
  say(sentence: string): void;
}

/** Milliseconds between two looks at the folder, and how many times as long as a look the pause behind it is at least. */
const LOOK = 500;
const REST = 20;

/** The name under which the right to submit is reserved: of several that watch a grid, one submits. */
const SUBMITTER = "submitter";

/**
 * Has every cell of a grid computed by job arrays and waits for them. Nothing is kept in memory that does not lie in the
 * folder or in Slurm's queue: whoever is killed here loses nothing, and whoever comes next goes on. Tasks share the store
 * with its reservations, so that a task too many costs time but no row.
 *
 * @returns what the parts came to, in order
 * @throws SlurmRefusal and SlurmError in one sentence; DiskError
 */
export async function runOnSlurm(
  parts: readonly Part[],
  request: GridRequest,
  surroundings: Surroundings,
): Promise<Outcome[]> {
  const presence = new Presence(join(submissionsFolder(surroundings.out), ".runners"));
  presence.open();
  try {
    return await new ClusterGrid(parts, request, surroundings, presence).run();
  } finally {
    surroundings.progress.stop();
    await presence.close();
  }
}

interface GridCell {
  readonly part: Part;
  readonly plan: CellPlan;
  /** When the file was last looked into in vain. */
  seen: number;
}

class ClusterGrid {
  private readonly plans: ReadonlyMap<Part, readonly CellPlan[]>;
  private readonly reservations: Reservations;
  private readonly open = new Map<string, GridCell>();
  private readonly failed = new Map<Part, string[]>();
  private readonly lost = new Map<string, string>();
  private readonly losses = new Map<string, number>();
  /** Tasks that were in the queue when this process looked. */
  private readonly known = new Set<string>();
  private told = "";
  private isSubmitter: boolean | undefined;

  constructor(
    private readonly parts: readonly Part[],
    private readonly request: GridRequest,
    private readonly surroundings: Surroundings,
    presence: Presence,
  ) {
    this.reservations = new Reservations(presence);
    this.plans = new Map(parts.map((part) => [part, part.job.cells.map((cell) => planOf(part.job, cell))]));
    for (const [part, plans] of this.plans) {
      this.failed.set(part, []);
      part.store.plan({ experiment: part.job.id, cells: plans.map(({ name }) => name) });
      for (const plan of plans) this.open.set(idOf(part, plan), { part, plan, seen: 0 });
    }
  }

  async run(): Promise<Outcome[]> {
    const { progress, every, retry } = this.surroundings;
    const all = [...this.open.values()];
    if (retry) for (const { part, plan } of all) part.store.forgive(plan.name);
    progress.start(
      this.parts.length === 1 ? this.parts[0]!.job.id : "all",
      all.length,
      all.reduce((sum, { plan }) => sum + plan.work, 0),
    );
    for (const { store } of this.parts) await store.load();
    this.look(true);
    const reused = new Map(this.parts.map((part) => [part, this.finished(part).length]));
    try {
      for (let next = 0; this.open.size > 0; ) {
        if (Date.now() >= next) {
          await this.consult(next === 0);
          next = Date.now() + 1000 * every;
        }
        const begun = Date.now();
        this.look(false);
        if (this.open.size > 0) await pause(Math.max(LOOK, REST * (Date.now() - begun)));
      }
    } finally {
      if (this.isSubmitter) this.reservations.release(SUBMITTER, "finished");
    }
    if (this.lost.size > 0) throw new SlurmError(this.lostSentence(all.length));
    return this.parts.map((part) => {
      const stored = this.finished(part);
      return {
        rows: stored.flatMap(({ rows }) => rows),
        cells: stored.map(({ provenance }) => provenance),
        reused: reused.get(part)!,
        failed: this.failed.get(part)!,
      };
    });
  }

  /** Takes what lies in the folder by now. */
  private look(kept: boolean): void {
    for (const part of this.parts) {
      const files = new Set(readdirSync(part.store.folder));
      for (const plan of this.plans.get(part)!) {
        const cell = this.open.get(idOf(part, plan));
        if (cell === undefined) continue;
        if (files.has(`${plan.name}.jsonl`) || part.store.hasCompacted(plan.name)) this.take(cell, kept);
        else if (files.has(`${plan.name}.failed`)) this.fail(cell, kept);
      }
    }
  }

  private take(cell: GridCell, kept: boolean): void {
    const { part, plan } = cell;
    const changed = statSync(join(part.store.folder, `${plan.name}.jsonl`), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (changed !== 0 && changed === cell.seen) return;
    cell.seen = changed;
    const found = part.store.read(plan.name);
    if (found?.provenance.backend !== this.request.backend) return;
    plan.stored = found;
    this.close(cell);
    this.surroundings.progress.finish(plan.name, kept);
  }

  private fail(cell: GridCell, before: boolean): void {
    const { part, plan } = cell;
    const message = part.store.failure(plan.name);
    if (message === undefined) return;
    this.failed.get(part)!.push(plan.name);
    this.close(cell);
    const when = before ? "failed in an earlier run, --retry computes it again" : "failed";
    this.surroundings.say(`${plan.name} ${when}: ${message}`);
  }

  private close({ part, plan }: GridCell): void {
    this.open.delete(idOf(part, plan));
    this.surroundings.progress.advance(plan.work);
  }

  /** Asks the queue, then looks into the folder; what neither has is submitted. */
  private async consult(isFirst: boolean): Promise<void> {
    const { out, say } = this.surroundings;
    const submissions = storedSubmissions(out);
    let tasks: readonly QueuedTask[];
    try {
      tasks = await queuedTasks(new Set(submissions.map(({ name }) => name)));
    } catch (error) {
      if (isFirst || !(error instanceof SlurmError)) throw error;
      this.tell(`${error.message}; the jobs are asked after again`);
      return;
    }
    this.look(isFirst);
    const waiting = this.waitingFor(submissions, tasks);
    this.tell(queueSummary(tasks).join("; "));
    const uncovered = [...this.open.keys()].filter((id) => !waiting.has(id));
    if (uncovered.length === 0) return;
    const other = this.reservations.take(SUBMITTER);
    if (other !== null && this.isSubmitter !== false)
      say(`process ${other.pid} on ${other.host} submits for ${out}; this one watches`);
    this.isSubmitter = other === null;
    if (this.isSubmitter) await this.submit(uncovered, [...new Set(live(tasks).map(({ job }) => job))]);
  }

  /** The cells of tasks that are in the queue; those of tasks that were and are no more are judged. */
  private waitingFor(submissions: readonly StoredSubmission[], tasks: readonly QueuedTask[]): Set<string> {
    const waiting = new Set<string>();
    const byKey = new Map<string, QueuedTask>();
    for (const task of tasks) {
      const key = keyOf(task.name, task.index);
      if (byKey.get(key)?.state !== "running") byKey.set(key, task);
    }
    for (const submission of submissions)
      for (const [index, cells] of submission.tasks.entries()) {
        const missing = cells.filter((id) => this.open.has(id));
        const key = keyOf(submission.name, index);
        const last = byKey.get(key);
        if (missing.length === 0) continue;
        if (last !== undefined && last.state !== "ended") {
          this.known.add(key);
          for (const id of missing) waiting.add(id);
        } else if (this.known.delete(key)) this.judge({ submission, index, last, missing: missing.length }, missing);
      }
    return waiting;
  }

  private judge(task: EndedTask, missing: readonly string[]): void {
    const losses = Math.max(...missing.map((id) => this.losses.get(id) ?? 0));
    const sentence = endSentence(task);
    const again = isWorthAnother(task, losses);
    this.surroundings.say(again ? `${sentence}; submitted again` : sentence);
    const isFruitless = missing.length === task.submission.tasks[task.index]!.length;
    for (const id of missing) {
      this.losses.set(id, isFruitless ? losses + 1 : 0);
      if (again) continue;
      this.lost.set(id, sentence);
      this.open.delete(id);
    }
  }

  private async submit(ids: readonly string[], before: readonly number[]): Promise<void> {
    const { out, texts, program, say } = this.surroundings;
    const { chunk, maxRunning } = this.request.scheduling;
    const arrays = chunks(chunks(ids, chunk), await largestArray());
    const running = [...before];
    for (const tasks of arrays) {
      const submission = storeSubmission(out, { request: this.request, tasks }, texts);
      const { folder, name } = submission;
      try {
        // At most so many at a time is said of an array: of several, one begins when the others have ended.
        const options = sbatchOptions(submission, maxRunning === undefined ? [] : running);
        const script = join(folder, "script.sh");
        writing("job scripts", folder, () => replaceFile(script, jobScript(submission, options, program)));
        const job = await submit(script, options, folder);
        running.push(job);
        for (const index of tasks.keys()) this.known.add(keyOf(name, index));
        const cells = tasks.reduce((sum, task) => sum + task.length, 0);
        say(`submitted job ${job}: ${cells} cells in ${tasks.length} tasks (${folder})`);
      } catch (error) {
        rmSync(folder, { recursive: true });
        throw error;
      }
    }
  }

  /** Says where the queue stands, where that is news. */
  private tell(summary: string): void {
    if (summary !== this.told && summary !== "") this.surroundings.say(summary);
    this.told = summary;
  }

  private finished(part: Part) {
    return this.plans.get(part)!.flatMap(({ stored }) => stored ?? []);
  }

  private lostSentence(all: number): string {
    const [first, ...others] = new Set(this.lost.values());
    const more = others.length > 0 ? `; and ${others.length} more like it` : "";
    const { out } = this.surroundings;
    return `${this.lost.size} of ${all} cells have no rows: ${first}${more}. \`iclab resume ${out}\` submits them again`;
  }
}

const idOf = ({ job }: Part, { name }: CellPlan): string => `${job.id}/${name}`;

const keyOf = (name: string, index: number): string => `${name} ${index}`;

const live = (tasks: readonly QueuedTask[]): QueuedTask[] => tasks.filter(({ state }) => state !== "ended");
