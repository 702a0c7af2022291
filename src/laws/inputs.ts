import { z } from "zod";
import type { Draws } from "../math/draws.js";
import type { Inputs } from "./gaussian-linear.js";

const allowed = "gaussian, rademacher, { uniform: a } with a > 0, or { student: nu } with nu > 2";

/** The ways a study may write the distribution of the coordinates z behind x = B z. */
export const inputsOption = z
  .union(
    [
      z.literal("gaussian"),
      z.literal("rademacher").describe("-1 or 1"),
      z.strictObject({ uniform: z.number().positive().describe("uniform on [-a, a]: variance a^2 / 3, not 1") }),
      z.strictObject({ student: z.number().gt(2).describe("Student t of nu > 2 degrees, scaled to unit variance") }),
    ],
    { error: `inputs are ${allowed}` },
  )
  .describe(allowed);

export type InputsOption = z.infer<typeof inputsOption>;

/** How one unit-variance coordinate is drawn, what a closed form needs of it, and the variance it is to have. */
export interface Coordinates {
  readonly inputs: Inputs;
  /** Variance the option asks for, which multiplies the covariance: a^2 / 3 for U(-a, a), else 1. */
  readonly variance: number;
  draw(draws: Draws): number;
}

/** The distribution an option means. Moments: uniform kurtosis 9/5; Student t 3 + 6 / (nu - 4), infinite for nu <= 4. */
export function coordinates(option: InputsOption): Coordinates {
  if (option === "gaussian")
    return { inputs: { kind: "gaussian", kurtosis: 3 }, variance: 1, draw: (draws) => draws.normal() };
  if (option === "rademacher")
    return { inputs: { kind: "rademacher", kurtosis: 1 }, variance: 1, draw: (draws) => draws.rademacher() };
  if ("uniform" in option) {
    const range = Math.sqrt(3);
    const draw = (draws: Draws) => range * (2 * draws.uniform() - 1);
    return { inputs: { kind: "uniform", kurtosis: 9 / 5 }, variance: option.uniform ** 2 / 3, draw };
  }
  const nu = option.student;
  const unit = Math.sqrt((nu - 2) / nu);
  const kurtosis = nu > 4 ? 3 + 6 / (nu - 4) : Number.POSITIVE_INFINITY;
  return { inputs: { kind: "student", kurtosis }, variance: 1, draw: (draws) => unit * draws.student(nu) };
}
