import type { LinearRegression } from "../laws/gaussian-linear.js";
import { minimum } from "../math/minimum.js";
import { onlineRisks } from "../theory/online-risk.js";
import { optimalStep } from "../theory/optimal-step.js";
import type { Lengths } from "../types.js";

/** Halvings of the step that are looked at below its upper bound. */
const HALVINGS = 12;

/**
 * The constant step of least exact risk of one pass (averaged or not), lengths that vary averaged over. The best step of one
 * pair bounds it: a larger one gains less from its own pair and lets in more of everything else. Halving it finds the
 * valley, Brent's method its floor.
 */
export function bestOnlineStep(population: LinearRegression, context: Lengths, averaged: boolean): number {
  const [least, most] = typeof context === "number" ? [context, context] : context.uniform;
  const bound = optimalStep.value(population, { context: 1 });
  if (most === 0 || bound === 0) return 0;
  const risk = (step: number) => {
    const risks = onlineRisks(population, step, most, averaged).slice(least);
    return risks.reduce((total, value) => total + value, 0) / risks.length;
  };
  // Averaged iterates may do with more than the bound, as the mean shrinks the last steps.
  const candidates = Array.from({ length: HALVINGS }, (_, halvings) => bound * 2 ** (1 - halvings));
  const risks = candidates.map(risk);
  const near = candidates[risks.indexOf(Math.min(...risks))]!;
  return minimum(risk, near / 2, near * 2).x;
}
