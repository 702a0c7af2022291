import { availableParallelism } from "node:os";
import { type Entrant, modelEntrant, predictorEntrant } from "../../evaluation/entrant.js";
import { measure } from "../../evaluation/measure.js";
import { threads } from "../../evaluation/threads.js";
import { linearRegressionLaw } from "../../laws/gaussian-linear.js";
import { keyOf } from "../../math/keys.js";
import { loadCatalogue } from "../../runner/catalogue.js";
import { machineLine, thisMachine } from "./machine.js";
import { type Problem, trialOf } from "./problem.js";
import { problems } from "./problems.js";
import { type Spread, spreadOf } from "./spread.js";
import { table } from "./table.js";

const PROMPTS = 1_000_000;
const RUNS = 3;
const context = 20;
const law = linearRegressionLaw({ features: 10, noise: 0.1 });
const at = { population: law.population, context };

/** What is measured by itself, as a study writes it. The first costs nothing but the drawing. */
const predictors: readonly (readonly [name: string, options: unknown])[] = [
  ["zero", {}],
  ["gradient-step", undefined],
  ["gradient-descent", 3],
  ["newton", 3],
  ["ols", {}],
  ["ridge", {}],
];

/** Seconds that measuring takes: by the clock, and of all threads' work. */
interface Seconds {
  readonly wall: Spread;
  readonly work: Spread;
}

/** The risk of every predictor at a million prompts, each by itself and all at once, with the start of the threads. */
export async function benchEvaluation(): Promise<{ readonly data: object; readonly text: string }> {
  const machine = thisMachine();
  const entrants = [...(await predictorEntrants()), ...problems.map(modelOf)];
  const contests = [...entrants.map((entrant) => [entrant]), entrants];
  const results = [];
  for (const contest of contests) {
    const name = contest.length === 1 ? contest[0]!.name : `all ${contest.length}, on the same prompts`;
    results.push({ name, seconds: await secondsOf(contest) });
  }
  const rows = results.map(({ name, seconds: { wall, work } }) => [
    name,
    wall.median.toFixed(2),
    `${wall.least.toFixed(2)} .. ${wall.most.toFixed(2)}`,
    work.median.toFixed(2),
    `${work.least.toFixed(2)} .. ${work.most.toFixed(2)}`,
  ]);
  const text = [
    "# Risk at a million prompts",
    machineLine(machine),
    `Seconds to the risk, its error and all covariances at ${PROMPTS.toLocaleString("en")} prompts of d = ${law.features}, ` +
      `n = ${context}, noise 0.1, in float64 on ${availableParallelism()} threads, their start included; median and ` +
      `range of ${RUNS} runs. Zero predicts nothing: it is the drawing, which all others include. Work: of all threads.`,
    table(["", "seconds", "least .. most", "work", "least .. most"], rows),
  ].join("\n\n");
  return { data: { machine, prompts: PROMPTS, results }, text };
}

async function predictorEntrants(): Promise<Entrant[]> {
  const catalogue = await loadCatalogue();
  return predictors.map(([name, options]) => {
    const unit = catalogue.predictors.get(name)!;
    return predictorEntrant(unit.make(unit.options.parse(options), { features: law.features, context }), at, at);
  });
}

/** The untrained model of a problem: weights' values cost nothing. */
function modelOf(problem: Problem): Entrant {
  const { mixer, key } = trialOf(problem, 1);
  return modelEntrant(problem.name, mixer, mixer.init(key, law.features));
}

async function secondsOf(entrants: readonly Entrant[]): Promise<Seconds> {
  const [wall, work]: [number[], number[]] = [[], []];
  for (let run = 0; run < RUNS; run++) {
    await threads.close();
    const [begun, before] = [performance.now(), process.cpuUsage()];
    await measure(entrants, { law, context, prompts: PROMPTS, key: keyOf(1), seed: 0, columns: { context } });
    const { user, system } = process.cpuUsage(before);
    wall.push((performance.now() - begun) / 1e3);
    work.push((user + system) / 1e6);
  }
  await threads.close();
  return { wall: spreadOf(wall), work: spreadOf(work) };
}
