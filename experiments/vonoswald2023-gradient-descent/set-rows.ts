import { type Entrant, modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import { solve } from "../../src/math/solve.js";
import { preconditionedStep } from "../../src/predictors/algorithms/preconditioned-step.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import type { Env, Measurement, Prompts, Rows, Run } from "../../src/types.js";
import { codeLaw, FEATURES as d } from "./laws.js";
import { type SetCell, setKey } from "./more-cells.js";

const PROMPTS = 20_000;

/**
 * Rows of `part` `fixed-set`: the layer that was trained on a fixed set, beside the best step and beside the preconditioned
 * step of least squares on the very set, on fresh prompts (`test`) and on those of the set (`training`).
 */
export async function setRows(cell: SetCell, run: Run, { key }: Env): Promise<Measurement[]> {
  const { context, prompts: count, seed } = cell;
  const { law: set } = run.trial;
  const weights = run.status === "ok" ? run.snapshots.at(-1)!.weights : null;
  const at = { population: codeLaw.population, context };
  const entrants = [
    modelEntrant("layer", run.trial.mixer, weights),
    predictorEntrant(gradientStep.make(undefined, { features: d, context }), at, at),
    fitted(codeLaw.draw(setKey(run.trial.key), { from: 0, count }, context)),
  ];
  const rows: Measurement[] = [];
  for (const [seen, law] of [["test", codeLaw] as const, ["training", set] as const]) {
    const stream = { law, context, prompts: PROMPTS, key: foldIn(key, "evaluation") };
    const columns = { part: "fixed-set", set: count, seen, context };
    rows.push(...(await measure(entrants, { ...stream, seed, columns })));
  }
  // The step's closed form is about the law, not about a set, and is that of one layer.
  return rows.filter((row) => !row.exact);
}

/**
 * x_q^T A m, m = (1/n) sum_j y_j x_j, with A of least squared error on the set: d^2 numbers fitted to as many equations as
 * there are prompts, so that on fresh prompts its excess over the best step is about d^2 / (prompts - d^2) of the risk.
 */
function fitted(prompts: Prompts): Entrant {
  const [count, context] = prompts.y.shape;
  const size = d * d;
  const normal = Array.from({ length: size }, () => new Float64Array(size));
  const right = new Float64Array(size);
  const features = new Float64Array(size);
  for (let p = 0; p < count; p++) {
    const m = new Float64Array(d);
    for (let j = 0; j < context; j++)
      for (let i = 0; i < d; i++)
        m[i]! += (prompts.y.data[p * context + j]! * prompts.x.data[(p * context + j) * d + i]!) / context;
    for (let a = 0; a < d; a++)
      for (let b = 0; b < d; b++) features[a * d + b] = prompts.query.data[p * d + a]! * m[b]!;
    for (let i = 0; i < size; i++) {
      right[i]! += features[i]! * prompts.answer.data[p]!;
      for (let j = 0; j < size; j++) normal[i]![j]! += features[i]! * features[j]!;
    }
  }
  const found = solve(
    normal.map((row) => [...row]),
    [...right].map((entry) => [entry]),
  ).map(([entry]) => entry!);
  const preconditioner: Rows = Array.from({ length: d }, (_, a) => found.slice(a * d, (a + 1) * d));
  const tuned = preconditionedStep({ preconditioner });
  return {
    ...{ name: "fitted-step", kind: "predictor", exact: { why: "it depends on the set" } },
    predict: tuned.predict,
    recipe: () => tuned.recipe,
  };
}
