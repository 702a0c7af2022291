import { type Entrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { promptChunks, type Stream } from "../../src/evaluation/prompt-chunks.js";
import { foldIn } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import { descent } from "../../src/predictors/algorithms/descent.js";
import newton from "../../src/predictors/newton.js";
import ols from "../../src/predictors/ols.js";
import onlineGradientDescent from "../../src/predictors/online-gradient-descent.js";
import { labelRisk } from "../../src/theory/step-moments.js";
import type { Env, Measurement } from "../../src/types.js";
import { blankRow, columnsOf, withoutCovariances } from "./blank-row.js";
import { type Cell, fixedLawOf, lawOf } from "./cells.js";
import { CODE_STEP, descentSteps, type Iteration, newtonSteps } from "./iterations.js";
import { decomposed, predictionOf } from "./spectrum.js";

/** Prompts that risks are averaged over, and those on which the iterations are run step by step. */
const PROMPTS = { averaged: 2000, run: 500, identical: 100 };

/** Steps of Newton's iteration, as Figure 2, and of gradient descent: powers of two up to the code's 4,096. */
const NEWTON = Array.from({ length: 24 }, (_, k) => k + 1);
const DESCENT = Array.from({ length: 13 }, (_, k) => 2 ** k);

/** Steps that are also run: Newton's recursion on matrices, descent step by step. */
const RUN = { newton: [1, 5, 9, 13, 17, 21], edge: [1, 9, 21], descent: [1, 32, 256] };

/**
 * Rows of `part` `errors`: every iteration's risk as the mean over prompts of its risk *given the inputs*, task and query
 * integrated; of `part` `sampled`: the algorithms themselves run on prompts, beside least squares and one online pass,
 * whose risks have closed forms; and of `part` `identity`: how far the two ways' answers to one prompt are apart.
 */
export async function errorRows(cell: Cell, { key }: Env): Promise<Measurement[]> {
  const { inputs, context } = cell;
  const step = inputs === "isotropic" ? CODE_STEP : "1 / largest";
  const iterations = [
    ...NEWTON.flatMap((k) => [newtonSteps(k), newtonSteps(k, "edge")]),
    ...DESCENT.map((k) => descentSteps(k, step)),
  ];
  const stream = { context, key: foldIn(key, "evaluation") };
  return [
    ...(await averagedRows(cell, iterations, { ...stream, prompts: PROMPTS.averaged })),
    ...(await sampledRows(cell, { ...stream, prompts: PROMPTS.run })),
    ...(await identityRows(cell, { ...stream, prompts: PROMPTS.identical })),
  ];
}

type Prompted = Omit<Stream, "law">;

/**
 * E over prompts of sum_i p(l_i)^2 v_i^T L v_i, v_i the eigenvectors of S and L the covariance of the query: the risk of an
 * iteration for w ~ N(0, I) without noise.
 */
async function averagedRows(cell: Cell, iterations: readonly Iteration[], stream: Prompted): Promise<Measurement[]> {
  const law = fixedLawOf(cell);
  const variances = law.population.queryCovariance.map((row, i) => row[i]!);
  const moments = new Moments(iterations.length);
  const edge = new Moments(1);
  for await (const prompts of promptChunks({ ...stream, law }))
    for (let b = 0; b < prompts.query.shape[0]; b++) {
      const { values, vectors } = decomposed(prompts, b);
      const asked = vectors.map((v) => v.reduce((total, entry, i) => total + variances[i]! * entry ** 2, 0));
      const risk = (left: readonly number[]) => left.reduce((total, p, i) => total + p ** 2 * asked[i]!, 0);
      moments.add(iterations.map(({ left }) => risk(left(values))));
      edge.add([values.at(-1)! > 2 / CODE_STEP ? 1 : 0]);
    }
  const labels = labelRisk.value(law.population, {});
  return iterations.map(({ name, algorithm, steps }, i): Measurement => {
    const [risk, standardError] = [moments.mean(i), moments.standardError(i)];
    return {
      ...columnsOf(cell, "errors"),
      ...{ testContext: cell.context, name, kind: "predictor", exact: false, seed: cell.seed },
      ...{ risk, status: "ok", standardError, prompts: stream.prompts, excess: risk },
      ...{ algorithm, steps, share: risk / labels, shareError: standardError / labels },
      // The part of the prompts on which gradient descent with the code's step diverges.
      ...(algorithm === "gradient-descent" && { beyondCodeStep: edge.mean(0) }),
    };
  });
}

/** The algorithms as they are run, task and query drawn with the prompt. */
async function sampledRows(cell: Cell, stream: Prompted): Promise<Measurement[]> {
  const law = lawOf(cell);
  const { features, context, seed } = cell;
  const at = { population: law.population, context };
  const site = { features, context };
  const predictors = [
    ...RUN.newton.map((k) => newton.make(k, site)),
    ...RUN.edge.map((k) => newton.make({ edge: k }, site)),
    ols.make({}, site),
    onlineGradientDescent.make("normalized", site),
  ];
  const entrants = [...predictors.map((each) => predictorEntrant(each, at, at)), ...descentEntrants(cell)];
  const rows = await measure(entrants, { ...stream, law, seed, columns: columnsOf(cell, "sampled") });
  const labels = labelRisk.value(law.population, {});
  return rows.map((row) => ({ ...withoutCovariances(row), share: row.risk === null ? null : row.risk / labels }));
}

/** Gradient descent with the code's step, n times which is the step of the mean loss. Where it diverges it is not run. */
function descentEntrants({ inputs, context }: Cell): Entrant[] {
  if (inputs !== "isotropic") return [];
  return RUN.descent.map((steps) => {
    const { predict, recipe } = descent({ steps, step: CODE_STEP * context });
    const exact = { why: "the risk of many gradient steps has no simple closed form; it is sampled" };
    return { name: `gradient-descent-${steps}`, kind: "predictor", predict, recipe: () => recipe, exact };
  });
}

/** Root of the mean squared gap of the two ways' answers to the same prompts, as a part of the label's deviation. */
async function identityRows(cell: Cell, stream: Prompted): Promise<Measurement[]> {
  const law = lawOf(cell);
  const site = { features: cell.features, context: cell.context };
  const pairs = [
    ...RUN.newton.map((k) => ({ iteration: newtonSteps(k), run: newton.make(k, site) })),
    ...RUN.edge.map((k) => ({ iteration: newtonSteps(k, "edge"), run: newton.make({ edge: k }, site) })),
  ].map(({ iteration, run }) => ({ ...iteration, predict: run.tune(law.population, cell.context).predict }));
  const sums = pairs.map(() => 0);
  for await (const prompts of promptChunks({ ...stream, law })) {
    const answers = pairs.map(({ predict }) => predict(prompts).data);
    for (let b = 0; b < prompts.query.shape[0]; b++) {
      const prompt = decomposed(prompts, b);
      for (const [i, { left }] of pairs.entries())
        sums[i]! += (answers[i]![b]! - predictionOf(prompt, left(prompt.values))) ** 2;
    }
  }
  const labels = labelRisk.value(law.population, {});
  return pairs.map(({ name, algorithm, steps }, i): Measurement => {
    const gap = Math.sqrt(sums[i]! / stream.prompts / labels);
    return { ...blankRow(cell, "identity", name), algorithm, steps, gap };
  });
}
