import type { LinearRegression } from "../laws/gaussian-linear.js";
import { scaled, sum, traceOfProduct } from "../math/matrix.js";
import type { ClosedForm, Lengths, Rows } from "../types.js";
import { gramMoments } from "./gram-moments.js";
import { priorRisk } from "./prior-risk.js";
import { type HeadProducts, queryForms } from "./query-forms.js";
import { regressionOnly } from "./regression-only.js";

/** One layer of linear attention, its sum over pairs divided by the prompt's own length, and the context of the test. */
export interface AtLayer {
  readonly layer: HeadProducts;
  readonly context: Lengths;
}

/**
 * Exact risk of *any* layer of linear attention, every block of KQ and OV in use, on noisy query labels in units of the
 * label squared. With the forms M_c of `queryForms` and v_c = tr(M_c G) the prediction is v . x_q, and as the query is
 * independent of the context
 *
 *   R = tr(Lq W) + s2 + sum_cc' Lq_cc' E[v_c v_c'] - 2 sum_cc' Lq_cc' E[v_c w_c'],
 *
 * quartic in the task: `gramMoments` has the means. The population is the *test*'s. Where the label's row and column of
 * KQ and the x-part of OV are zero this is formula (R) of `preconditionerRisk`; otherwise R exceeds (R), read off at the
 * effective preconditioner, by the second moment of the part of v that is even in the task.
 * Derived here; Zhang, Frei, Bartlett 2024, Theorem 4.2, is the case of an optimum.
 */
export const layerRisk: ClosedForm<LinearRegression, AtLayer> = {
  name: "risk of a linear-attention layer",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Theorem 4.2" },
  kind: "exact",
  applies: layerApplies,
  value(population, { layer, context }) {
    const forms = queryForms(layer);
    const { spread, shown } = formMoments(population, context, forms);
    const gaps = forms.map((form, c) => traceOfProduct(form, sum(spread[c]!, scaled(shown[c]!, -2))));
    return priorRisk.value(population, {}) + gaps.reduce((total, gap) => total + gap, 0);
  },
};

/** Whether the risk of this layer is known in closed form here: true, or the sentence why not. */
export function layerApplies(population: LinearRegression, { layer }: Pick<AtLayer, "layer">): true | string {
  const regression = regressionOnly(population);
  if (regression !== true) return regression;
  const { inputs, features } = population;
  if (inputs.kind !== "gaussian")
    return `the risk of all weights is derived for Gaussian inputs, not for ${inputs.kind} ones`;
  const tokens = layer.OV.shape[1];
  return (
    tokens === features + 1 || `tokens of ${features} features and a label have ${features + 1} entries, not ${tokens}`
  );
}

/** sum_c' Lq_cc' E[G tr(M_c' G)] and sum_c' Lq_cc' E[G w_c'], one matrix of size d + 1 for each query entry c. */
export function formMoments(
  population: LinearRegression,
  context: Lengths,
  forms: readonly Rows[],
): { readonly spread: readonly Rows[]; readonly shown: readonly Rows[] } {
  const { weighted, withTask } = gramMoments(population, context);
  const mixed = (matrices: readonly Rows[]) => population.queryCovariance.map((row) => combination(row, matrices));
  return { spread: mixed(forms).map(weighted), shown: mixed(withTask) };
}

/** sum_c weights_c A_c. */
function combination(weights: readonly number[], matrices: readonly Rows[]): Rows {
  const total = matrices[0]!.map((row) => new Array<number>(row.length).fill(0));
  for (const [c, weight] of weights.entries())
    if (weight !== 0)
      for (const [a, row] of matrices[c]!.entries())
        for (let b = 0; b < row.length; b++) total[a]![b]! += weight * row[b]!;
  return total;
}
