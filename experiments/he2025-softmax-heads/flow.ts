import { slowManifold } from "../../src/theory/slow-manifold.js";
import { softmaxFlow } from "../../src/theory/softmax-flow.js";
import type { Measurement } from "../../src/types.js";
import { type Cell, lawOf } from "./cells.js";
import { blankRow } from "./measure.js";

/** Two heads of sizes that differ, so that the flow has something to make equal. */
const STARTS = {
  opposite: { omega: [0.1, -0.05], mu: [0.05, -0.1] },
  same: { omega: [0.1, 0.05], mu: [0.05, 0.1] },
} as const;

/** Five times a decade up to 10^4: the flow is stiff, and later times cost a step each. */
const TIMES = [0, ...Array.from({ length: 26 }, (_, i) => 0.1 * 10 ** (i / 5))];

/**
 * Gradient flow of the approximate loss of two heads, a row a head and time, beside the slow manifold of opposite heads:
 * omega (2 H a d^2 t)^(1/6) tends to 1 there.
 */
export function flowRows(cell: Cell): Measurement[] {
  const { population } = lawOf(cell);
  const { context, heads } = cell;
  const start = STARTS[cell.start as keyof typeof STARTS];
  const states = softmaxFlow.value(population, { context, ...start, times: TIMES });
  return states.flatMap(({ omega, mu, loss }, i) => {
    const time = TIMES[i]!;
    const slow = time > 0 ? slowManifold.value(population, { context, heads, time }) : null;
    const common = {
      ...{ time, loss, slowOmega: slow, sumMu: mu[0]! + mu[1]!, sumOmegaMu: omega[0]! * mu[0]! + omega[1]! * mu[1]! },
      ...({ kind: "theory", exact: true, seed: null } as const),
    };
    return omega.map((entry, h) => ({
      ...{
        ...blankRow(cell, "flow", `head-${h + 1}`),
        ...common,
        omega: entry,
        mu: mu[h]!,
        risk: loss,
        excess: loss - 0.1,
      },
    }));
  });
}
