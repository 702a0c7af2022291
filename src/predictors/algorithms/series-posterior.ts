import { predictionErrors } from "../../math/autocovariance.js";
import { nd } from "../../math/nd.js";
import { gaussLegendre, type Rule } from "../../math/quadrature.js";
import { predictionsOf } from "../../math/reflection.js";
import type { Nd, Prompts, Tuned } from "../../types.js";
import { algorithm } from "../algorithm.js";
import { laggedProducts, type SeriesPrior } from "./series-density.js";
import { type SampledMean, type Sampling, SeriesSampler } from "./series-sampling.js";

interface Constants {
  readonly prior: SeriesPrior;
  readonly window: number;
  /** Standard deviation of the innovations. */
  readonly noise: number;
  readonly sampling: Sampling;
}

/** Coefficients up to which the prior is integrated by quadrature; more of them are sampled. */
const INTEGRATED = 2;

/** One value of the coefficients: what it predicts from k = 0 .. q values, with the errors' variances, and its prior. */
interface Node {
  readonly predictions: readonly (readonly number[])[];
  readonly variances: readonly number[];
  readonly logWeight: number;
}

/** The posterior mean of the next value, given every value that the prompt shows, the window's alone where it has no pair. */
export function restore(constants: Constants): Tuned["predict"] {
  const { prior, window, noise } = constants;
  const sampled = samplerOf(constants);
  if (sampled) return eachSeries(window, (values) => sampled(values).mean);
  const nodes = nodesByLength(prior, noise);
  return eachSeries(window, (values) => posteriorMean(nodes(values.length), values));
}

/** How many independent draws the samples of each prompt's posterior are worth. Left out where it is integrated. */
export function effectiveSamples(constants: Constants): Tuned["predict"] | undefined {
  const sampled = samplerOf(constants);
  return sampled && eachSeries(constants.window, (values) => sampled(values).effective);
}

function samplerOf({ prior, noise, sampling }: Constants): ((values: Float64Array) => SampledMean) | undefined {
  if (prior.kind === "fixed" || prior.order <= INTEGRATED) return undefined;
  const sampler = new SeriesSampler(prior, noise ** 2, sampling);
  return (values) => sampler.mean(values);
}

/** One number a prompt, of the values x_1 .. x_N of its series. */
function eachSeries(window: number, of: (values: Float64Array) => number): (prompts: Prompts) => Nd<["batch"]> {
  return (prompts) => {
    const [batch, most, d] = prompts.x.shape;
    if (prompts.y.shape[2] !== 1) throw new RangeError(`predictors predict one label, not ${prompts.y.shape[2]}`);
    const numbers = nd(["batch"], [batch]);
    const values = new Float64Array(window + most);
    for (let b = 0; b < batch; b++) {
      const n = prompts.length?.data[b] ?? most;
      const first = n > 0 ? prompts.x.data.subarray(b * most * d) : prompts.query.data.subarray(b * d);
      values.set(first.subarray(0, window));
      values.set(prompts.y.data.subarray(b * most, b * most + n), window);
      numbers.data[b] = of(values.subarray(0, window + n));
    }
    return numbers;
  };
}

/** The prior's nodes for so many values, by their number alone: no prompt's prediction depends on its batch. */
function nodesByLength(prior: SeriesPrior, noise: number): (values: number) => readonly Node[] {
  const made = new Map<number, readonly Node[]>();
  return (values) => {
    const points = 8 * Math.ceil(Math.sqrt(values) / 2) + 16;
    const known = made.get(points) ?? nodesOf(prior, points, noise);
    made.set(points, known);
    return known;
  };
}

/**
 * sum_k w_k L_k f_k / sum_k w_k L_k over the nodes, f_k their predictions and L_k the exact Gaussian likelihood: of the
 * first q values each given those before it, and of the others by the sums of lagged products, which serve all nodes.
 */
