import { cancel, queuedTasks } from "./commands.js";
import { storedSubmissions } from "./submission.js";

/** Cancels what a run's folder has in the queue. @returns the numbers of the jobs @throws SlurmError */
export async function cancelGrid(out: string): Promise<number[]> {
  const tasks = await queuedTasks(new Set(storedSubmissions(out).map(({ name }) => name)));
  const live = tasks.filter(({ state }) => state !== "ended");
  const jobs = [...new Set(live.map(({ job }) => job))].sort((a, b) => a - b);
  await cancel(jobs);
  return jobs;
}
