import { cancelGrid } from "../slurm/cancel-grid.js";
import { storedSubmissions } from "../slurm/submission.js";
import { UsageError } from "./failure.js";

/** `iclab cancel`: ends the jobs of a folder; what they finished stays. */
export async function cancel(folder: string): Promise<void> {
  if (storedSubmissions(folder).length === 0)
    throw new UsageError(`${folder} holds no grid that was run with --on slurm`);
  const jobs = await cancelGrid(folder);
  const what =
    jobs.length === 0 ? "no job of it is in the queue" : `cancelled ${jobs.map((job) => `job ${job}`).join(", ")}`;
  process.stdout.write(`${folder}: ${what}\n`);
}
