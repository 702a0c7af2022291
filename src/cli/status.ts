import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type CellState, cellStates, type State } from "../runner/cell-states.js";
import { Presence } from "../runner/presence.js";
import { Store } from "../runner/store.js";
import { type GridStanding, gridStanding, type StandingTask } from "../slurm/grid-standing.js";
import { queueSummary } from "../slurm/queue-summary.js";
import { UsageError } from "./failure.js";
import { experimentsIn } from "./stored-rows.js";

const STATES: readonly State[] = ["done", "diverged", "running", "failed", "pending"];

/** Seconds between two looks of `--watch`. */
const PERIOD = 2;

/**
 * `iclab status`: where every cell of a folder stands, from what lies in it and, where it was given to Slurm, from the
 * queue; `--watch` looks again until no run is at work and no task waits.
 */
export async function status(
  folder: string,
  { watch, json }: { readonly watch?: boolean; readonly json?: boolean },
): Promise<void> {
  for (let before = ""; ; await pause(1000 * PERIOD)) {
    const grid = await gridStanding(folder);
    const all = standings(folder, grid);
    const jobs = grid?.tasks.map(({ name: _, ...task }) => task);
    const document = grid ? { experiments: all, jobs, ...(grid.why !== undefined && { why: grid.why }) } : all;
    const text = json ? `${JSON.stringify(document, null, 2)}\n` : [...all.map(asText), ...gridText(grid)].join("");
    if (text !== before) process.stdout.write(watch && process.stdout.isTTY ? `\x1b[H\x1b[J${text}` : text);
    before = text;
    const isQueued = grid?.tasks.some(({ state }) => state !== "ended") ?? false;
    if (!watch || (!isQueued && all.every(({ runners }) => runners === 0))) return;
  }
}

/** A cell, and what Slurm adds to it. */
interface Cell extends CellState {
  /** The task that has it: the job's number and the index. */
  readonly task?: string;
  readonly log?: string;
}

interface Standing {
  readonly experiment: string;
  readonly counts: Readonly<Record<State, number>>;
  readonly runners: number;
  readonly cells: readonly Cell[];
}

function standings(folder: string, grid: GridStanding | null): Standing[] {
  const queued = new Map<string, StandingTask>();
  for (const task of grid?.tasks ?? []) if (task.state !== "ended") for (const id of task.cells) queued.set(id, task);
  const names = experimentsIn(folder);
  if (names.length === 0)
    throw new UsageError(`${folder} holds no run; \`iclab run\` and \`iclab reproduce\` make one there`);
  return names.map((experiment) => {
    const store = new Store(join(folder, "rows", experiment));
    const cells = cellStates(store).map((cell): Cell => {
      const id = `${experiment}/${cell.cell}`;
      const task = cell.state === "running" || cell.state === "pending" ? queued.get(id) : undefined;
      const log = cell.state === "failed" ? grid?.logs.get(id) : undefined;
      return { ...cell, ...(task && { task: `${task.job}_${task.index}` }), ...(log !== undefined && { log }) };
    });
    const count = (wanted: State) => cells.filter(({ state }) => state === wanted).length;
    const counts = Object.fromEntries(STATES.map((state) => [state, count(state)])) as Record<State, number>;
    return { experiment, counts, runners: new Presence(store.marks()).others().length, cells };
  });
}

function asText({ experiment, counts, cells, runners }: Standing): string {
  const told = STATES.map((state) => `${counts[state]} ${state}`).join(", ");
  const at = runners === 0 ? "no run is at work" : `${runners} ${runners === 1 ? "run is" : "runs are"} at work`;
  const lines = cells.flatMap(({ cell, state, runner, message, task, log }) => {
    const job = task === undefined ? "" : `, job ${task}`;
    if (runner) return [`  running   ${cell} (process ${runner.pid} on ${runner.host}${job})`];
    if (message !== undefined) return [`  failed    ${cell}: ${message}${log === undefined ? "" : ` (${log})`}`];
    return state === "diverged" ? [`  diverged  ${cell}`] : [];
  });
  return `${[`${experiment}: ${cells.length} cells, ${told}; ${at}`, ...lines].join("\n")}\n`;
}

function gridText(grid: GridStanding | null): string[] {
  if (grid === null) return [];
  if (grid.why !== undefined) return [`slurm: ${grid.why}\n`];
  const jobs = queueSummary(grid.tasks);
  return jobs.length > 0 ? jobs.map((sentence) => `slurm: ${sentence}\n`) : ["slurm: no job is in the queue\n"];
}
