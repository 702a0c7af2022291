import type { Decay, Schedule } from "../types.js";

/**
 * Learning rate of update `step` = 1 .. steps. With u = step - 1 updates made before it:
 *   warm-up, u < warmup:   rate (u + 1) / warmup
 *   after it, by progress p = (u - warmup) / (steps - warmup) in [0, 1):
 *     constant  rate           cosine  rate (1 + cos(pi p)) / 2           linear  rate (1 - p)
 *     halveEvery k  rate 2^-floor(u / k), counted from the first update
 * so that cosine and linear would reach 0 with the update after the last.
 */
export function rateAt({ rate, warmup, decay, steps }: Schedule, step: number): number {
  const made = step - 1;
  if (made < warmup) return (rate * (made + 1)) / warmup;
  return rate * share(decay, made, (made - warmup) / (steps - warmup));
}

function share(decay: Decay, made: number, progress: number): number {
  if (typeof decay === "object") return 2 ** -Math.floor(made / decay.halveEvery);
  if (decay === "cosine") return (1 + Math.cos(Math.PI * progress)) / 2;
  return decay === "linear" ? 1 - progress : 1;
}
