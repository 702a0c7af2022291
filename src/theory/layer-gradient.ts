import type { LinearRegression } from "../laws/gaussian-linear.js";
import { scaled, sum } from "../math/matrix.js";
import { nd } from "../math/nd.js";
import type { ClosedForm } from "../types.js";
import { type AtLayer, formMoments, layerApplies } from "./layer-risk.js";
import { type HeadProducts, queryForms } from "./query-forms.js";

/**
 * The gradient of `layerRisk` in every entry of KQ_h and OV_h, in their shapes. The risk is quadratic in the forms,
 *
 *   dR/dM_c = 2 sum_c' Lq_cc' (E[G tr(M_c' G)] - E[G w_c']) =: D_c,
 *   dR/dOV_h = sum_c D_c k_hc,   dR/dk_hc = D_c OV_h,   k_hc the column c of KQ_h;
 *
 * the column of KQ for the query's label has gradient 0. This is the mean of the gradients that training samples, for a
 * loss that is the mean squared error; a loss of half of it has half the gradient.
 * Derived here; Zhang, Frei, Bartlett 2024, Lemma 5.2, is the case of one head with the other blocks zero.
 */
export const layerGradient: ClosedForm<LinearRegression, AtLayer, HeadProducts> = {
  name: "population gradient of a linear-attention layer",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Lemma 5.2" },
  kind: "exact",
  applies: layerApplies,
  value(population, { layer, context }) {
    const { KQ, OV } = layer;
    const { spread, shown } = formMoments(population, context, queryForms(layer));
    const slopes = spread.map((matrix, c) => scaled(sum(matrix, scaled(shown[c]!, -1)), 2));
    const [heads, tokens] = OV.shape;
    const slope = { KQ: nd(["head", "key", "query"], KQ.shape), OV: nd(["head", "token"], OV.shape) };
    for (let h = 0; h < heads; h++)
      for (const [c, D] of slopes.entries())
        for (let a = 0; a < tokens; a++)
          for (let b = 0; b < tokens; b++) {
            const at = (h * tokens + b) * tokens + c;
            slope.OV.data[h * tokens + a]! += D[a]![b]! * KQ.data[at]!;
            slope.KQ.data[at]! += D[a]![b]! * OV.data[h * tokens + a]!;
          }
    return slope;
  },
};
