import { Draws } from "../../math/draws.js";
import { keyOf } from "../../math/keys.js";
import { type DrawnPrior, SeriesDensity } from "./series-density.js";
import { posteriorMode } from "./series-mode.js";
import { FREEDOM, StudentProposal } from "./student-proposal.js";

/** How a posterior is sampled. */
export interface Sampling {
  /** The samples' own seed: equal seeds give equal predictions. */
  readonly seed: number;
  /** Independent draws that samples must be worth. */
  readonly effective: number;
}

/** A posterior mean from samples, what they are worth, and how many there were. */
export interface SampledMean {
  readonly mean: number;
  /** Posterior standard deviation of what is averaged: the mean's own is that over the root of `effective`. */
  readonly spread: number;
  readonly effective: number;
  readonly samples: number;
}

/** Samples of the tries: the first ones move the proposal, the others have more of them. */
const TRIES = [1024, 1024, 1024, 2048, 4096, 8192, 16_384, 32_768, 65_536];
/** Every how manieth sample comes from a standard normal. */
const EVERY = 10;
/** Effective draws a coefficient that the tempered weights of a try have for the next one's covariance; what it is widened by. */
const [ENOUGH, WIDER] = [20, 1.2];

/**
 * The posterior mean of the next value of a series with drawn coefficients, by importance sampling in the coordinates of
 * `SeriesDensity`. Nine in ten samples come from a t_8 at the posterior's mode with its curvature, the tenth from a
 * standard normal, which is next to uniform reflections. A sample's weight w
 * is posterior over mixture, and samples are worth (sum w)^2 / sum w^2 independent draws. There are tries until that suffices,
 * each around the mean and covariance of the last one's samples under w^b, b as near to 1 as leaves enough of them to count.
 * With E effective draws the mean is off by 1 / sqrt(E) of the posterior's standard deviation, which adds 1 / E of the excess.
 * Sources: Kong, Liu, Wong 1994, "Sequential imputations and Bayesian missing data problems" (effective draws); Hesterberg
 * 1995, "Weighted average importance sampling and defensive mixture distributions"; Koblents,
 * Miguez 2015, "A population Monte Carlo scheme with transformed weights" (tries).
 */
export class SeriesSampler {
  /** Standard t vectors, and normal ones at every tenth place: the same for all prompts and tries. */
  private standard = new Float64Array(0);

  constructor(
    private readonly prior: DrawnPrior,
    /** Variance of the innovations. */
    private readonly s2: number,
    private readonly sampling: Sampling,
  ) {}

  /**
   * @param values x_1 .. x_N
   * @throws RangeError where the last try's samples are worth too little
   */
  mean(values: Float64Array): SampledMean {
    const { order } = this.prior;
    const density = new SeriesDensity(this.prior, this.s2, values);
    let proposal = posteriorMode(density);
    let tried = this.try(density, proposal, TRIES[0]!);
    for (const samples of TRIES.slice(1)) {
      if (tried.effective >= this.sampling.effective) break;
      const weights = tempered(tried.logs, Math.max(this.sampling.effective / 4, ENOUGH * order));
      proposal = StudentProposal.ofPoints(tried.points, weights, order, WIDER) ?? proposal;
      tried = this.try(density, proposal, samples);
    }
    const { mean, spread, effective, samples } = tried;
    if (effective >= this.sampling.effective) return { mean, spread, effective, samples };
    throw new RangeError(
      `the posterior of ${order} coefficients given ${values.length} values is not held by its samples: ${samples} of ` +
        `them are worth ${Math.floor(effective)} independent draws, and ${this.sampling.effective} are asked for`,
    );
  }

  private try(density: SeriesDensity, proposal: StudentProposal, samples: number) {
    const standard = this.drawn(samples);
    const q = this.prior.order;
    const points = new Float64Array(samples * q);
    const logs = new Float64Array(samples).fill(Number.NEGATIVE_INFINITY);
    const means = new Float64Array(samples);
    const theta = new Float64Array(q);
    for (let i = 0; i < samples; i++) {
      if (i % EVERY !== 0) proposal.place(standard, i * q, theta);
      else theta.set(standard.subarray(i * q, (i + 1) * q));
      density.at(theta);
      if (!density.isAllowed()) continue;
      points.set(theta, i * q);
      const log = density.likelihood + density.prior - mixed(proposal.logDensity(theta), density.normal);
      // Where a reflection rounds to 1 there is no likelihood in float64.
      if (Number.isNaN(log)) continue;
      logs[i] = log;
      means[i] = density.mean;
    }
    const weights = tempered(logs, 0);
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const mean = weights.reduce((sum, weight, i) => sum + weight * means[i]!, 0) / total;
    const second = weights.reduce((sum, weight, i) => sum + weight * (means[i]! - mean) ** 2, 0) / total;
    return { mean, spread: Math.sqrt(second), effective: worth(weights), samples, points, logs };
  }

  private drawn(samples: number): Float64Array {
    const q = this.prior.order;
    if (this.standard.length >= samples * q) return this.standard;
    const draws = new Draws(keyOf(this.sampling.seed));
    const drawn = new Float64Array(samples * q);
    for (let i = 0; i < samples; i++) {
      draws.restart(i);
      // chi^2 of an even number of degrees of freedom is twice the sum of half as many exponentials.
      let halved = 0;
      for (let k = 0; k < FREEDOM; k += 2) halved += draws.exponential();
      const spread = i % EVERY === 0 ? 1 : Math.sqrt(FREEDOM / (2 * halved));
      for (let j = 0; j < q; j++) drawn[i * q + j] = spread * draws.normal();
    }
    this.standard = drawn;
    return drawn;
  }
}

/** Independent draws that weighted samples are worth. */
function worth(weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return total > 0 ? total ** 2 / weights.reduce((sum, weight) => sum + weight ** 2, 0) : 0;
}

/** Weights w^b of largest 1 by their logarithms, b = 1 or as much less as makes them worth `enough`. */
function tempered(logs: Float64Array, enough: number): Float64Array {
  const highest = logs.reduce((top, log) => Math.max(top, log), Number.NEGATIVE_INFINITY);
  const at = (b: number) => logs.map((log) => (log === Number.NEGATIVE_INFINITY ? 0 : Math.exp(b * (log - highest))));
  let [weights, b] = [at(1), 1];
  // An eighth root of a half at a time: b need not be exact.
  while (worth(weights) < enough && b > 1e-3) {
    b *= 0.917;
    weights = at(b);
  }
  return weights;
}

/** Log density of the mixture of nine parts of the one and one part of the other. */
function mixed(near: number, uniform: number): number {
  const top = Math.max(near, uniform);
  return top + Math.log(((EVERY - 1) * Math.exp(near - top) + Math.exp(uniform - top)) / EVERY);
}