function posteriorMean(nodes: readonly Node[], values: Float64Array): number {
  const q = nodes[0]!.predictions.length - 1;
  const start = Math.min(q, values.length);
  const products = laggedProducts(values, q);
  const last = Array.from({ length: start }, (_, j) => values[values.length - 1 - j]!);
  const logs = new Float64Array(nodes.length);
  let highest = Number.NEGATIVE_INFINITY;
  for (const [k, { predictions, variances, logWeight }] of nodes.entries()) {
    let log = logWeight;
    for (let t = 0; t < start; t++) {
      const error = predictions[t]!.reduce((sum, weight, j) => sum - weight * values[t - 1 - j]!, values[t]!);
      log -= (Math.log(variances[t]!) + error ** 2 / variances[t]!) / 2;
    }
    // Beyond the first q all nodes have the innovations' own variance, whose logarithm makes no difference.
    logs[k] = log - squaredErrors(predictions[q]!, products) / variances[q]! / 2;
    highest = Math.max(highest, logs[k]!);
  }
  let [sum, total] = [0, 0];
  for (const [k, { predictions }] of nodes.entries()) {
    const weight = Math.exp(logs[k]! - highest);
    total += weight;
    for (let j = 0; j < start; j++) sum += weight * predictions[start]![j]! * last[j]!;
  }
  return sum / total;
}

/** sum_t (x_t - rho . lags)^2 = a^T S a with a = (1, -rho). */
function squaredErrors(rho: readonly number[], products: Float64Array): number {
  const size = rho.length + 1;
  let sum = 0;
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      sum += (i === 0 ? 1 : -rho[i - 1]!) * (j === 0 ? 1 : -rho[j - 1]!) * products[i * size + j]!;
  return sum;
}

/**
 * Nodes and weights of the prior in reflection coefficients. A posterior from N values is as narrow as sqrt((1 - r^2) / N)
 * at r, and nodes of a Gauss rule of n points on [-1, 1] lie pi sqrt(1 - r^2) / n apart: 4 sqrt(N) of them are nearer to each
 * other than its standard deviation everywhere.
 */
function nodesOf(prior: SeriesPrior, points: number, noise: number): Node[] {
  const nodeOf = (reflections: readonly number[], logWeight: number): Node => ({
    predictions: predictionsOf(reflections),
    variances: predictionErrors(reflections, noise ** 2),
    logWeight,
  });
  if (prior.kind === "fixed") return [nodeOf(prior.reflections, 0)];
  const rule = gaussLegendre(points);
  const { order, within } = prior;
  const root = prior.kind === "rejection" ? prior.root : 1;
  if (order === 1)
    return onto(rule, -Math.min(within, root), Math.min(within, root)).map(([r, w]) => nodeOf([r], Math.log(w)));
  if (prior.kind === "partial") {
    const each = onto(rule, -within, within);
    return each.flatMap(([r1, w1]) => each.map(([r2, w2]) => nodeOf([r1, r2], Math.log(w1 * w2))));
  }
  return inBox(rule, within, root).map(([reflections, weight]) => nodeOf(reflections, Math.log(weight)));
}

/**
 * rho uniform on the part of [-w, w]^2 whose roots are below R in modulus: with rho_1 = R s_1 (1 - s_2), rho_2 = R^2 s_2 the
 * roots are so for |s_i| < 1, the density is R^3 (1 - s_2), and the box cuts s_1 where R (1 - s_2) > w.
 */
function inBox(rule: Rule, w: number, R: number): [reflections: number[], weight: number][] {
  const most = Math.min(1, w / R ** 2);
  const kink = Math.min(most, Math.max(-most, 1 - w / R));
  const outer = [...onto(rule, -most, kink), ...onto(rule, kink, most)].filter(([, weight]) => weight > 0);
  return outer.flatMap(([s2, w2]) => {
    const widest = Math.min(1, w / (R * (1 - s2)));
    return onto(rule, -widest, widest).map(([s1, w1]) => {
      const [rho1, rho2] = [R * s1 * (1 - s2), R ** 2 * s2];
      return [[rho1 / (1 - rho2), rho2], w1 * w2 * (1 - s2)] as [number[], number];
    });
  });
}

function onto({ nodes, weights }: Rule, low: number, high: number): [node: number, weight: number][] {
  const [middle, half] = [(low + high) / 2, (high - low) / 2];
  return Array.from(nodes, (x, k) => [middle + half * x, half * weights[k]!]);
}

export const seriesPosteriorMean = algorithm(import.meta.url, restore);
