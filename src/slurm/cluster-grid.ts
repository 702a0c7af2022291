import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { replaceFile, writing } from "../runner/disk.js";
import { Presence } from "../runner/presence.js";
import { quoted } from "../runner/rerun.js";
import { Reservations } from "../runner/reservations.js";
import type { Outcome } from "../runner/run-experiment.js";
import { chunks } from "./chunks.js";
import { largestArray, queuedTasks, submit } from "./commands.js";
import { type EndedTask, endSentence, isWorthAnother } from "./ended-task.js";
import { GridCells, type Listener, type Part } from "./grid-cells.js";
import { jobScript, type Program, sbatchOptions } from "./job-script.js";
import type { QueuedTask } from "./queue.js";
import { queueSummary } from "./queue-summary.js";
import type { GridRequest } from "./request.js";
import { SlurmError, SlurmRefusal } from "./slurm-error.js";
import {
  type StoredSubmission,
  storedSubmissions,
  storeSubmission,
  submissionsFolder,
  type Texts,
} from "./submission.js";

/** What a grid is run with. */
export interface Surroundings extends Listener {
  /** The run's folder, which every node sees. */
  readonly out: string;
  readonly program: Program;
  /** What lies beside each submission, for its tasks to read. */
  readonly texts: Texts;
  /** Compute cells again that failed. */
  readonly retry: boolean;
  /** Seconds between two looks at the queue. */
  readonly every: number;
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
  for (const { pid, host } of presence.others())
    surroundings.say(
      `process ${pid} on ${host} is at work on this grid too; what one has submitted the other waits for`,
    );
  try {
    const cells = new GridCells(parts, request.backend, surroundings);
    await cells.begin(surroundings.retry);
    const lost = await new ClusterGrid(cells, request, surroundings, new Reservations(presence)).run();
    if (lost !== null) throw new SlurmError(lost);
    return cells.outcomes();
  } finally {
    surroundings.progress.stop();
    await presence.close();
  }
}

class ClusterGrid {
  /** Why cells were given up, by cell; and how often in a row others were lost with their tasks. */
  private readonly lost = new Map<string, string>();
  private readonly losses = new Map<string, number>();
  /** Tasks that this process knows to have been in the queue. */
  private readonly known = new Set<string>();
  private told = "";
  private refused = "";
  private isSubmitter: boolean | undefined;

  constructor(
    private readonly cells: GridCells,
    private readonly request: GridRequest,
    private readonly surroundings: Surroundings,
    private readonly reservations: Reservations,
  ) {}

  /** Waits until no cell is open. @returns null, or the sentence that says which cells Slurm has lost */
  async run(): Promise<string | null> {
    const { cells, surroundings } = this;
    try {
      for (let next = 0; cells.open.length > 0; ) {
        const begun = Date.now();
        if (begun >= next) {
          await this.consult(next === 0);
          next = Date.now() + 1000 * surroundings.every;
        }
        cells.advance();
        if (cells.open.length > 0) await pause(Math.max(LOOK, REST * (Date.now() - begun)));
      }
    } finally {
      if (this.isSubmitter) this.reservations.release(SUBMITTER, "finished");
    }
    return this.lost.size > 0 ? this.lostSentence() : null;
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
    this.cells.advance();
    const queued = this.queuedCells(submissions, tasks);
    this.tell(queueSummary(tasks).join("; "));
    const missing = this.cells.open.filter((id) => !queued.has(id));
    if (missing.length === 0) return;
    const other = this.reservations.take(SUBMITTER);
    if (other !== null && this.isSubmitter !== false)
      say(`process ${other.pid} on ${other.host} submits what is missing; this one watches`);
    this.isSubmitter = other === null;
    const live = tasks.filter(({ state }) => state !== "ended");
    if (this.isSubmitter) await this.submit(missing, [...new Set(live.map(({ job }) => job))]);
  }

  /** The open cells of tasks that are in the queue; those of tasks that were and are no more are judged. */
  private queuedCells(submissions: readonly StoredSubmission[], tasks: readonly QueuedTask[]): Set<string> {
    const queued = new Set<string>();
    const byKey = new Map<string, QueuedTask>();
    for (const task of tasks) {
      const key = keyOf(task.name, task.index);
      // A task that was begun again may have its former end beside it.
      if ((byKey.get(key)?.state ?? "ended") === "ended") byKey.set(key, task);
    }
    for (const submission of submissions)
      for (const [index, cells] of submission.tasks.entries()) {
        const open = cells.filter((id) => this.cells.isOpen(id));
        const key = keyOf(submission.name, index);
        const last = byKey.get(key);
        if (open.length === 0) continue;
        if (last !== undefined && last.state !== "ended") {
          this.known.add(key);
          for (const id of open) queued.add(id);
        } else if (this.known.delete(key)) this.judge({ submission, index, last, missing: open.length }, open);
      }
    return queued;
  }

  private judge(task: EndedTask, open: readonly string[]): void {
    const losses = Math.max(...open.map((id) => this.losses.get(id) ?? 0));
    const sentence = endSentence(task);
    const again = isWorthAnother(task, losses);
    this.surroundings.say(again ? `${sentence}; submitted again` : sentence);
    const isFruitless = open.length === task.submission.tasks[task.index]!.length;
    for (const id of open) {
      this.losses.set(id, isFruitless ? losses + 1 : 0);
      if (again) continue;
      this.lost.set(id, sentence);
      this.cells.giveUp(id);
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
        if (!(error instanceof SlurmRefusal) || running.length === 0) throw error;
        // There may be a limit of jobs in the queue: what is in it makes room when it has ended.
        if (error.message !== this.refused) say(`${error.message}; asked again while other jobs of the grid go on`);
        this.refused = error.message;
        return;
      }
    }
  }

  /** Says where the queue stands, where that is news. */
  private tell(summary: string): void {
    if (summary !== this.told && summary !== "") this.surroundings.say(summary);
    this.told = summary;
  }

  private lostSentence(): string {
    const [first, ...others] = new Set(this.lost.values());
    const more = others.length > 0 ? `; and ${others.length} more like it` : "";
    const what = `${this.lost.size} of ${this.cells.count} cells have no rows: ${first}${more}`;
    return `${what}. \`iclab resume ${quoted(this.surroundings.out)}\` submits them again`;
  }
}

const keyOf = (name: string, index: number): string => `${name} ${index}`;
