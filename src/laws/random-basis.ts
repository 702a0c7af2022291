import { z } from "zod";
import { add, div, less, mul, neg, select, sqrt, sub } from "../kernels/arithmetic.js";
import type { F32, U32 } from "../kernels/node.js";
import type { Stream } from "../kernels/random.js";
import { dot, keep, scan, sum, type Vector, vector } from "../kernels/vector.js";
import { addWord, equalWord, lessWord, mulWord, subWord } from "../kernels/words.js";
import { diagonal } from "../math/matrix.js";
import { eigen } from "../math/symmetric.js";
import type { Law, Rows, Unit } from "../types.js";
import { covarianceOption, covarianceProblem, covarianceRows } from "./covariance.js";
import { linearRegressionLaw } from "./gaussian-linear.js";
import { checkNoise, pairwiseLaw } from "./pairwise-law.js";
import type { Regression } from "./regression.js";

/** Linear regression with one spectrum in a random basis of every prompt's own, w ~ N(0, I). */
export interface RandomBasis extends Regression {
  readonly family: "random-basis-regression";
}

/**
 * Linear regression with inputs of one spectrum whose eigenvectors are drawn anew for every prompt:
 *
 *   x = U D^(1/2) z,   U a uniformly random rotation (context and query share it),   w ~ N(0, I),   y = w . x + noise e
 *
 * A model cannot know the directions with small eigenvalues, so that first-order methods pay for a large condition number.
 * What an algorithm that turns with the inputs sees is the law with the fixed covariance D: that is the twin. Best
 * preconditioners are g I. U is a product of d - 1 Householder reflections of normal vectors (Stewart 1980).
 * Source: Fu, Chen, Jia, Sharan 2024, Section 4.3 (half of the eigenvalues 100 times the others).
 *
 * @throws RangeError on negative noise, or where the covariance is not symmetric and semidefinite.
 */
export function randomBasisLaw(covariance: Rows, noise = 0): Law<RandomBasis> {
  checkNoise(noise);
  const d = covariance.length;
  const eigenvalues = eigen(covariance).values.map((value) => Math.max(0, value));
  const fixed = linearRegressionLaw({ features: d, noise, covariance: diagonal(eigenvalues) });
  return pairwiseLaw("random-basis", (scales) => {
    const twin = fixed.shifted({ inputScale: scales.input, queryScale: scales.query, taskScale: scales.task });
    return {
      population: {
        ...{ family: "random-basis-regression", features: d, noise, symmetric: true },
        tasks: twin.population.taskCovariance,
        twin: { of: "rotation", population: twin.population },
      },
      pairwise: {
        ...{ features: d, noise, scales },
        structure: "random basis",
        settings: eigenvalues.map(Math.sqrt),
        open(stream, { settings, taskScale }) {
          const w = stream.normals(d);
          const rotate = rotation(stream, d);
          return {
            input: (x) => rotate(vector(d, (i) => mul(settings.at(i), x.at(i)))),
            label: (x) => mul(taskScale, dot(w, x)),
          };
        },
      },
    };
  });
}

/**
 * v -> H_1 H_2 .. H_(d-1) v with H_k = I - f u u^T the reflection that takes a normal vector g of the last d - k + 1
 * coordinates to the first of them; columns have signs that no covariance knows of.
 */
function rotation(stream: Stream, d: number): (v: Vector) => Vector {
  const normals = stream.normals(d * d);
  if (d === 1) return (v) => v;
  const reflections = keep(d - 1, (k) => {
    const g = (i: U32): F32 => select(lessWord(i, k), 0, normals.at(addWord(mulWord(k, d), i)));
    const length = sqrt(sum(d, (i) => mul(g(i), g(i))));
    const head = normals.at(mulWord(k, d + 1));
    // The sign that adds to the head, so that nothing cancels.
    const end = select(less(head, 0), neg(length), length);
    const factor = div(1, mul(length, add(length, select(less(head, 0), neg(head), head))));
    return [vector(d, (i) => add(g(i), select(equalWord(i, k), end, 0))), factor];
  });
  return (v) =>
    scan(d - 1, [v], (step, [now]) => {
      const [u, factor] = reflections(subWord(d - 2, step)) as [Vector, F32];
      const along = mul(factor, dot(u, now as Vector));
      return [vector(d, (i) => sub((now as Vector).at(i), mul(along, u.at(i))))];
    })[0] as Vector;
}

const options = z
  .strictObject({
    features: z.int().min(1).max(128).describe("number d of entries of an input, 1 to 128"),
    noise: z.number().min(0).default(0).describe("standard deviation of the label noise, 0 or more"),
    covariance: covarianceOption.describe("covariance whose eigenvalues the inputs have, in a random basis"),
  })
  .superRefine(({ features, covariance }, context) => {
    const problem = covarianceProblem(covariance, features);
    if (!problem) return;
    const { path, message, against } = problem;
    context.addIssue({
      code: "custom",
      path: ["covariance", ...path],
      message,
      ...(against && { params: { against } }),
    });
  });

const unit: Unit<z.infer<typeof options>, Law<RandomBasis>> = {
  name: "random-basis",
  says: "Linear regression with inputs of one spectrum in a random basis of every prompt's own.",
  options,
  make: ({ features, noise, covariance }) => randomBasisLaw(covarianceRows(covariance, features), noise),
};

export default unit;
