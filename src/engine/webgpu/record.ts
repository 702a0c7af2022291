import type { Optimizer } from "../../types.js";

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
  /** 0 for an optimiser that does not divide by the root of the second moment. */
  adapts: 6,
  /** float32 from here on: lossFactor / batch, the rate, the largest norm of the gradient (0: any). */
  scale: 7,
  rate: 8,
  clip: 9,
  /** The optimiser's constants: momentum, or beta1, 1 - beta1, beta2, 1 - beta2, epsilon, weight decay. */
  first: 10,
  firstRest: 11,
  second: 12,
  secondRest: 13,
  epsilon: 14,
  decay: 15,
  tables: 16,
} as const;

/** The optimiser's constants as six numbers in the order of `Word.first` .. `Word.decay`. */
export function constantsOf(optimizer: Optimizer): readonly number[] {
  if (optimizer.kind === "sgd") return [optimizer.momentum, 1, 0, 0, 0, 0];
  const [b1, b2] = optimizer.betas;
  const decay = optimizer.kind === "adamw" ? optimizer.weightDecay : 0;
  return [b1, 1 - b1, b2, 1 - b2, optimizer.epsilon, decay];
}
