import { foldIn } from "../math/keys.js";
import type { Key, Law, Lengths, Nd, Prompts } from "../types.js";

/** Prompts of one law on which a model and the candidates are compared: constants are fitted on one half of them. */
export interface Ground {
  readonly name: string;
  readonly fit: Prompts;
  readonly test: Prompts;
}

/** Inputs of half and of twice the variance. */
const SCALES = [Math.SQRT1_2, Math.SQRT2] as const;

/**
 * The training law first, then what an algorithm that only looks alike there may not survive: inputs of half and twice
 * the variance, half and twice as many pairs, and inputs stretched along some features and shrunk along others, with
 * the labels as they were. A shift that the law has not is left out.
 *
 * @param prompts in either half of each ground
 */
export function grounds(law: Law, context: Lengths, key: Key, prompts: number): Ground[] {
  const drawn = (name: string, of: Law, length: Lengths, change = (given: Prompts) => given): Ground => {
    const own = foldIn(key, name);
    const half = (from: number) => change(of.draw(own, { from, count: prompts }, length));
    return { name, fit: half(0), test: half(prompts) };
  };
  const scaled = SCALES.map(
    (inputScale) => () => drawn(`inputs x ${inputScale.toFixed(2)}`, law.shifted({ inputScale }), context),
  );
  const shifts = [
    ...scaled,
    () => drawn("half the context", law, lengths(context, 0.5)),
    () => drawn("twice the context", law, lengths(context, 2)),
    () => drawn("stretched inputs", law, context, stretched),
  ];
  return [drawn("training law", law, context), ...shifts.flatMap(whereThere)];
}

/** A shift, or nothing where the law has no such one (a series is only so long) and says so by a RangeError. */
function whereThere(shift: () => Ground): Ground[] {
  try {
    return [shift()];
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  }
}

function lengths(context: Lengths, factor: number): Lengths {
  const times = (n: number) => Math.ceil(n * factor);
  return typeof context === "number"
    ? times(context)
    : { uniform: [times(context.uniform[0]), times(context.uniform[1])] };
}

/** Feature i times 2^(-1/2 .. 1/2), in equal ratios: of one feature, which has no shape, twice the variance. */
function stretched(prompts: Prompts): Prompts {
  const [, , d] = prompts.x.shape;
  const factor = (i: number) => (d === 1 ? Math.SQRT2 : 2 ** (i / (d - 1) - 0.5));
  return rescaled(prompts, factor);
}

/** Prompts whose inputs, the query's too, are multiplied feature by feature. */
export function rescaled(prompts: Prompts, factor: (feature: number) => number): Prompts {
  const d = prompts.query.shape[1];
  const factors = Array.from({ length: d }, (_, i) => factor(i));
  const times = (data: Nd["data"]): Float64Array => {
    const out = new Float64Array(data.length);
    for (let at = 0; at < out.length; at++) out[at] = data[at]! * factors[at % d]!;
    return out;
  };
  return {
    ...prompts,
    x: { ...prompts.x, data: times(prompts.x.data) },
    query: { ...prompts.query, data: times(prompts.query.data) },
  };
}
