import { Moments } from "../math/moments.js";
import { loadCatalogue } from "../runner/catalogue.js";
import { promptsOf } from "../weights/prompts-file.js";
import { readArrays } from "../weights/weights-file.js";
import { type ModelOptions, readModel } from "./model-option.js";
import { withUsed } from "./own-units.js";
import { naming, readBytes } from "./read-file.js";

export interface PredictOptions extends ModelOptions {
  readonly prompts: string;
  /** Files of own units. */
  readonly use?: readonly string[];
  readonly json?: boolean;
}

/** `iclab predict`: a model's predictions on the prompts of a file, one a line; and its risk where they have answers. */
export async function predict(file: string, options: PredictOptions): Promise<void> {
  const catalogue = await withUsed(await loadCatalogue(), options.use);
  const prompts = naming(options.prompts, () =>
    promptsOf(readArrays(options.prompts, readBytes(options.prompts, "prompts"))),
  );
  const [batch, context, features] = prompts.x.shape;
  const { mixer, weights } = readModel(file, options, { features, context }, catalogue);
  const predictions = Array.from(mixer.forward(weights, prompts).data);
  const risk = prompts.answered ? riskOf(predictions, prompts.answer.data) : null;
  if (options.json) {
    const finite = predictions.map((value) => (Number.isFinite(value) ? value : null));
    process.stdout.write(`${JSON.stringify({ prompts: batch, ...risk, predictions: finite }, null, 2)}\n`);
    return;
  }
  process.stdout.write(predictions.map((value) => `${value}\n`).join(""));
  if (risk) process.stderr.write(`risk ${risk.risk} ± ${risk.standardError} on ${batch} prompts\n`);
}

/** Mean squared error with its standard error, null where they are not finite. */
function riskOf(predictions: readonly number[], answers: ArrayLike<number>) {
  const moments = new Moments(1);
  for (const [b, prediction] of predictions.entries()) moments.add([(prediction - answers[b]!) ** 2]);
  const [risk, standardError] = [moments.mean(0), moments.standardError(0)];
  return {
    risk: Number.isFinite(risk) ? risk : null,
    standardError: Number.isFinite(standardError) ? standardError : null,
  };
}
