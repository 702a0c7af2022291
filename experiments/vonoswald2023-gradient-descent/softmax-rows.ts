import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import { centredStep } from "../../src/predictors/algorithms/centred-step.js";
import gradientStep from "../../src/predictors/gradient-step.js";
import softmaxHeads from "../../src/predictors/softmax-heads.js";
import { optimalStep } from "../../src/theory/optimal-step.js";
import type { Env, Measurement, Row, Run } from "../../src/types.js";
import { codeLaw, FEATURES } from "./laws.js";
import type { SoftmaxCell } from "./more-cells.js";

const PROMPTS = 20_000;

/**
 * Rows of `part` `softmax`: trained heads beside the step of gradient descent, the same on centred inputs (of n - 1 pairs
 * where inputs are Gaussian, and nearly so here), and a single head of best constants.
 */
export async function softmaxRows(cell: SoftmaxCell, run: Run, { key }: Env): Promise<Measurement[]> {
  const { heads, context, seed } = cell;
  const at = { population: codeLaw.population, context };
  const site = { features: FEATURES, context };
  const weights = run.status === "ok" ? run.snapshots.at(-1)!.weights : null;
  const step = optimalStep.value(codeLaw.population, { context: context - 1 });
  const centred = centredStep({ step });
  const entrants = [
    modelEntrant("softmax", run.trial.mixer, weights),
    predictorEntrant(gradientStep.make(undefined, site), at, at),
    predictorEntrant(softmaxHeads.make({ heads: 1 }, site), at, at),
    {
      ...({
        name: "centred-step",
        kind: "predictor",
        exact: { why: "centring is exact for Gaussian inputs only" },
      } as const),
      predict: centred.predict,
      recipe: () => centred.recipe,
    },
  ];
  const stream = { law: codeLaw, context, prompts: PROMPTS, key: foldIn(key, "evaluation") };
  const rows = await measure(entrants, { ...stream, seed, columns: { part: "softmax", heads, context } });
  // The step's closed form is that of one linear layer.
  const kept = rows.filter((row) => !row.exact);
  if (weights === null) return kept;
  return kept.map((row) => (row.name === "softmax" ? { ...row, ...pattern(run) } : row));
}

/** omega_h, the mean diagonal entry of KQ's x-part, times mu_h, the label's entry of OV: what Figure 11 plots. */
function pattern({ trial, snapshots }: Run): Row {
  const { KQ, OV } = trial.mixer.products(snapshots.at(-1)!.weights);
  const [heads, D] = OV.shape;
  const each = Array.from({ length: heads }, (_, h) => {
    const diagonal = Array.from({ length: FEATURES }, (_, i) => KQ.data[(h * D + i) * D + i]!);
    return { omega: diagonal.reduce((a, b) => a + b, 0) / FEATURES, mu: OV.data[(h + 1) * D - 1]! };
  });
  const sum = (of: (head: (typeof each)[number]) => number) => each.reduce((total, head) => total + of(head), 0);
  return {
    ...Object.fromEntries(
      each.flatMap(({ omega, mu }, h) => [
        [`omega${h + 1}`, omega],
        [`mu${h + 1}`, mu],
      ]),
    ),
    sumOmegaMu: sum(({ omega, mu }) => omega * mu),
    /** |sum mu| / sum |mu|: 0 where the heads' constants cancel. */
    unbalanced: Math.abs(sum(({ mu }) => mu)) / sum(({ mu }) => Math.abs(mu)),
  };
}
