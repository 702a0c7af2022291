import type { Mixer, Rows } from "../types.js";

/** Heads of one layer by what no gauge can change, as a mixer's `products` gives them. */
export type HeadProducts = ReturnType<Mixer["products"]>;

/**
 * What a layer of linear attention computes, as one quadratic form of the tokens e = (x, y) for each entry of the query:
 *
 *   prediction = sum_c q_c tr(M_c G),   G = (1/n) sum_j e_j e_j^T,
 *   M_c = sum_h (OV_h k_hc^T + k_hc OV_h^T) / 2,   k_hc the column c of KQ_h
 *
 * d symmetric matrices of size d + 1. Layers with the same forms agree on every prompt. The column of KQ for the query's
 * label meets a zero and has none.
 * Source: Zhang, Frei, Bartlett 2024, Equation 3.5, there with one head.
 */
export function queryForms({ KQ, OV }: HeadProducts): readonly Rows[] {
  const [heads, tokens] = OV.shape;
  const form = (c: number): Rows => {
    const rows = Array.from({ length: tokens }, () => new Array<number>(tokens).fill(0));
    for (let h = 0; h < heads; h++)
      for (let a = 0; a < tokens; a++)
        for (let b = 0; b < tokens; b++) {
          const half = (OV.data[h * tokens + a]! * KQ.data[(h * tokens + b) * tokens + c]!) / 2;
          rows[a]![b]! += half;
          rows[b]![a]! += half;
        }
    return rows;
  };
  return Array.from({ length: tokens - 1 }, (_, c) => form(c));
}
