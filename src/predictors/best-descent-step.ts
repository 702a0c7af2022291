import type { LinearRegression } from "../laws/gaussian-linear.js";
import { minimum } from "../math/minimum.js";
import type { Lengths } from "../types.js";
import { remembered } from "./remembered.js";
import { type Spectrum, sampledSpectra } from "./sampled-spectra.js";

/** Halvings of the step that are looked at below its upper bound: best steps are no smaller than about 1 / (k l). */
const HALVINGS = 24;

const known = remembered<number>(256);

/**
 * The step size g of least mean risk of k steps of gradient descent from 0. Task, noise, query and (for Gaussian inputs)
 * the size of X are integrated exactly, and the rest is a mean over sampled prompts: with S / n = U diag(l) U^T and
 * r_i = (1 - g l_i)^k the risk of a prompt, label noise of the query left out, is
 *
 *   sum_ij r_i r_j (U^T W U)_ij (U^T Lq U)_ij + s2 sum_i (1 - r_i)^2 / (n l_i) (U^T Lq U)_ii
 *
 * Halving the step finds the valley (there may be two: learning stopped early, or divergence just avoided), then Brent's
 * method its floor. As rare prompts with large l diverge, best steps of Gaussian inputs shrink like n / k for many steps.
 * Results are kept.
 */
export function bestDescentStep(population: LinearRegression, context: Lengths, steps: number): number {
  return known([population, context, steps], () => searched(population, context, steps));
}

function searched(population: LinearRegression, context: Lengths, steps: number): number {
  const spectra = sampledSpectra(population, context, 2 * steps);
  const tops = spectra.map(({ eigenvalues, radius }) => Math.max(...eigenvalues) * mean(radius, 2 * steps));
  const least = Math.min(...tops.filter((top) => top > 0));
  if (!Number.isFinite(least)) return 0;
  const noise = population.noise ** 2;
  const risk = (step: number) => {
    const total = spectra.reduce((sum, spectrum) => sum + riskOf(spectrum, step, steps, noise), 0);
    // Opposite overflows of a diverging step are no number, but they are no best risk either.
    return Number.isNaN(total) ? Number.POSITIVE_INFINITY : total;
  };
  // Beyond 2 / (the smallest top eigenvalue) all prompts diverge.
  const candidates = Array.from({ length: HALVINGS }, (_, halvings) => 2 ** (1 - halvings) / least);
  const risks = candidates.map(risk);
  const near = candidates[risks.indexOf(Math.min(...risks))]!;
  return minimum(risk, near / 2, near * 2).x;
}

function riskOf(spectrum: Spectrum, step: number, steps: number, noiseVariance: number): number {
  const { eigenvalues, radius, signal, noise } = spectrum;
  const left = new Float64Array(eigenvalues.length);
  let risk = 0;
  for (let q = 0; q < radius.values.length; q++) {
    const square = radius.values[q]!;
    const share = radius.rootWeights[q]!;
    const unlearned = share ** steps;
    for (let i = 0; i < left.length; i++) left[i] = (share * (1 - step * square * eigenvalues[i]!)) ** steps;
    for (let i = 0; i < left.length; i++) {
      const row = signal[i]!;
      let beside = 0;
      for (let j = 0; j < i; j++) beside += left[j]! * row[j]!;
      risk += left[i]! * (2 * beside + left[i]! * row[i]!);
      const eigenvalue = square * eigenvalues[i]!;
      if (eigenvalue > 0) risk += ((noiseVariance * (unlearned - left[i]!) ** 2) / eigenvalue) * noise[i]!;
    }
  }
  return risk;
}

function mean({ values, rootWeights }: Spectrum["radius"], degree: number): number {
  return values.reduce((total, value, q) => total + rootWeights[q]! ** degree * value, 0);
}
