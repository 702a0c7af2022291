import { queuedTasks } from "./commands.js";
import type { QueuedTask } from "./queue.js";
import { SlurmError } from "./slurm-error.js";
import { logOf, type StoredSubmission, storedSubmissions } from "./submission.js";

/** A task that the queue knows, with what it was given. */
export interface StandingTask extends QueuedTask {
  /** Each as `experiment/cell`. */
  readonly cells: readonly string[];
  readonly log: string;
}

/** What Slurm says of a run's folder, or why it cannot be asked. */
export interface GridStanding {
  readonly tasks: readonly StandingTask[];
  readonly why?: string;
  /** The log of the latest task that had a cell, by `experiment/cell`. */
  readonly logs: ReadonlyMap<string, string>;
}

/** Where a folder's job arrays stand; null where it never had one. A folder may be looked at where there is no Slurm. */
export async function gridStanding(out: string): Promise<GridStanding | null> {
  const submissions = storedSubmissions(out);
  if (submissions.length === 0) return null;
  const logs = new Map(submissions.flatMap(logsOf));
  try {
    const byName = new Map(submissions.map((submission) => [submission.name, submission]));
    const queued = await queuedTasks(new Set(byName.keys()));
    const tasks = queued.map((task) => {
      const { folder, tasks } = byName.get(task.name)!;
      return { ...task, cells: tasks[task.index] ?? [], log: logOf(folder, task.index) };
    });
    return { tasks, logs };
  } catch (error) {
    if (!(error instanceof SlurmError)) throw error;
    return { tasks: [], why: error.message, logs };
  }
}

function logsOf({ folder, tasks }: StoredSubmission): [string, string][] {
  return tasks.flatMap((cells, index) => cells.map((id): [string, string] => [id, logOf(folder, index)]));
}
