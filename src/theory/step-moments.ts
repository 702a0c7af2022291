import type { LinearRegression } from "../laws/gaussian-linear.js";
import type { Regression, Twin } from "../laws/regression.js";
import { traceOfProduct } from "../math/matrix.js";
import type { ClosedForm, Lengths, Population } from "../types.js";
import { hasLabelMoments, labelMoments } from "./label-moments.js";
import { lengthMoments } from "./length-moments.js";

/** Regression in context with any law of ours. */
export type AnyRegression = LinearRegression | Regression;

/** Whether prompts are i.i.d. pairs (x, y) of a law whose moments we know: true, or the sentence why not. */
export function regressionPrompts(population: Population): true | string {
  const known = population.family === "linear-regression" || "symmetric" in population;
  return known || `this is for linear regression in context, not for ${population.family}`;
}

export const isLinear = (population: Population): population is LinearRegression =>
  population.family === "linear-regression";

/**
 * The linear regression under which a predictor has the same risk as under `population`: itself, or its twin where the
 * predictor belongs to the twin's class. Null where there is none.
 *
 * @param classes what the predictor is: linear in labels, turning with the inputs, or (where left out) both
 */
export function linearTwin(
  population: Population,
  classes: readonly Twin["of"][] = ["label-linear", "rotation"],
): LinearRegression | null {
  if (isLinear(population)) return population;
  const { twin } = population as Partial<Regression>;
  return twin && classes.includes(twin.of) ? twin.population : null;
}

/** Moments of the score s = x_q . m, m = (1/n) sum_j y_j x_j: all that the risk of a step g, y = g s, depends on. */
export interface StepMoments {
  /** E y_q^2, noise included. */
  readonly label: number;
  /** E y_q s. */
  readonly gain: number;
  /** E s^2. */
  readonly spread: number;
}

/**
 * With an expected share p of prompts that have pairs and u = E[1/n; n > 0]:
 *
 *   E y_q s = p E[y_q y_1 (x_1 . x_q)],
 *   E s^2 = (p - u) E[y_1 y_2 (x_1 . x_q)(x_2 . x_q)] + u E[y_1^2 (x_1 . x_q)^2]
 *
 * For linear regression these are tr(Lq E[m w^T]) and tr(Lq E[m m^T]).
 */
export function stepMoments(population: AnyRegression, context: Lengths): StepMoments {
  const linear = linearTwin(population);
  if (linear) {
    const { cross, second } = labelMoments(linear, context);
    const { queryCovariance, taskCovariance, noise } = linear;
    return {
      label: traceOfProduct(queryCovariance, taskCovariance) + noise ** 2,
      gain: traceOfProduct(queryCovariance, cross),
      spread: traceOfProduct(queryCovariance, second),
    };
  }
  const { label, cross, between, within } = (population as Regression).pairs!;
  const { nonEmpty, inverseLength } = lengthMoments(context);
  return {
    label,
    gain: nonEmpty * cross,
    spread: (nonEmpty - inverseLength) * between + inverseLength * within,
  };
}

/** Whether `stepMoments` exist. */
export function hasStepMoments(population: AnyRegression): true | string {
  const regression = regressionPrompts(population);
  if (regression !== true) return regression;
  const linear = linearTwin(population);
  return linear ? hasLabelMoments(linear) : true;
}

/**
 * The step of least risk of y = g x_q . m under any regression, g* = E[y_q s] / E[s^2]; 0 where nothing is ever seen.
 * For nonlinear targets it is Mahankali, Hashimoto, Ma 2024, Theorem 3 (there n times smaller, as the sum is not divided).
 */
export const regressionStep: ClosedForm<AnyRegression, { readonly context: Lengths }> = {
  name: "best step under any regression",
  source: { paper: "Mahankali, Hashimoto, Ma 2024", where: "Theorem 3" },
  kind: "exact",
  applies: hasStepMoments,
  value(population, { context }) {
    const { gain, spread } = stepMoments(population, context);
    return gain === 0 ? 0 : gain / spread;
  },
};

/** The risk of y = g x_q . m on noisy query labels, E y_q^2 - 2 g E[y_q s] + g^2 E[s^2]. */
export const regressionStepRisk: ClosedForm<AnyRegression, { readonly step: number; readonly context: Lengths }> = {
  name: "risk of a step under any regression",
  source: { paper: "Mahankali, Hashimoto, Ma 2024", where: "Theorem 3" },
  kind: "exact",
  applies: hasStepMoments,
  value(population, { step, context }) {
    const { label, gain, spread } = stepMoments(population, context);
    return label - 2 * step * gain + step ** 2 * spread;
  },
};

/** The risk of predicting 0 under any regression: E y_q^2. */
export const labelRisk: ClosedForm<AnyRegression, object> = {
  name: "risk of predicting 0",
  source: { paper: "Garg et al. 2022", where: "Section 3" },
  kind: "exact",
  applies: regressionPrompts,
  value(population) {
    if (!isLinear(population) && population.pairs) return population.pairs.label;
    const { queryCovariance, taskCovariance, noise } = linearTwin(population)!;
    return traceOfProduct(queryCovariance, taskCovariance) + noise ** 2;
  },
};
