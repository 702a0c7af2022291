import { weightDistance } from "../evaluation/effective-weights.js";
import type { Mixer, Weights } from "../types.js";
import type { Candidate } from "./candidate.js";
import { layerPattern } from "./layer-pattern.js";
import { preconditionerOf } from "./preconditioner-of.js";

/** How far weights are from those that would make a model an algorithm, up to gauge and the order of heads. */
export interface WeightDistance {
  readonly optimum: string;
  /** Relative to the size of the optimum's weights (one layer) or the model's (stacks, whose nearest constants are fitted). */
  readonly distance: number;
  /** The nearest constants, one a layer or head. */
  readonly constants?: Readonly<Record<string, readonly number[]>>;
}

/**
 * Distances of a model's weights from the predicted optima that its form can have:
 * - one layer of linear attention: from every candidate of the form y = x_q^T A m, with its fitted constant;
 * - a stack of linear attention: from layers of descent and of GD++ (`layerPattern`);
 * - softmax heads: from KQ_h = omega_h I and OV_h = mu_h on the label (He, Pan, Chen, Yang 2025, Section 3).
 *
 * @param candidates with their constants fitted, as `identify` has them
 */
export function weightDistances(mixer: Mixer, weights: Weights, candidates: readonly Candidate[]): WeightDistance[] {
  const isLinear = mixer.symmetries.includes("context-rotation");
  if (mixer.layers) return isLinear ? stackDistances(mixer.layers(weights)) : [];
  const products = mixer.products(weights);
  if (!isLinear) return headDistances(products);
  const features = products.KQ.shape[1] - 1;
  return candidates.flatMap(({ name, predict }) => {
    const A = preconditionerOf(predict, features);
    const isNothing = A?.every((row) => row.every((entry) => entry === 0)) ?? true;
    return A === null || isNothing ? [] : [{ optimum: name, distance: weightDistance(products, A) }];
  });
}

function stackDistances(layers: ReturnType<NonNullable<Mixer["layers"]>>): WeightDistance[] {
  const { descent, plusPlus, steps, curvatures } = layerPattern(layers);
  return [
    { optimum: "descent in every layer", distance: descent, constants: { steps } },
    { optimum: "GD++ in every layer", distance: plusPlus, constants: { steps, curvatures } },
  ];
}

/** Entries of KQ that meet the query's label, 0, are left out. */
function headDistances({ KQ, OV }: ReturnType<Mixer["products"]>): WeightDistance[] {
  const [heads, D] = OV.shape;
  const d = D - 1;
  const [omega, mu] = [new Array<number>(heads).fill(0), new Array<number>(heads).fill(0)];
  let [keys, values, alongKeys, alongValues] = [0, 0, 0, 0];
  for (let h = 0; h < heads; h++) {
    for (let a = 0; a < D; a++) {
      for (let b = 0; b < d; b++) {
        const entry = KQ.data[(h * D + a) * D + b]!;
        keys += entry ** 2;
        if (a === b) omega[h]! += entry / d;
      }
      values += OV.data[h * D + a]! ** 2;
    }
    mu[h] = OV.data[h * D + d]!;
    alongKeys += d * omega[h]! ** 2;
    alongValues += mu[h]! ** 2;
  }
  return [
    { optimum: "KQ = omega I", distance: Math.sqrt(Math.max(0, keys - alongKeys) / keys), constants: { omega } },
    {
      optimum: "OV = mu on the label",
      distance: Math.sqrt(Math.max(0, values - alongValues) / values),
      constants: { mu },
    },
  ];
}
