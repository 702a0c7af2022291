import type { Progress } from "../runner/progress.js";
import { quoted } from "../runner/rerun.js";

/**
 * Ctrl-C (or a scheduler's SIGTERM) ends the run at once: finished cells are whole files on the disk already, so there
 * is nothing to save, only to say. Status 130 for SIGINT, 143 for SIGTERM.
 *
 * @param progress is stopped first: a bar hides the terminal's cursor
 */
export function sayOnInterrupt(folder: string, progress: Pick<Progress, "stop">): void {
  const stop = (signal: "SIGINT" | "SIGTERM") => () => {
    progress.stop();
    process.stderr.write(
      `\nstopped: the finished cells are kept in ${folder}; see them with \`npx iclab report ${quoted(folder)}\`, ` +
        "the same command goes on\n",
    );
    process.exit(signal === "SIGINT" ? 130 : 143);
  };
  process.once("SIGINT", stop("SIGINT"));
  process.once("SIGTERM", stop("SIGTERM"));
}
