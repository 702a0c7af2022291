import { everyPredictor } from "../identify/candidate.js";
import { identify as identified } from "../identify/identify.js";
import { identificationSentence, weightsSentence } from "../identify/sentence.js";
import { weightDistances } from "../identify/weight-distances.js";
import { foldIn, keyOf } from "../math/keys.js";
import { loadCatalogue } from "../runner/catalogue.js";
import type { Predictor, Unit } from "../types.js";
import { UsageError } from "./failure.js";
import { readLaw } from "./law-option.js";
import { type ModelOptions, readModel } from "./model-option.js";
import { withUsed } from "./own-units.js";

export interface IdentifyOptions extends ModelOptions {
  readonly law: string;
  readonly context?: string;
  /** Most steps or layers of a family. */
  readonly steps: number;
  /** Prompts in either half of each ground. */
  readonly prompts: number;
  readonly seed: number;
  /** Files of own units. */
  readonly use?: readonly string[];
  readonly json?: boolean;
}

/** `iclab identify`: which predictor a file of weights is, under a law. */
export async function identify(file: string, options: IdentifyOptions): Promise<void> {
  if (options.prompts < 2) throw new UsageError("--prompts is 2 or more: one prompt has no error");
  const catalogue = await withUsed(await loadCatalogue(), options.use);
  const { law, context } = await readLaw(options.law, options.context, catalogue);
  const site = { features: law.features, context };
  const { mixer, weights } = readModel(file, options, site, catalogue);
  const units = catalogue.predictors.values() as Iterable<Unit<unknown, Predictor>>;
  const predictors = everyPredictor(units, site, options.steps);
  process.stderr.write(`comparing with ${predictors.length} predictors\n`);
  const key = foldIn(keyOf(options.seed), "identify");
  const at = { law, context, key, prompts: options.prompts };
  const { fitted, ...result } = await identified((prompts) => mixer.forward(weights, prompts), predictors, at);
  const distances = weightDistances(mixer, weights, fitted);
  const says = identificationSentence(result);
  if (options.json) {
    process.stdout.write(`${JSON.stringify({ says, ...result, weights: distances }, null, 2)}\n`);
    return;
  }
  process.stdout.write(`${[says, weightsSentence(distances)].filter((line) => line !== "").join("\n")}\n`);
}
