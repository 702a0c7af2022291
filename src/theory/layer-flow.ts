import type { LinearRegression } from "../laws/gaussian-linear.js";
import { type Accuracy, solveOde } from "../math/ode.js";
import type { ClosedForm, Lengths, Nd, Weights } from "../types.js";
import { layerGradient } from "./layer-gradient.js";
import { layerApplies, layerRisk } from "./layer-risk.js";
import type { LayerWeights } from "./layer-weights.js";

/** Where a layer starts and when it is looked at: times ascend from 0. */
export interface AtLayerFlow<W extends Weights> {
  readonly start: W;
  readonly context: Lengths;
  readonly times: readonly number[];
  /** The loss is this factor times the mean squared error: 1/2 where left out, as in the papers on flows. */
  readonly lossFactor?: number;
  readonly accuracy?: Accuracy;
}

/** The weights at one time, and their exact risk on noisy query labels. */
export interface LayerState<W extends Weights> {
  readonly weights: W;
  readonly risk: number;
}

/**
 * Gradient flow of *all* weights of a layer of linear attention on the population loss, from any start:
 * dweights/dt = -factor dR/dweights, R of `layerRisk`; one state a time. It is the limit of gradient descent with small
 * steps and large batches, whose time is steps times rate. From Zhang, Frei and Bartlett's start it is `gradientFlow`.
 * Source: Zhang, Frei, Bartlett 2024, Section 3.3.
 */
export function layerFlow<W extends Weights>(
  form: LayerWeights<W>,
): ClosedForm<LinearRegression, AtLayerFlow<W>, readonly LayerState<W>[]> {
  return {
    name: "population flow of a linear-attention layer",
    source: { paper: "Zhang, Frei, Bartlett 2024", where: "Section 3.3" },
    kind: "exact",
    applies: (population, { start }) => layerApplies(population, { layer: form.products(start) }),
    value(population, { start, context, times, lossFactor = 1 / 2, accuracy }) {
      const slope = (_: number, state: Float64Array, out: Float64Array) => {
        const weights = placed(start, state);
        const gradient = layerGradient.value(population, { layer: form.products(weights), context });
        const entries = flat(form.pulledBack(weights, gradient));
        for (let i = 0; i < out.length; i++) out[i] = -lossFactor * entries[i]!;
      };
      const [, ...states] = solveOde(slope, flat(start), [0, ...times], accuracy);
      return states.map((state) => {
        const weights = placed(start, state);
        return { weights, risk: layerRisk.value(population, { layer: form.products(weights), context }) };
      });
    },
  };
}

/** Every entry, one array after another in the order of their names. */
function flat(weights: Weights): Float64Array {
  const names = Object.keys(weights).sort();
  return Float64Array.from(names.flatMap((name) => Array.from(weights[name]!.data)));
}

/** Weights of the shapes of `like` with these entries. */
function placed<W extends Weights>(like: W, entries: Float64Array): W {
  let at = 0;
  const arrays = Object.keys(like)
    .sort()
    .map((name): [string, Nd] => {
      const { axes, shape, data } = like[name]!;
      const from = at;
      at += data.length;
      return [name, { axes, shape, data: entries.slice(from, at) }];
    });
  return Object.fromEntries(arrays) as W;
}
