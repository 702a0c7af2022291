import { availableParallelism } from "node:os";
import type { Problem } from "./problem.js";

/** A point of `iclab bench scaling`: so many models of one problem at once on so many threads. */
export interface Point {
  readonly problem: Problem;
  readonly models: number;
  readonly threads: number;
}

/** One size varied, everything else as in `iclab bench cpu`. */
export interface Axis {
  readonly name: string;
  readonly sizes: readonly number[];
  /** Sizes beyond it are measured but not fitted. */
  readonly fittedTo?: number;
  at(size: number): Point;
}

/** The axes along which cost is measured for a problem. */
export function axesOf(problem: Problem): Axis[] {
  const threads = availableParallelism();
  const of = (change: Partial<Problem>) => ({ problem: { ...problem, ...change }, models: 1, threads });
  const gramAt = (context: number) => of({ context, drawing: { prompts: "gram" } });
  return [
    { name: "batch", sizes: [128, 512, 2048, 8192, 32768], at: (batch) => of({ batch }) },
    { name: "context n", sizes: [5, 10, 20, 40, 80, 160, 320], at: (context) => of({ context }) },
    // Softmax attention reads more of the pairs than their Gram matrix.
    ...(problem.attention === "linear"
      ? [{ name: "context n, prompts: gram", sizes: [20, 100, 1000, 10_000], at: gramAt }]
      : []),
    { name: "features d", sizes: [2, 5, 10, 20, 32, 64], at: (features) => of({ features }) },
    { name: "features d, n = 2 d", sizes: [5, 10, 20, 32, 64], at: (d) => of({ features: d, context: 2 * d }) },
    { name: "heads", sizes: [1, 2, 4, 8], at: (heads) => of({ heads }) },
    { name: "models at once", sizes: [1, 2, 4, 8, 16, 32], at: (models) => ({ ...of({}), models }) },
    {
      name: "threads",
      sizes: threadCounts(threads),
      fittedTo: threads,
      at: (count) => ({ ...of({}), threads: count }),
    },
  ];
}

/** 1, 2, 4, ... all cores, and half as many again: a crew larger than the machine must not collapse. */
function threadCounts(cores: number): number[] {
  const powers = [];
  for (let count = 1; count < cores; count *= 2) powers.push(count);
  return [...powers, cores, Math.ceil(cores * 1.5)];
}
