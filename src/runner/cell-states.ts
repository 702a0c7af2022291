import { Presence, type Runner } from "./presence.js";
import { Reservations } from "./reservations.js";
import type { Store } from "./store.js";

export type State = "pending" | "running" | "done" | "failed" | "diverged";

/** Where a cell stands. It is derived from what lies in the folder: no file says it, so that no kill leaves it wrong. */
export interface CellState {
  readonly cell: string;
  readonly state: State;
  /** Who computes it, where it is running. */
  readonly runner?: Runner;
  /** Why, where it failed. */
  readonly message?: string;
}

/**
 * The cells that the latest run of a folder set out to compute (all that have rows, where no run said so): `done` has rows,
 * `diverged` has rows of which some say so, `running` is reserved by a runner that lives, `failed` keeps its message, and
 * what is none of these is `pending`.
 */
export function cellStates(store: Store): CellState[] {
  const wanted = store.planned()?.cells ?? store.names();
  const reservations = new Reservations(new Presence(store.marks()));
  return wanted.map((cell) => {
    const finished = store.finished(cell);
    if (finished) return { cell, state: finished.isDiverged ? "diverged" : "done" };
    const runner = reservations.holder(cell);
    if (runner !== null) return { cell, state: "running", runner };
    const message = store.failure(cell);
    return message === undefined ? { cell, state: "pending" } : { cell, state: "failed", message };
  });
}
