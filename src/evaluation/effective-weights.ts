import type { Mixer, Rows, Weights } from "../types.js";

/**
 * What a linear-attention layer computes, with every gauge freedom removed. Its prediction is
 *   y = sum_{a,b,c} OV_a KQ_bc G_ab q_c,   G = (1/n) sum_j e_j e_j^T symmetric, q's label entry 0,
 * so weights matter only through S_abc = (OV_a KQ_bc + OV_b KQ_ac) / 2 with c a feature, summed over heads:
 * two layers with the same S agree on every prompt, two with different S differ on some.
 *
 * Returned flat and row-major over (a, b, c): (d + 1) x (d + 1) x d, with tokens e_j = (x_j, y_j).
 */
export function effectiveTensor(products: ReturnType<Mixer<Weights>["products"]>): Float64Array {
  const [heads, tokens] = products.OV.shape;
  const features = tokens - 1;
  const tensor = new Float64Array(tokens * tokens * features);
  for (let h = 0; h < heads; h++) {
    const ov = products.OV.data.subarray(h * tokens, (h + 1) * tokens);
    const kq = products.KQ.data.subarray(h * tokens * tokens, (h + 1) * tokens * tokens);
    for (let a = 0; a < tokens; a++)
      for (let b = 0; b < tokens; b++)
        for (let c = 0; c < features; c++)
          tensor[(a * tokens + b) * features + c]! += (ov[a]! * kq[b * tokens + c]! + ov[b]! * kq[a * tokens + c]!) / 2;
  }
  return tensor;
}

/**
 * The reduced x-block A of a linear-attention layer: y = x_q^T A m + (terms in x x^T and y^2), m = (1/n) sum y_j x_j.
 * A_cb = 2 S_{label, b, c}. At the optimum the other terms vanish and A is the preconditioner of one GD step.
 */
export function effectivePreconditioner(products: ReturnType<Mixer<Weights>["products"]>): Rows {
  const [, tokens] = products.OV.shape;
  const features = tokens - 1;
  const tensor = effectiveTensor(products);
  const row = (c: number) =>
    Array.from({ length: features }, (_, b) => 2 * tensor[(features * tokens + b) * features + c]!);
  return Array.from({ length: features }, (_, c) => row(c));
}

/**
 * Relative distance ||S - S*|| / ||S*|| (Frobenius) between a layer and the layer whose only term is the
 * preconditioner A*, up to gauge. 0 means the same map from prompts to predictions; S = 0 gives 1.
 */
export function weightDistance(products: ReturnType<Mixer<Weights>["products"]>, optimum: Rows): number {
  const tensor = effectiveTensor(products);
  const [, tokens] = products.OV.shape;
  const features = tokens - 1;
  let [gap, size] = [0, 0];
  for (let a = 0; a < tokens; a++)
    for (let b = 0; b < tokens; b++)
      for (let c = 0; c < features; c++) {
        const feature = a === features ? b : a;
        const label = (a === features) !== (b === features);
        const expected = label ? optimum[c]![feature]! / 2 : 0;
        gap += (tensor[(a * tokens + b) * features + c]! - expected) ** 2;
        size += expected ** 2;
      }
  return Math.sqrt(gap / size);
}
