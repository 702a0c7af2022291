import { cellsOf } from "../../src/claims/cell.js";
import { crossingTime } from "../../src/evaluation/crossing-time.js";
import type { Row } from "../../src/types.js";
import type { Result } from "./measure.js";

/** What sets one trained layer apart from another. */
const LAYER = ["inputs", "heads", "start", "context", "steps", "testContext", "seed"];

/**
 * When each trained layer left its plateau: a row of `part` `plateau` a layer, from its heads' rows along training, with
 * `leaves`, the step at which sum_h omega_h mu_h first has half of its value at the end, straight between recorded steps
 * (four a decade), or null where a layer never had.
 */
export function plateauRows(rows: readonly Result[]): Result[] {
  const layers = cellsOf(
    rows.filter(({ part }) => part === "head"),
    LAYER,
  );
  return layers.map(({ columns, rows: heads }) => {
    const steps = [...new Set(heads.map(({ step }) => step as number))].sort((a, b) => a - b);
    const products = steps.map((at) => sumOfProducts(heads.filter(({ step }) => step === at)));
    const end = products.at(-1)!;
    const missing = products.map((product) => 1 - product / end);
    const row: Row = {
      ...{ ...columns, part: "plateau", name: "softmax", kind: "model", exact: false },
      ...{ risk: null, status: "ok", standardError: null, prompts: null, excess: null },
      leaves: crossingTime(steps, missing, 1 / 2),
    };
    return row as Result;
  });
}

function sumOfProducts(heads: readonly Row[]): number {
  return heads.reduce((total, { omega, mu }) => total + (omega as number) * (mu as number), 0);
}
