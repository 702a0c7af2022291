import { identity, scaled } from "../../src/math/matrix.js";
import { nd } from "../../src/math/nd.js";
import { descentWeights } from "../../src/mixers/descent-weights.js";
import { bestLayers, type Freedom } from "../../src/predictors/best-layers.js";
import { optimalStep } from "../../src/theory/optimal-step.js";
import type { Mixer, Nd, Row, Weights } from "../../src/types.js";
import { codeLaw, FEATURES } from "./laws.js";
import type { StackCell } from "./more-cells.js";

/** Step sizes a_l on the mean over pairs, and curvatures b_l of x <- (I - b_l X^T X / n) x; eta and gamma = b / n in the paper. */
interface Constants {
  readonly steps: readonly number[];
  readonly curvatures: readonly number[];
}

/** The algorithm of least loss that the stack can be: GD++ where it may move the inputs, else gradient descent. */
export function bestConstants({ form, depth: layers, tied, context }: Freely): Constants {
  const { population } = codeLaw;
  if (layers === 1) return { steps: [optimalStep.value(population, { context })], curvatures: [0] };
  const freedom: Freedom = { layers, tied, curved: form !== "steps" };
  return bestLayers(population, context, freedom);
}

type Freely = Pick<StackCell, "form" | "depth" | "tied" | "context">;

/** Weights by which a stack that sums over pairs makes these steps (Proposition 1, Appendix A.10), of looped layers one. */
export function constructedWeights(cell: Freely): Weights {
  const { steps, curvatures } = bestConstants(cell);
  const stored = cell.tied ? 1 : cell.depth;
  const one = identity(FEATURES);
  const layers = steps.slice(0, stored).map((step, l) => {
    const inputs = scaled(one, curvatures[l]! / step);
    return { step: scaled(one, step), inputs };
  });
  const { KQ, PV } = descentWeights(layers);
  return { KQ: times(KQ, 1 / cell.context), PV };
}

/** Weights for a stack that divides sums by the prompt's length, of those for one that does not, at the training length. */
export function ofMeans({ KQ, PV }: Weights, context: number): Weights {
  return { KQ: times(KQ!, context), PV: PV! };
}

const times = (array: Nd, factor: number): Nd =>
  nd(
    array.axes,
    array.shape,
    Float64Array.from(array.data, (value) => factor * value),
  );

/** The constants that trained layers have come to, layer by layer: means over features of the products that make them. */
export function trainedConstants(mixer: Mixer, weights: Weights, context: number): Constants {
  const { KQ, PV } = mixer.layers!(weights);
  const D = FEATURES + 1;
  const depth = KQ.shape[0];
  const diagonal = (data: ArrayLike<number>, l: number) =>
    Array.from({ length: FEATURES }, (_, i) => data[(l * D + i) * D + i]!).reduce((a, b) => a + b, 0) / FEATURES;
  const layers = Array.from({ length: depth }, (_, l) => l);
  return {
    steps: layers.map((l) => -context * diagonal(KQ.data, l) * PV.data[(l + 1) * D * D - 1]!),
    curvatures: layers.map((l) => -context * diagonal(KQ.data, l) * diagonal(PV.data, l)),
  };
}

/** eta and gamma of looped layers, as columns. */
export function loopedColumns({ steps, curvatures }: Constants, context: number): Row {
  return { eta: steps[0]!, gamma: curvatures[0]! / context };
}
