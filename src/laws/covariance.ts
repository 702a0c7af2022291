import { z } from "zod";
import { diagonal, identity, scaled } from "../math/matrix.js";
import { isSemidefinite } from "../math/symmetric.js";
import type { Rows } from "../types.js";

const number = z.number();
const allowed =
  "identity, { diagonal: [...] }, { ar1: -1 to 1 }, { power: 0 or more }, { scale: 0 or more } or d rows of d numbers";

/** The ways a study may write a covariance of d features. */
export const covarianceOption = z
  .union(
    [
      z.literal("identity").describe("unit variances, no correlation"),
      z.strictObject({ diagonal: z.array(number.min(0)).min(1).describe("the d variances, each 0 or more") }),
      z.strictObject({ ar1: number.min(-1).max(1).describe("entry (i, j) is ar1^|i - j|, from -1 to 1") }),
      z.strictObject({ power: number.min(0).describe("diagonal with the k-th variance k^-power, k = 1 .. d") }),
      z.strictObject({ scale: number.min(0).describe("this multiple of the identity") }),
      z.array(z.array(number).min(1)).min(1).describe("d rows of d entries, symmetric and positive semidefinite"),
    ],
    { error: `a covariance is ${allowed}` },
  )
  .describe(allowed);

/** The same for tasks, with `inverse`: the inverse of the inputs' covariance. */
export const taskCovarianceOption = z
  .union([z.literal("inverse").describe("the inverse of the inputs' covariance"), ...covarianceOption.options], {
    error: `a task covariance is inverse, ${allowed}`,
  })
  .describe(`inverse, ${allowed}`);

export type CovarianceOption = z.infer<typeof covarianceOption>;

/** The d x d matrix an option means. Sizes and definiteness are `covarianceProblem`'s to check. */
export function covarianceRows(option: CovarianceOption, features: number): Rows {
  if (option === "identity") return identity(features);
  if ("diagonal" in option) return diagonal(option.diagonal);
  if ("ar1" in option) return toeplitz(features, (lag) => option.ar1 ** lag);
  if ("power" in option) return diagonal(Array.from({ length: features }, (_, k) => (k + 1) ** -option.power));
  if ("scale" in option) return scaled(identity(features), option.scale);
  return option;
}

/** What is wrong with an option: where below it, the sentence, and the other field of a contradiction. */
export interface Problem {
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly against?: string;
}

/** The first problem of a covariance of d features; null where it is valid. */
export function covarianceProblem(option: CovarianceOption, features: number): Problem | null {
  if (typeof option === "object" && "diagonal" in option)
    return option.diagonal.length === features ? null : mismatch(["diagonal"], option.diagonal, "variance", features);
  if (!Array.isArray(option)) return null;
  if (option.length !== features) return mismatch([], option, "row", features);
  const ragged = option.findIndex((row) => row.length !== features);
  if (ragged >= 0) return mismatch([ragged], option[ragged]!, "number", features);
  const valid = isSemidefinite(option);
  if (valid === true) return null;
  return { path: [], message: `a covariance is symmetric and positive semidefinite; this one is ${valid}` };
}

function mismatch(path: Problem["path"], found: readonly unknown[], what: string, features: number): Problem {
  const some = `${found.length} ${what}${found.length === 1 ? "" : "s"}`;
  return { path, message: `a covariance of ${some} contradicts features: ${features}`, against: "features" };
}

function toeplitz(size: number, entry: (lag: number) => number): Rows {
  return Array.from({ length: size }, (_, i) => Array.from({ length: size }, (_, j) => entry(Math.abs(i - j))));
}
