import type { Lengths, Nd, Population, Predictor, Prompts, Unit } from "../types.js";
import { rescaled } from "./grounds.js";

/** An algorithm that a model may have learned, its constants those of the training law. */
export interface Candidate {
  readonly name: string;
  predict(prompts: Prompts): Nd<["batch"]>;
}

/** What is compared, and what is not, with the sentence why. */
export interface Candidates {
  readonly candidates: readonly Candidate[];
  readonly declined: readonly { readonly name: string; readonly why: string }[];
}

/** Each predictor tuned at the training law, in order; those that do not apply there are declined. */
export function candidatesOf(predictors: readonly Predictor[], population: Population, context: Lengths): Candidates {
  const applying = predictors.map((predictor) => ({ predictor, applies: predictor.applies(population) }));
  return {
    candidates: applying.flatMap(({ predictor, applies }) =>
      applies === true ? [{ name: predictor.name, predict: predictor.tune(population, context).predict }] : [],
    ),
    declined: applying.flatMap(({ predictor: { name }, applies }) =>
      applies === true ? [] : [{ name, why: applies }],
    ),
  };
}

/**
 * The same algorithm with its free constant multiplied by `gain`, by one identity for all: with inputs times root c a
 * step g of descent acts as c g, a ridge penalty p as p / c, curvature b as c b, and what has no constant (least
 * squares, Newton's iteration from its own scale) does not change.
 */
export function withGain({ name, predict }: Candidate, gain: number): Candidate {
  const root = Math.sqrt(gain);
  return { name, predict: (prompts) => predict(gain === 1 ? prompts : rescaled(prompts, () => root)) };
}

/** Numbers of steps or layers that are tried. */
const STEPS = [1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20];
/** Each layer with constants of its own: as many as layers are commonly stacked, as tuning takes long. */
const UNTIED = [2, 3];

/** Heads of softmax attention: one of best scale, pairs of the scales that training passes on its slow way to 0. */
const HEADS = [{ heads: 1 }, ...[0.02, 0.05, 0.13, 0.3].map((omega) => ({ heads: 2, omega }))];

/**
 * The predictors that a catalogue makes without being told more than a number: bare names first, then families by their
 * number of steps or layers up to `most` and by their heads, predictors before rows of theory.
 */
export function everyPredictor(
  units: Iterable<Unit<unknown, Predictor>>,
  site: { readonly features: number; readonly context: Lengths },
  most = 6,
): Predictor[] {
  const made = [...units].flatMap((unit) => {
    const bare = [undefined, {}].find((option) => unit.options.safeParse(option).success);
    const isBare = [undefined, {}].some((option) => unit.options.safeParse(option).success);
    const options = isBare
      ? [bare]
      : [...STEPS, ...UNTIED.map((untied) => ({ untied })), ...HEADS].filter(within(most));
    return options.flatMap((option) => {
      const parsed = unit.options.safeParse(option);
      return parsed.success ? [{ predictor: unit.make(parsed.data, site), order: isBare ? 0 : 1 }] : [];
    });
  });
  const rank = ({ predictor, order }: (typeof made)[number]) => order + (predictor.kind === "theory" ? 2 : 0);
  return made.sort((a, b) => rank(a) - rank(b)).map(({ predictor }) => predictor);
}

const within = (most: number) => (option: unknown) => typeof option !== "number" || option <= most;
