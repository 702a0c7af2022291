import { foldIn, keyOf } from "../../math/keys.js";
import { nd } from "../../math/nd.js";
import type { FactoredWeights, LayerWeights } from "../../theory/layer-weights.js";
import { factoredWeights, mergedWeights } from "../../theory/layer-weights.js";
import { type HeadProducts, queryForms } from "../../theory/query-forms.js";
import type { Law, Lengths, Mixer, Prompts, Weights } from "../../types.js";

/** Prompts on which predictions are held to the form. */
const CHECKED = 6;

/** Roundings of a prediction in float64, relative to the largest. */
const ROUNDINGS = 2 ** -36;

/**
 * How a mixer's weights make one layer of linear attention, tr(M_c G) summed over the query (`queryForms`), or the
 * sentence why they do not. Found by looking: at the names of the weights, and at predictions on a few prompts. A layer
 * that divides by something else than the prompt's length is one with OV so many times as large, where all prompts are of
 * one length.
 */
export function linearLayer(
  mixer: Mixer,
  weights: Weights,
  law: Law,
  context: Lengths,
): LayerWeights<Weights> | string {
  const form = formOf(weights);
  if (mixer.layers || !form) return "theory has this for one layer of linear attention";
  const drawn = mixer.init(foldIn(keyOf(0), "probe"), law.features);
  const prompts = law.draw(keyOf(0), { from: 0, count: CHECKED }, context);
  const said = mixer.forward(drawn, prompts).data;
  const expected = predictions(form.products(drawn), prompts);
  const top = expected.reduce((best, value, p) => (Math.abs(value) > Math.abs(expected[best]!) ? p : best), 0);
  const factor = said[top]! / expected[top]!;
  const largest = Math.abs(said[top]!);
  if (!expected.every((value, p) => Math.abs(factor * value - said[p]!) <= ROUNDINGS * largest))
    return "theory has this for one layer of linear attention";
  return factored(form, Math.abs(factor - 1) < ROUNDINGS ? 1 : factor);
}

function formOf(weights: Weights): LayerWeights<Weights> | null {
  const names = Object.keys(weights).sort().join();
  if (names === "KQ,OV") return mergedWeights as unknown as LayerWeights<Weights>;
  if (names === "K,P,Q,V")
    return factoredWeights as unknown as LayerWeights<FactoredWeights> as unknown as LayerWeights<Weights>;
  return null;
}

/** The layer whose predictions are `factor` times as large, by its OV. */
function factored({ products, pulledBack }: LayerWeights<Weights>, factor: number): LayerWeights<Weights> {
  const times = ({ KQ, OV }: HeadProducts): HeadProducts => ({
    KQ,
    OV: nd(
      OV.axes,
      OV.shape,
      Float64Array.from(OV.data, (entry) => factor * entry),
    ),
  });
  return {
    products: (weights) => times(products(weights)),
    pulledBack: (weights, slope) => pulledBack(weights, times(slope)),
  };
}

/** sum_c q_c tr(M_c G), G = (1/n) sum_j e_j e_j^T over the prompt's own pairs. */
function predictions(layer: HeadProducts, { x, y, query, length }: Prompts): number[] {
  const forms = queryForms(layer);
  const [batch, pairs, d] = x.shape;
  return Array.from({ length: batch }, (_, p) => {
    const own = length ? Math.min(length.data[p]!, pairs) : pairs;
    let total = 0;
    for (let j = 0; j < own; j++) {
      const token = Array.from({ length: d + 1 }, (_, i) =>
        i < d ? x.data[(p * pairs + j) * d + i]! : y.data[p * pairs + j]!,
      );
      for (const [c, form] of forms.entries())
        for (let a = 0; a <= d; a++)
          for (let b = 0; b <= d; b++) total += (query.data[p * d + c]! * form[a]![b]! * token[a]! * token[b]!) / own;
    }
    return total;
  });
}
