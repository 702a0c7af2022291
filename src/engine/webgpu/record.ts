import type { Optimizer, Schedule } from "../../types.js";

/**
 * What a kernel reads of each trial beside its numbers: words of 32 bits, of which some are the bits of a float32. They
 * are followed by the place of each table among the launch's numbers.
 */
export const Word = {
  keyHigh: 0,
  keyLow: 1,
  /** The trial's last step: 0 holds it still. */
  last: 2,
  batch: 3,
  /** Its row in the table of paces, and the place of its settings among the launch's numbers. */
  pace: 4,
  settings: 5,
  /** float32 from here on: lossFactor / batch, the rate, the largest norm of the gradient. */
  scale: 6,
  rate: 7,
  clip: 8,
  /** The optimiser's constants: momentum, or beta1, 1 - beta1, beta2, 1 - beta2, epsilon, weight decay. */
  first: 9,
  firstRest: 10,
  second: 11,
  secondRest: 12,
  epsilon: 13,
  decay: 14,
  tables: 15,
} as const;

/** The optimiser's constants as six numbers in the order of `Word.first` .. `Word.decay`. */
export function constantsOf(optimizer: Optimizer): readonly number[] {
  if (optimizer.kind === "sgd") return [optimizer.momentum, 1, 0, 0, 0, 0];
  const [b1, b2] = optimizer.betas;
  const decay = optimizer.kind === "adamw" ? optimizer.weightDecay : 0;
  return [b1, 1 - b1, b2, 1 - b2, optimizer.epsilon, decay];
}

/** What of a schedule a kernel's text depends on; all else it reads. */
export function textOf({ optimizer, clip }: Schedule): { readonly rule: Optimizer["kind"]; readonly clips: boolean } {
  return { rule: optimizer.kind, clips: clip !== null };
}
