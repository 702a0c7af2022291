import { type VectorAutoregression, vectorAutoregressiveLaw } from "../../src/laws/vector-autoregressive.js";
import { foldIn } from "../../src/math/keys.js";
import invertedAttention from "../../src/mixers/inverted-attention.js";
import type { Key, Law, Row, Rows, Scale, Schedule, Trial } from "../../src/types.js";

/** One trained layer of inverted attention on the series of one matrix. */
export interface Cell extends Row {
  /** How the other variates act on the first. */
  readonly coupling: "single" | "alike" | "ring" | "opposed";
  /** By how much. */
  readonly strength: number;
  readonly variates: number;
  readonly seed: number;
}

/**
 * A in x_t = A x_(t-1) + e_t by what the others do: there are none; both act by c; one of two acts by c; they act by c and
 * -c.
 */
const MATRICES: Readonly<Record<Cell["coupling"], (c: number) => Rows>> = {
  single: () => [[0.6]],
  alike: (c) => circulant(0.1, c, c),
  ring: (c) => circulant(0.4, c, 0),
  opposed: (c) => circulant(0.4, c, -c),
};
const KINDS = ["alike", "ring", "opposed"] as const;
export const [STRONGEST, STRENGTHS] = [0.4, [0, 0.1, 0.2, 0.3, 0.4]];

function circulant(own: number, next: number, last: number): Rows {
  return [
    [own, next, last],
    [last, own, next],
    [next, last, own],
  ];
}

/** Values a variate's token has. */
export const WINDOW = 3;
/** Pairs are not read; one is drawn, as a prompt without any is predicted 0. */
export const CONTEXT = 1;

/** Smoke: one series, and three at the ends of two couplings, one seed. Full and published: all in three seeds. */
export function cells(scale: Scale): readonly Cell[] {
  const smoke = scale === "smoke";
  const [kinds, strengths] = smoke ? [["alike", "opposed"] as const, [0, STRONGEST]] : [KINDS, STRENGTHS];
  const seeded = (cell: Omit<Cell, "seed">) =>
    Array.from({ length: smoke ? 1 : 3 }, (_, seed) => ({ ...cell, seed }) as Cell);
  return [
    ...seeded({ coupling: "single", strength: 0, variates: 1 }),
    ...kinds.flatMap((coupling) => strengths.flatMap((strength) => seeded({ coupling, strength, variates: 3 }))),
  ];
}

export function lawOf({ coupling, strength }: Pick<Cell, "coupling" | "strength">): Law<VectorAutoregression> {
  return vectorAutoregressiveLaw({ matrix: MATRICES[coupling](strength), window: WINDOW });
}

/** Adam with a cosine to zero: the paper trains by Adam on data sets; here layers are to end at their optimum. */
const schedule: Schedule = {
  steps: 3000,
  batch: 512,
  rate: 0.02,
  optimizer: { kind: "adam", betas: [0.9, 0.99], epsilon: 1e-8 },
  clip: 1,
  warmup: 0,
  decay: "cosine",
  lossFactor: 1,
};

export function trials(cell: Cell, key: Key): readonly Trial[] {
  const law = lawOf(cell);
  const options = { variates: cell.variates, init: { scale: 0.3 } };
  const mixer = invertedAttention.make(invertedAttention.options.parse(options), {
    features: law.features,
    context: CONTEXT,
  });
  const own = foldIn(key, "training");
  return [{ mixer, law, context: CONTEXT, schedule, key: own, record: [schedule.steps] }];
}
