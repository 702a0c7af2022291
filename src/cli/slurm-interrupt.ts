import type { Progress } from "../runner/progress.js";
import { quoted } from "../runner/rerun.js";
import { cancelGrid } from "../slurm/cancel-grid.js";

/**
 * Ctrl-C ends the watching and not the jobs, unless that was asked for. Status 130 for SIGINT, 143 for SIGTERM.
 *
 * @param cancels whether the jobs are cancelled too
 */
export function sayOnSlurmInterrupt(out: string, progress: Pick<Progress, "stop">, cancels: boolean): void {
  const stop = (status: number) => async () => {
    progress.stop();
    const again = `\`npx iclab resume ${quoted(out)}\` goes on`;
    if (cancels) {
      const jobs = await cancelGrid(out).catch((error: Error) => error);
      const told = jobs instanceof Error ? jobs.message : `cancelled: ${jobs.map((job) => `job ${job}`).join(", ")}`;
      process.stderr.write(`\n${told}; finished cells are kept, ${again}\n`);
    } else process.stderr.write(`\nthe jobs go on; ${again}, \`npx iclab cancel ${quoted(out)}\` ends them\n`);
    process.exit(status);
  };
  // A study that looks several times asks for this each time.
  for (const [signal, status] of [["SIGINT", 130] as const, ["SIGTERM", 143] as const])
    process.removeAllListeners(signal).once(signal, stop(status));
}
