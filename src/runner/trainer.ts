import type { OpenBackend, Train } from "../types.js";

/** What trains on an open backend. Loaded late: commands that train nothing do not pay for it. */
export async function trainerOf(_: OpenBackend): Promise<Train> {
  return (await import("../training/train.js")).train;
}
