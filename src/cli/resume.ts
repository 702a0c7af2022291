import { join } from "node:path";
import { rescheduled } from "../slurm/request.js";
import { storedSubmissions } from "../slurm/submission.js";
import { UsageError } from "./failure.js";
import { reproduce } from "./reproduce.js";
import { run } from "./run.js";
import { type SlurmChoices, schedulingOf } from "./slurm-options.js";

/** What `iclab resume` is told: what is said of Slurm counts for more than what was said before. */
export interface ResumeOptions extends SlurmChoices {
  readonly retry?: boolean;
  readonly json?: boolean;
}

/** `iclab resume`: goes on with a grid on Slurm from its folder alone, and ends as the command did that began it. */
export async function resume(folder: string, options: ResumeOptions): Promise<void> {
  const latest = storedSubmissions(folder).at(-1);
  if (latest === undefined)
    throw new UsageError(
      `${folder} holds no grid that was run with --on slurm; any other run goes on with its own command`,
    );
  const { of, seed, backend, scheduling } = latest.request;
  const { chunk, maxRunning, sbatch, before } = rescheduled(scheduling, schedulingOf(options));
  const { every, cancelOnInterrupt, retry, json } = options;
  const common = {
    ...({ on: "slurm", out: folder, seed, backend, sbatch, before } as const),
    ...{ chunk, maxRunning, every, cancelOnInterrupt, retry, json },
  };
  const given = Object.fromEntries(Object.entries(common).filter(([, value]) => value !== undefined)) as typeof common;
  if ("paper" in of) await reproduce(of.paper, { ...given, scale: of.scale } as Parameters<typeof reproduce>[1]);
  else await run(join(latest.folder, "study.yaml"), given as Parameters<typeof run>[1]);
}
