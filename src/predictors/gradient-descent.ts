import { z } from "zod";
import type { LinearRegression } from "../laws/gaussian-linear.js";
import { identity, scaled } from "../math/matrix.js";
import { minimum } from "../math/minimum.js";
import { hasLabelMoments } from "../theory/label-moments.js";
import { optimalStep } from "../theory/optimal-step.js";
import { priorRisk } from "../theory/prior-risk.js";
import type { Lengths, Predictor, Tuned, Unit } from "../types.js";
import { dot, eachPrompt, gram, labelSum, type Problem } from "./each-prompt.js";
import { linearInLabels } from "./linear-in-labels.js";
import { readOff } from "./read-off.js";
import { type Spectrum, sampledSpectra } from "./sampled-spectra.js";

/**
 * k steps of gradient descent from 0 on (1/2n) sum_j (w . x_j - y_j)^2, all of one size g: w <- w - g (S w - X^T y) / n.
 *
 * One step has its best size in closed form. For more, g minimises the risk over the spectra of 1,000 sampled prompts of
 * the training law, in which the task, the noise and the query are integrated exactly: with S / n = U diag(l) U^T and
 * r_i = (1 - g l_i)^k, the risk of a prompt is sum_ij r_i r_j signal_ij + s2 sum_i (1 - r_i)^2 / l_i noise_i.
 */
function gradientDescent(steps: number): Predictor<LinearRegression> {
  return {
    name: `gradient-descent-${steps}`,
    kind: "predictor",
    source: { paper: "von Oswald et al. 2023", where: "Section 3" },
    applies: hasLabelMoments,
    tune(population, context) {
      if (steps === 1)
        return linearInLabels(scaled(identity(population.features), optimalStep.value(population, { context })));
      return descent(steps, bestStep(population, context, steps));
    },
  };
}

function descent(steps: number, step: number): Tuned<LinearRegression> {
  return {
    predict: (prompts) => eachPrompt(prompts, (problem) => descended(problem, steps, step)),
    risk: (test, context) =>
      context === 0
        ? readOff(priorRisk, test, {})
        : { why: "the risk of two or more gradient steps has no simple closed form; it is sampled" },
  };
}

function descended(problem: Problem, steps: number, step: number): number {
  const { n, d, query } = problem;
  const [S, sum] = [gram(problem), labelSum(problem)];
  const w = new Float64Array(d);
  const slope = new Float64Array(d);
  for (let k = 0; k < steps; k++) {
    for (let i = 0; i < d; i++) slope[i] = dot(S.subarray(i * d, (i + 1) * d), w) - sum[i]!;
    for (let i = 0; i < d; i++) w[i]! -= (step / n) * slope[i]!;
  }
  return dot(query, w);
}

/** The step of least risk at the training law; for lengths that vary, at the mean length rounded up. */
function bestStep(population: LinearRegression, context: Lengths, steps: number): number {
  const n = typeof context === "number" ? context : Math.ceil((context.uniform[0] + context.uniform[1]) / 2);
  if (n === 0) return 0;
  const spectra = sampledSpectra(population, n);
  const largest = Math.max(...spectra.flatMap(({ eigenvalues }) => eigenvalues));
  if (largest === 0) return 0;
  const noise = population.noise ** 2;
  const risk = (step: number) => spectra.reduce((total, spectrum) => total + riskOf(spectrum, step, steps, noise), 0);
  // Beyond 2 / (smallest of the top eigenvalues) every prompt diverges, so the best step lies below.
  const least = Math.min(...spectra.map(({ eigenvalues }) => Math.max(...eigenvalues)).filter((top) => top > 0));
  return minimum(risk, 0, 2 / least).x;
}

function riskOf({ eigenvalues, signal, noise }: Spectrum, step: number, steps: number, noiseVariance: number): number {
  const left = eigenvalues.map((value) => (1 - step * value) ** steps);
  let risk = 0;
  for (const [i, row] of signal.entries()) {
    for (const [j, weight] of row.entries()) risk += left[i]! * left[j]! * weight;
    if (eigenvalues[i]! > 0) risk += ((noiseVariance * (1 - left[i]!) ** 2) / eigenvalues[i]!) * noise[i]!;
  }
  return risk;
}

const unit: Unit<number, Predictor<LinearRegression>> = {
  name: "gradient-descent",
  says: "this many steps of gradient descent with one best step size",
  options: z.int().min(1).max(10_000).describe("number of steps, 1 to 10000"),
  make: gradientDescent,
};

export default unit;
