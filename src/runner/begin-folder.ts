import type { Job } from "./cell-plan.js";
import type { Provenance } from "./provenance.js";
import type { Store } from "./store.js";

/** A run of a folder as it begins. */
export interface Beginning {
  readonly job: Pick<Job, "id">;
  /** The names of all its cells. */
  readonly cells: readonly string[];
  /** Where those come from that are there already. */
  readonly kept: readonly Provenance[];
  readonly code: Pick<Provenance, "version" | "commit">;
  readonly store: Store;
  say(sentence: string): void;
}

/** Keeps what a run sets out to do, and says what is in its folder already. @throws DiskError */
export function beginFolder({ job, cells, kept, code, store, say }: Beginning): void {
  const own = new Set(cells);
  const others = store.names().filter((name) => !own.has(name)).length;
  if (kept.length > 0) say(`${kept.length} of ${cells.length} cells are there already, --fresh computes them again`);
  const older = kept.filter((cell) => !isOf(cell, code)).length;
  if (older > 0) say(`${older} of them ${older === 1 ? "was" : "were"} computed by another state of iclab's code`);
  if (others > 0)
    say(
      `${store.folder} also holds ${others} ${others === 1 ? "cell" : "cells"} of other settings or seeds, which stay there`,
    );
  store.plan({ experiment: job.id, cells });
}

/** The same version, and in a clone the same commit, without changes to it. */
function isOf(cell: Pick<Provenance, "version" | "commit">, code: Pick<Provenance, "version" | "commit">): boolean {
  return cell.version === code.version && cell.commit === code.commit && !(cell.commit ?? "").endsWith("+");
}
