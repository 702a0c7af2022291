import type { Job } from "./cell-plan.js";
import type { Provenance } from "./provenance.js";
import type { Store } from "./store.js";

/** A run of a folder as it begins. */
export interface Beginning {
  readonly job: Pick<Job, "id">;
  /** The names of all its cells. */
  readonly cells: readonly string[];
  /** How many of them are there already, and how many of those were computed by other code. */
  readonly kept: number;
  readonly older: number;
  readonly store: Store;
  say(sentence: string): void;
}

/** Keeps what a run sets out to do, and says what is in its folder already. @throws DiskError */
export function beginFolder({ job, cells, kept, older, store, say }: Beginning): void {
  const own = new Set(cells);
  const others = store.names().filter((name) => !own.has(name)).length;
  if (kept > 0) say(`${kept} of ${cells.length} cells are there already, --fresh computes them again`);
  if (older > 0) say(`${older} of them ${older === 1 ? "was" : "were"} computed by another state of iclab's code`);
  if (others > 0)
    say(
      `${store.folder} also holds ${others} ${others === 1 ? "cell" : "cells"} of other settings or seeds, which stay there`,
    );
  store.plan({ experiment: job.id, cells });
}

/** What code there is: a version, and in a clone the commit, with a `+` where files differ from it. */
type Code = Pick<Provenance, "version" | "commit">;

/** Whether rows may have been computed by other code: of changed files nobody can tell. */
export function isByOtherCode({ version, commit }: Code, now: Code): boolean {
  return version !== now.version || commit !== now.commit || (commit ?? "").endsWith("+");
}
