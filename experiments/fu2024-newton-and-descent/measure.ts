import type { Env, Measurement, Run } from "../../src/types.js";
import type { Cell } from "./cells.js";
import { errorRows } from "./errors.js";
import { similarityRows } from "./similarity.js";
import { stackRows } from "./stack-map.js";

export type Result = Measurement;

/** Rows of each part are those of `errors.ts`, `similarity.ts` and `stack-map.ts`. */
export async function measureRuns(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly Result[]> {
  return {
    errors: () => errorRows(cell, env),
    similarity: () => similarityRows(cell, env),
    stack: () => stackRows(cell, runs[0]!, env),
  }[cell.part]();
}
