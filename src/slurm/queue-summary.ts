import type { QueuedTask } from "./queue.js";

/** Where the tasks of a grid stand, job by job, a sentence each: which run on which nodes, which wait and for what. */
export function queueSummary(tasks: readonly QueuedTask[]): string[] {
  const jobs = [...new Set(tasks.map(({ job }) => job))].sort((a, b) => a - b);
  return jobs.flatMap((job) => {
    const own = tasks.filter((task) => task.job === job);
    const running = own.filter(({ state }) => state === "running");
    const waiting = own.filter(({ state }) => state === "waiting");
    if (running.length + waiting.length === 0) return [];
    const again = own.filter(({ restarts, state }) => restarts > 0 && state !== "ended").length;
    const parts = [
      ...(running.length > 0 ? [`${running.length} running on ${listed(running.map(({ node }) => node))}`] : []),
      ...(waiting.length > 0 ? [`${waiting.length} waiting${reasons(waiting)}`] : []),
      ...(again > 0 ? [`${again} begun again`] : []),
    ];
    return [`job ${job}: ${parts.join(", ")}`];
  });
}

function reasons(waiting: readonly QueuedTask[]): string {
  const known = listed(waiting.map(({ reason }) => reason));
  return known === "" ? "" : ` (${known})`;
}

function listed(words: readonly string[]): string {
  return [...new Set(words.filter((word) => word !== ""))].sort().join(", ");
}
