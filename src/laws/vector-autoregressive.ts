import { z } from "zod";
import type { Law, Population, Rows, Unit } from "../types.js";
import { drawn, drawnRecipe } from "./drawn.js";
import { vectorAutoregressiveProgram } from "./vector-autoregressive-program.js";

/** Several series that drive each other, x_t = A x_(t-1) + noise e_t; the first is predicted from windows of all. */
export interface VectorAutoregression extends Population {
  readonly family: "vector-autoregression";
  /** Entries of an input: p times the d variates at one time, oldest first, and the constant 1 where there is one. */
  readonly features: number;
  readonly window: number;
  readonly constant: boolean;
  /** A, d x d: entry (i, j) is what variate j does to variate i a step later. */
  readonly matrix: Rows;
}

export interface VectorSettings {
  readonly matrix: Rows;
  /** Times p that a prediction sees. */
  readonly window: number;
  readonly constant?: boolean;
  readonly noise?: number;
}

/**
 * Vector autoregressions of order 1 as prompts: input j holds the d variates at times j .. j + p - 1, its label is the
 * first variate at time j + p. Gaussian and stationary from the first value, whose covariance solves S = A S A^T + s2 I.
 * Source: Liu, Hu, Zhang, Wu, Wang, Ma, Long 2024, Section 3 (a variate's past and the others').
 *
 * @throws RangeError where A is not square or not stable, or noise and window make no such law
 */
export function vectorAutoregressiveLaw(given: VectorSettings): Law<VectorAutoregression> {
  const { matrix, window, constant = false, noise = 1 } = given;
  if (matrix.length === 0 || matrix.some((row) => row.length !== matrix.length))
    throw new RangeError("the matrix of a vector autoregression is square, one row a variate");
  if (!(noise > 0 && noise < Number.POSITIVE_INFINITY))
    throw new RangeError(`the noise is a finite standard deviation above 0, not ${noise}`);
  if (!(Number.isSafeInteger(window) && window >= 1))
    throw new RangeError(`a window holds a whole number of times from 1, not ${window}`);
  const features = window * matrix.length + (constant ? 1 : 0);
  const population: VectorAutoregression = {
    family: "vector-autoregression",
    features,
    window,
    constant,
    matrix,
    noise,
  };
  const program = vectorAutoregressiveProgram(population);
  return {
    name: "vector-autoregressive",
    features,
    population,
    program,
    draw: drawn(program, features),
    recipe: drawnRecipe(program, features),
    shifted({ inputScale = 1, queryScale = 1, taskScale = 1 }) {
      if (queryScale !== 1 || taskScale !== 1 || (constant && inputScale !== 1))
        throw new RangeError(
          "series are scaled as a whole: only `inputScale` is a shift of them, without a constant row",
        );
      return vectorAutoregressiveLaw({ ...given, noise: noise * inputScale });
    },
  };
}

const coupled = z.strictObject({
  variates: z.int().min(2).max(16).describe("how many series"),
  own: z.number().describe("what a series does to itself a step later"),
  coupling: z.number().describe("what the next series in the ring does to it"),
});

const options = z.strictObject({
  matrix: z
    .union([z.array(z.array(z.number()).min(1).max(16)).min(1).max(16), coupled], {
      error: "the matrix is rows of numbers, one a variate, or { variates, own, coupling } for a ring",
    })
    .describe("A in x_t = A x_(t-1) + noise e_t: rows, or { variates, own, coupling } for a ring"),
  window: z.int().min(1).max(256).default(1).describe("times p that a prediction sees"),
  constant: z.boolean().default(false).describe("whether a constant 1 stands below the window"),
  noise: z.number().positive().default(1).describe("standard deviation of the innovations, above 0"),
});

export type Options = z.infer<typeof options>;

/** own on the diagonal, coupling from variate i + 1 to variate i, from the first to the last. */
export function ring({ variates, own, coupling }: z.infer<typeof coupled>): Rows {
  return Array.from({ length: variates }, (_, i) =>
    Array.from({ length: variates }, (__, j) => (i === j ? own : 0) + ((i + 1) % variates === j ? coupling : 0)),
  );
}

const vectorAutoregressive: Unit<Options, Law<VectorAutoregression>> = {
  name: "vector-autoregressive",
  says: "Several series x_t = A x_(t-1) + noise e_t that drive each other; the first is predicted from windows of all.",
  options,
  make: ({ matrix, ...others }) =>
    vectorAutoregressiveLaw({ ...others, matrix: Array.isArray(matrix) ? matrix : ring(matrix) }),
};

export default vectorAutoregressive;
