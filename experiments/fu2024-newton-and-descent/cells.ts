import { type LinearRegression, linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import { randomBasisLaw } from "../../src/laws/random-basis.js";
import { diagonal } from "../../src/math/matrix.js";
import stack from "../../src/mixers/stack.js";
import type { AnyRegression } from "../../src/theory/step-moments.js";
import type { Key, Law, Row, Scale, Schedule, Trial } from "../../src/types.js";

/** One setting of the algorithms (`errors`, `similarity`), or one trained stack of layers. */
export interface Cell extends Row {
  readonly part: "errors" | "similarity" | "stack";
  readonly inputs: "isotropic" | "ill-conditioned";
  readonly features: number;
  readonly context: number;
  /** Layers of a stack; 0 where nothing is trained. */
  readonly depth: number;
  readonly seed: number;
}

/** The paper's size, and the one of Ahn et al. 2023, at which deep stacks of linear attention are known to train. */
const [PUBLISHED, TRAINED] = [
  { features: 20, context: 40 },
  { features: 5, context: 20 },
];

/** Lengths of Figure 2, and the longest. */
const CONTEXTS = [5, 10, 15, 20, 22, 25, 30, 35, 40];

/** Seeds of a map are blocks of 64 sequences: five are the code's 320. */
const SEEDS = [0, 1, 2, 3, 4];
const DEPTHS = [1, 2, 3, 4];

/**
 * Smoke: errors at one length and ill-conditioned, one block of the map, two shallow stacks. Full: all. `published` is
 * `full`: what the paper trains is GPT-2 of 12 layers, which is no part of this laboratory.
 */
export function cells(scale: Scale): readonly Cell[] {
  const isSmoke = scale === "smoke";
  const untrained = { features: PUBLISHED.features, depth: 0, seed: 0 };
  const errors = (isSmoke ? [40] : CONTEXTS).map(
    (context): Cell => ({ part: "errors", inputs: "isotropic", ...untrained, context }),
  );
  const seeds = isSmoke ? [0] : SEEDS;
  return [
    ...errors,
    { part: "errors", inputs: "ill-conditioned", ...untrained, context: PUBLISHED.context },
    ...seeds.map((seed): Cell => ({ part: "similarity", inputs: "isotropic", ...PUBLISHED, depth: 0, seed })),
    ...(isSmoke ? [1, 2] : DEPTHS).flatMap((depth) =>
      seeds.map((seed): Cell => ({ part: "stack", inputs: "isotropic", ...TRAINED, depth, seed })),
    ),
  ];
}

/** Ill-conditioned: half of the eigenvalues are 100 times the others, with the trace d as in the published code. */
function spectrumOf({ inputs, features: d }: Inputs): number[] {
  const small = 2 / 101;
  return Array.from({ length: d }, (_, i) => (inputs === "isotropic" ? 1 : i < d / 2 ? 100 * small : small));
}

type Inputs = Pick<Cell, "inputs" | "features">;

/** Inputs of that spectrum in a random basis of every prompt's own, w ~ N(0, I), no noise. */
export const lawOf = (cell: Inputs): Law<AnyRegression> =>
  cell.inputs === "isotropic" ? fixedLawOf(cell) : randomBasisLaw(diagonal(spectrumOf(cell)));

/** The same in a fixed basis: equal for whatever turns with the inputs, as all iterations do. */
export const fixedLawOf = (cell: Inputs): Law<LinearRegression> =>
  linearRegressionLaw({ features: cell.features, covariance: diagonal(spectrumOf(cell)) });

/**
 * Layers of linear attention with a residual stream, each its own, all blocks of all weights free. Deep stacks are
 * polynomials of high degree, and rare prompts of large eigenvalues have huge gradients: they are clipped.
 * The deeper, the longer. From weights five times as large some stacks of two layers end at a saddle, and some of four
 * diverge.
 */
const scheduleOf = (depth: number): Schedule => ({
  steps: 2000 * depth,
  batch: 256,
  rate: 0.01,
  optimizer: { kind: "adam", betas: [0.9, 0.99], epsilon: 1e-8 },
  clip: 1,
  warmup: 100,
  decay: "cosine",
  lossFactor: 1,
});

export function trials(cell: Cell, key: Key): readonly Trial[] {
  const { part, features, context, depth } = cell;
  if (part !== "stack") return [];
  const mixer = stack.make(stack.options.parse({ depth, init: { scale: 0.02 } }), { features, context });
  const schedule = scheduleOf(depth);
  return [{ mixer, law: lawOf(cell), context, schedule, key, record: [schedule.steps] }];
}
