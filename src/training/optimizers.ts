import type { Optimizer } from "../types.js";

/** What an optimiser remembers between updates: decayed means of the gradient and of its square, one entry a weight. */
export interface Memory {
  readonly updates: number;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** The memory before the first update of `size` weights. */
export const noMemory = (size: number): Memory => ({
  updates: 0,
  first: new Float64Array(size),
  second: new Float64Array(size),
});

/**
 * One update of all weights w by the gradient g at learning rate r; t counts updates from 1. Pure: new arrays.
 *
 *   sgd    m <- momentum m + g,                                   w <- w - r m
 *   adam   m <- b1 m + (1 - b1) g,  v <- b2 v + (1 - b2) g^2,     w <- w - r M / (sqrt(V) + epsilon)
 *          M = m / (1 - b1^t),      V = v / (1 - b2^t)
 *   adamw  as adam, and w is first shrunk by r weightDecay w
 *
 * Epsilon stands outside the root, is added after bias correction, and has no default. Sources: Kingma, Ba 2015,
 * Algorithm 1; Loshchilov, Hutter 2019, Algorithm 2, with the rate multiplying the decay as PyTorch and optax have it.
 */
export function update(
  optimizer: Optimizer,
  weights: Float64Array,
  gradient: Float64Array,
  memory: Memory,
  rate: number,
): { readonly weights: Float64Array; readonly memory: Memory } {
  const updates = memory.updates + 1;
  const size = weights.length;
  const [first, second, moved] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  if (optimizer.kind === "sgd") {
    for (let i = 0; i < size; i++) {
      first[i] = optimizer.momentum * memory.first[i]! + gradient[i]!;
      moved[i] = weights[i]! - rate * first[i]!;
    }
    return { weights: moved, memory: { updates, first, second } };
  }
  const [b1, b2] = optimizer.betas;
  const [firstShare, secondShare] = [1 - b1 ** updates, 1 - b2 ** updates];
  const shrink = optimizer.kind === "adamw" ? 1 - rate * optimizer.weightDecay : 1;
  for (let i = 0; i < size; i++) {
    const g = gradient[i]!;
    first[i] = b1 * memory.first[i]! + (1 - b1) * g;
    second[i] = b2 * memory.second[i]! + (1 - b2) * g ** 2;
    const step = (rate * (first[i]! / firstShare)) / (Math.sqrt(second[i]! / secondShare) + optimizer.epsilon);
    moved[i] = shrink * weights[i]! - step;
  }
  return { weights: moved, memory: { updates, first, second } };
}
