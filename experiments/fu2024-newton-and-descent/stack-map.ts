import { modelEntrant, predictorEntrant } from "../../src/evaluation/entrant.js";
import { measure } from "../../src/evaluation/measure.js";
import { foldIn } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import gdPlusPlus from "../../src/predictors/gd-plus-plus.js";
import gradientDescentUntied from "../../src/predictors/gradient-descent-untied.js";
import type { Env, Measurement, Run } from "../../src/types.js";
import { blankRow, columnsOf, withoutCovariances } from "./blank-row.js";
import { type Cell, lawOf } from "./cells.js";
import { descentSteps, newtonSteps } from "./iterations.js";
import { cosine } from "./similarity.js";
import { decomposed, predictionOf } from "./spectrum.js";

/** Blocks of as many prompts as a published sequence has errors. */
const [BLOCKS, BLOCK] = [64, 40];
const PROMPTS = 5000;
const NEWTON = Array.from({ length: 14 }, (_, k) => k + 1);
const DESCENT = [...new Set(Array.from({ length: 41 }, (_, j) => Math.round(2 ** (j / 4))))];

/**
 * Rows of `part` `stack` (the trained stack's risk beside GD++ and gradient descent of as many layers with their best
 * constants), `map` (its similarity with Newton's steps and with gradient descent's) and `place` (the most similar steps of
 * either, and the fewest that reach its risk). A stack reads prompts of one length, so that its errors are those on 40 prompts and not along a sequence.
 */
export async function stackRows(cell: Cell, run: Run, { key }: Env): Promise<Measurement[]> {
  const law = lawOf(cell);
  const { features, context, depth, seed } = cell;
  const { mixer } = run.trial;
  const weights = run.status === "ok" ? run.snapshots.at(-1)!.weights : null;
  const at = { population: law.population, context };
  const site = { features, context };
  const peers = [gdPlusPlus.make({ untied: depth }, site), gradientDescentUntied.make(depth, site)];
  const entrants = [modelEntrant("stack", mixer, weights), ...peers.map((each) => predictorEntrant(each, at, at))];
  const stream = { law, context, prompts: PROMPTS, key: foldIn(key, "evaluation") };
  const rows = await measure(entrants, { ...stream, seed, columns: columnsOf(cell, "stack") });
  const kept = rows.filter((row) => !row.exact || seed === 0).map(withoutCovariances);
  if (weights === null) return kept;
  const risk = rows.find(({ name }) => name === "stack")!.risk;
  return [...kept, ...mapRows(cell, run, { risk, gdPlusPlus: peers[0]!.tune(at.population, context).predict }, key)];
}

interface Known {
  /** The stack's risk. */
  readonly risk: number | null;
  readonly gdPlusPlus: Predict;
}

function mapRows(cell: Cell, run: Run, { risk, gdPlusPlus }: Known, key: Env["key"]): Measurement[] {
  const iterations = [...NEWTON.map((k) => newtonSteps(k)), ...DESCENT.map((k) => descentSteps(k, "1 / largest"))];
  const prompts = lawOf(cell).draw(foldIn(key, "map"), { from: 0, count: BLOCKS * BLOCK }, cell.context);
  const answers = prompts.answer.data;
  const weights = run.snapshots.at(-1)!.weights;
  const errorsOf = (predict: Predict) => Array.from(predict(prompts).data, (prediction, b) => prediction - answers[b]!);
  const stack = errorsOf((asked) => run.trial.mixer.forward(weights, asked));
  const others: number[][] = [errorsOf(gdPlusPlus), ...iterations.map(() => [])];
  const risks = iterations.map(() => 0);
  for (let b = 0; b < BLOCKS * BLOCK; b++) {
    const prompt = decomposed(prompts, b);
    for (const [i, { left }] of iterations.entries()) {
      const shares = left(prompt.values);
      others[i + 1]!.push(predictionOf(prompt, shares) - prompt.answer);
      // Isotropic inputs: the risk given the prompt's own.
      risks[i]! += shares.reduce((total, p) => total + p ** 2, 0) / (BLOCKS * BLOCK);
    }
  }
  const sums = new Moments(others.length);
  for (let block = 0; block < BLOCKS; block++) {
    const within = (errors: readonly number[]) => errors.slice(block * BLOCK, (block + 1) * BLOCK);
    sums.add(others.map((errors) => cosine(within(stack), within(errors))));
  }
  const placed = iterations.map(({ algorithm, steps }, i) => ({ algorithm, steps, similarity: sums.mean(i + 1) }));
  const best = (wanted: string) =>
    placed.filter(({ algorithm }) => algorithm === wanted).reduce((a, b) => (b.similarity > a.similarity ? b : a));
  const [newton, descent] = [best("newton"), best("gradient-descent")];
  /** The fewest steps whose risk is the stack's or less. */
  const reaching = (wanted: string) =>
    placed.find(({ algorithm }, i) => algorithm === wanted && risk !== null && risks[i]! <= risk)?.steps ?? null;
  return [
    ...placed
      .filter(({ algorithm, steps }) => algorithm === "newton" || Number.isInteger(Math.log2(steps)))
      .map((each) => ({ ...blankRow(cell, "map", "stack"), ...each, octave: octave(each) })),
    {
      ...blankRow(cell, "place", "stack"),
      newtonSteps: newton.steps,
      newtonSimilarity: newton.similarity,
      gradientSteps: descent.steps,
      gradientSimilarity: descent.similarity,
      gdPlusPlusSimilarity: sums.mean(0),
      newtonStepsOfRisk: reaching("newton"),
      gradientStepsOfRisk: reaching("gradient-descent"),
    },
  ];
}

type Predict = ReturnType<ReturnType<typeof gdPlusPlus.make>["tune"]>["predict"];

/** Newton's steps count themselves, gradient descent's their octaves. */
const octave = ({ algorithm, steps }: { readonly algorithm: string; readonly steps: number }) =>
  algorithm === "newton" ? steps : Math.log2(steps);
