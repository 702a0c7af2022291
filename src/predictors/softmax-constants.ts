import type { LinearRegression } from "../laws/gaussian-linear.js";
import { foldIn, keyOf } from "../math/keys.js";
import { linearMap } from "../math/linear-map.js";
import { minimum } from "../math/minimum.js";
import { symmetricRoot } from "../math/symmetric.js";
import { priorRisk } from "../theory/prior-risk.js";
import type { Lengths } from "../types.js";
import { attention } from "./algorithms/softmax-average.js";
import type { Problem } from "./each-prompt.js";
import { remembered } from "./remembered.js";
import { whiteLaw } from "./sampled-spectra.js";

/** Prompts that means are taken over: mu is then good to about 1 %, its risk to 1e-4 of itself. */
const PROMPTS = 4000;
/** Prompts on which omega is sought: the risk is flat around it, 5 % off cost 1e-4 of the risk. */
const SKETCH = 1000;

/** The means that decide mu and the risk at it. */
interface Fit {
  readonly mu: number;
  /** Risk on noisy query labels. */
  readonly risk: number;
}

/**
 * The output weight mu of least mean risk of softmax heads of a given omega, tasks and noise integrated exactly: with a the
 * attention of a prompt, W = E w w^T and s2 the variance of the noise
 *
 *   mu = E[x_q^T W X^T a] / E[a^T X W X^T a + s2 |a|^2],   R = tr(Lq W) + s2 - mu E[x_q^T W X^T a]
 *
 * over sampled prompts, from a key of their own: tuning never sees a prompt of a study.
 */
export function softmaxFit(
  population: LinearRegression,
  context: Lengths,
  prompts = PROMPTS,
): (heads: 1 | 2, omega: number) => Fit {
  const problems = sampledInputs(population, context, prompts);
  const task = linearMap(population.taskCovariance);
  const d = population.features;
  const [read, image] = [new Float64Array(d), new Float64Array(d)];
  const weights = new Float64Array(Math.max(1, ...problems.map(({ n }) => n)));
  const prior = priorRisk.value(population, {});
  return (heads, omega) => {
    let [gain, spread] = [0, 0];
    for (const problem of problems) {
      attention(problem, heads, omega, weights);
      read.fill(0);
      let square = 0;
      for (let j = 0; j < problem.n; j++) {
        square += weights[j]! ** 2;
        for (let i = 0; i < d; i++) read[i]! += weights[j]! * problem.x[j * d + i]!;
      }
      task(read, image, 0);
      for (let i = 0; i < d; i++) {
        gain += image[i]! * problem.query[i]!;
        spread += image[i]! * read[i]!;
      }
      spread += population.noise ** 2 * square;
    }
    const mu = spread > 0 ? gain / spread : 0;
    return { mu, risk: prior - (mu * gain) / prompts };
  };
}

/** omega and mu of heads at a law and context; omega is the best of one head where it is left out. */
export interface SoftmaxConstants {
  readonly omega: number;
  readonly mu: number;
}

const known = remembered<SoftmaxConstants>(256);

/** The constants of least risk. Results are kept. */
export function softmaxConstants(
  population: LinearRegression,
  context: Lengths,
  heads: 1 | 2,
  omega: number | undefined,
): SoftmaxConstants {
  return known([population, context, heads, omega], () => {
    const best = softmaxFit(population, context, PROMPTS);
    const scale = omega ?? bestOmega(population, softmaxFit(population, context, SKETCH));
    return { omega: scale, mu: best(heads, scale).mu };
  });
}

/** omega of least risk of one head. Two have none: their risk falls, ever more slowly, down to omega = 0. */
export function bestOmega(population: LinearRegression, best: ReturnType<typeof softmaxFit>): number {
  const size = population.covariance.reduce((total, row, i) => total + row[i]!, 0) / population.features;
  if (!(size > 0)) return 0;
  // Scores of omega x . x_q have a spread of about omega size sqrt(d): from nearly even to nearly one-hot attention.
  const spread = size * Math.sqrt(population.features);
  return Math.exp(minimum((log) => best(1, Math.exp(log)).risk, Math.log(0.02 / spread), Math.log(10 / spread)).x);
}

function sampledInputs(population: LinearRegression, context: Lengths, prompts: number): Problem[] {
  const { features: d, covariance, queryCovariance } = population;
  const [root, queryRoot] = [linearMap(symmetricRoot(covariance)), linearMap(symmetricRoot(queryCovariance))];
  const key = foldIn(keyOf(0), "sampled attention");
  const { x: z, query: q, length } = whiteLaw(population).draw(key, { from: 0, count: prompts }, context);
  const most = z.shape[1];
  const input = new Float64Array(d);
  return Array.from({ length: prompts }).flatMap((_, b) => {
    const n = length?.data[b] ?? most;
    if (n === 0) return [];
    const [x, query] = [new Float64Array(n * d), new Float64Array(d)];
    for (let j = 0; j < n; j++) {
      input.set(z.data.subarray((b * most + j) * d, (b * most + j + 1) * d));
      root(input, x, j * d);
    }
    input.set(q.data.subarray(b * d, (b + 1) * d));
    queryRoot(input, query, 0);
    return [{ x, y: new Float64Array(n), query, n, d }];
  });
}
