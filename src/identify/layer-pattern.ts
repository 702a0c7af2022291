import type { Mixer, Weights } from "../types.js";

type Layers = ReturnType<NonNullable<Mixer<Weights>["layers"]>>;

/** How far a stack of linear attention is from layers of descent, and the constants of the nearest ones. */
export interface LayerPattern {
  /** Relative distance to layers w <- w - a_l grad. */
  readonly descent: number;
  /** Relative distance to layers that also make x <- (I - b_l S / n) x. */
  readonly plusPlus: number;
  /** a_l, one a layer. */
  readonly steps: readonly number[];
  /** b_l; the last layer's reaches no prediction and is 0. */
  readonly curvatures: readonly number[];
}

/**
 * The nearest descent and GD++ of a stack with every gauge freedom removed. A layer moves token e by
 * sum_{c,b,f} T_acbf S_cb e_f, T_acbf = sum_h PV_h,ac KQ_h,bf made symmetric in (c, b) as S is: equal T, equal layers,
 * whatever the heads' order and scales. Descent is T = -a D, curvature T = -b C, with orthogonal patterns D and C, so
 * that the nearest constants are projections. Of the last layer only the label's row counts; of a single layer the label
 * of the query, which is 0, does not.
 */
export function layerPattern({ KQ, PV }: Layers): LayerPattern {
  const [depth, heads, D] = KQ.shape;
  const d = D - 1;
  const at = (array: Layers["KQ"] | Layers["PV"], l: number, h: number, row: number, column: number) =>
    array.data[((l * heads + h) * D + row) * D + column]!;
  const [steps, curvatures] = [new Array<number>(depth).fill(0), new Array<number>(depth).fill(0)];
  let [size, alongDescent, alongCurvature] = [0, 0, 0];
  const [descentNorm, curvatureNorm] = [d / 2, (d * (d + 1)) / 2];
  for (let l = 0; l < depth; l++) {
    const last = l === depth - 1;
    let [descent, curvature] = [0, 0];
    for (let a = last ? d : 0; a < D; a++)
      for (let f = 0; f < (depth === 1 ? d : D); f++)
        for (let c = 0; c < D; c++)
          for (let b = 0; b < D; b++) {
            let entry = 0;
            for (let h = 0; h < heads; h++)
              entry += (at(PV, l, h, a, c) * at(KQ, l, h, b, f) + at(PV, l, h, a, b) * at(KQ, l, h, c, f)) / 2;
            size += entry ** 2;
            if (f === d) continue;
            if (a === d) descent -= entry * ((c === d && b === f ? 1 : 0) + (b === d && c === f ? 1 : 0)) * 0.5;
            else curvature -= entry * ((c === a && b === f ? 1 : 0) + (b === a && c === f ? 1 : 0)) * 0.5;
          }
    steps[l] = descent / descentNorm;
    curvatures[l] = curvature / curvatureNorm;
    alongDescent += descent ** 2 / descentNorm;
    alongCurvature += curvature ** 2 / curvatureNorm;
  }
  const share = (left: number) => Math.sqrt(Math.max(0, left) / size);
  return {
    descent: share(size - alongDescent),
    plusPlus: share(size - alongDescent - alongCurvature),
    steps,
    curvatures,
  };
}
