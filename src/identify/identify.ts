import { foldIn } from "../math/keys.js";
import type { Key, Law, Lengths, Nd, Predictor, Prompts } from "../types.js";
import { distances, type GroundErrors, spread } from "./bootstrap.js";
import { type Candidate, type Candidates, candidatesOf, withGain } from "./candidate.js";
import { bestGain } from "./gain.js";
import { grounds } from "./grounds.js";
import { meanSquare, squaredGaps, variance } from "./squares.js";

/** A model is none of the candidates when even the nearest is farther than this share of its own variance. */
export const NONE_ABOVE = 0.1;
/** Two candidates whose distances differ by less than this share, or by less than twice the error, are not told apart. */
export const RESOLUTION = 1e-3;
/** A model whose predictions have less than this share of the labels' mean square says nothing, whatever its shape. */
export const QUIET_BELOW = 0.01;

/** How far one candidate is from the model. */
export interface Finding {
  readonly name: string;
  /** E (candidate - model)^2 / Var(model), mean over the grounds; null where it is not finite. */
  readonly distance: number | null;
  /** Of `distance`, over prompts. */
  readonly standardError: number | null;
  /** By which its free constant was multiplied (step, inverse penalty); null where it has none. */
  readonly gain: number | null;
  /** The distance on each ground, the training law first. */
  readonly byGround: Readonly<Record<string, number | null>>;
}

export interface Identification {
  /** The nearest candidate, or null: none is near, or the model's predictions are not finite. */
  readonly best: Finding | null;
  /** Every candidate, the nearest first. */
  readonly findings: readonly Finding[];
  /** Those that cannot be told apart from the nearest. */
  readonly alike: readonly string[];
  readonly declined: Candidates["declined"];
  /** The candidates with their constants fitted, in the order in which they were given. */
  readonly fitted: readonly Candidate[];
  /** Where the model says nothing: its mean square as a share of the labels'. */
  readonly quiet: number | null;
  /** Where the model's predictions are not finite. */
  readonly undefinedOn: string | null;
}

/** What is to be identified, by its predictions. */
export type Model = (prompts: Prompts) => Nd<["batch"]>;

/**
 * Which predictor a model is. On prompts of its training law and of shifted laws (`grounds`) each candidate's distance
 * to the model is a share of the model's own variance; a candidate's free constant is fitted on one half of the prompts
 * and the distance measured on the other, with a bootstrap over prompts for its error.
 *
 * @param prompts in either half of each of the (at most) six grounds
 *
 * @example
 * import { identify } from "iclab/identify/identify";
 * import { linearRegressionLaw } from "iclab/laws/gaussian-linear";
 * import { keyOf } from "iclab/math/keys";
 * import gradientStep from "iclab/predictors/gradient-step";
 * import newton from "iclab/predictors/newton";
 * import ridge from "iclab/predictors/ridge";
 *
 * const law = linearRegressionLaw({ features: 3, noise: 0.5 });
 * const site = { features: 3, context: 12 };
 * const predictors = [gradientStep.make(undefined, site), newton.make(2, site), ridge.make({}, site)];
 * const { predict } = newton.make(2, site).tune(law.population, 12); // a model that is one of them
 * const { best } = await identify(predict, predictors, { law, context: 12, key: keyOf(1), prompts: 100 });
 * best?.name; // "newton-2"
 */
export async function identify(
  model: Model,
  predictors: readonly Predictor[],
  at: { readonly law: Law; readonly context: Lengths; readonly key: Key; readonly prompts: number },
): Promise<Identification> {
  const { candidates, declined } = candidatesOf(predictors, at.law.population, at.context);
  const places = grounds(at.law, at.context, foldIn(at.key, "grounds"), at.prompts);
  const said = places.map((ground) => ({ ground, fit: model(ground.fit).data, test: model(ground.test).data }));
  const broken = said.find(({ fit, test }) => !fit.every(Number.isFinite) || !test.every(Number.isFinite));
  const nothing = { best: null, findings: [], alike: [], declined, fitted: [], quiet: null, undefinedOn: null };
  if (broken) return { ...nothing, undefinedOn: broken.ground.name };
  const quiet = meanSquare(said[0]!.test) / meanSquare(places[0]!.test.answer.data);
  const fits = said.map(({ ground, fit }) => ({ prompts: ground.fit, predictions: fit, variance: variance(fit) }));
  const fitted: { readonly gain: number | null; readonly candidate: Candidate }[] = [];
  for (const candidate of candidates) {
    const gain = quiet < QUIET_BELOW ? null : bestGain(candidate, fits);
    fitted.push({ gain, candidate: withGain(candidate, gain ?? 1) });
    await new Promise<void>((resume) => setTimeout(resume, 0));
  }
  const errors = said.map(({ ground, test }): GroundErrors => {
    const gaps = fitted.map(({ candidate }) => squaredGaps(candidate.predict(ground.test).data, test));
    return { predictions: test, errors: gaps };
  });
  const sought = { ...nothing, fitted: fitted.map(({ candidate }) => candidate) };
  const { found, byGround, resampled } = distances(errors, foldIn(at.key, "bootstrap"));
  const findings = fitted.map(({ candidate: { name }, gain }, i): Finding => {
    const each = places.map((ground, g) => [ground.name, finite(byGround[g]![i]!)] as const);
    const standardError = finite(spread(resampled.map((sample) => sample[i]!)));
    return { name, distance: finite(found[i]!), standardError, gain, byGround: Object.fromEntries(each) };
  });
  const order = ranking(found);
  const ranked = order.map((i) => findings[i]!);
  if (quiet < QUIET_BELOW) return { ...sought, findings: ranked, quiet };
  const [first] = order;
  if (first === undefined || far(findings[first]!) > NONE_ABOVE) return { ...sought, findings: ranked };
  const alike = order.filter((i) => {
    if (i === first) return false;
    const difference = found[i]! - found[first]!;
    const error = spread(resampled.map((sample) => sample[i]! - sample[first]!));
    return difference <= Math.max(RESOLUTION, 2 * error);
  });
  return { ...sought, best: findings[first]!, findings: ranked, alike: alike.map((i) => findings[i]!.name) };
}

/** Equal algorithms at this law differ by roundings: the first of the list is then the nearest. */
const ROUNDINGS = 1e-9;

/** Indices of the candidates, the nearest first. */
function ranking(found: Float64Array): number[] {
  const key = (i: number) =>
    Number.isFinite(found[i]!) ? Math.round(found[i]! / ROUNDINGS) : Number.POSITIVE_INFINITY;
  return [...found.keys()].sort((a, b) => (key(a) === key(b) ? a - b : key(a) - key(b)));
}

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
const far = ({ distance }: Finding): number => distance ?? Number.POSITIVE_INFINITY;
