import { z } from "zod";
import { less, mul, select } from "../kernels/arithmetic.js";
import { dot, vector } from "../kernels/vector.js";
import { identity, product, trace } from "../math/matrix.js";
import { symmetricRoot } from "../math/symmetric.js";
import type { Law, Rows, Unit } from "../types.js";
import { covarianceOption, covarianceProblem, covarianceRows } from "./covariance.js";
import { linearRegressionLaw } from "./gaussian-linear.js";
import { gaussianPairs, isIsotropic } from "./gaussian-pairs.js";
import { pairwiseLaw } from "./pairwise-law.js";
import type { Regression } from "./regression.js";
import { settingsMatrix } from "./settings-matrix.js";

/** Linear regression, w ~ N(0, I), some of whose context labels say nothing. */
export interface CorruptedLabels extends Regression {
  readonly family: "corrupted-regression";
  /** Probability that a label is replaced, and the standard deviation of what replaces it. */
  readonly share: number;
  readonly spread: number;
}

/** What a law of corrupted labels is made of. */
export interface CorruptionSettings {
  readonly features: number;
  readonly share: number;
  /** Standard deviation; 1 where left out. */
  readonly spread?: number;
  readonly noise?: number;
  readonly covariance?: Rows;
}

/**
 * Linear regression with outliers: every label of the context is, by itself and with probability `share` = p, replaced by an
 * independent N(0, spread^2); the query's label never is. With c, b, v the cross, between and within moments of pairs as they
 * would be, those of the prompt are (1 - p) c, (1 - p)^2 b and (1 - p) v + p spread^2 tr(Lq L).
 * Source: von Oswald et al. 2023, Appendix (training on corrupted labels), where a fixed number of labels is replaced.
 *
 * @throws RangeError on a share outside of [0, 1], a negative spread or noise, or a covariance that is none.
 */
export function corruptedLabelsLaw(settings: CorruptionSettings): Law<CorruptedLabels> {
  const { features: d, share, spread = 1, noise = 0, covariance = identity(d) } = settings;
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share is a number from 0 to 1, not ${share}`);
  if (!(spread >= 0 && spread < Number.POSITIVE_INFINITY))
    throw new RangeError(`the spread is a finite standard deviation of 0 or more, not ${spread}`);
  const linear = linearRegressionLaw({ features: d, noise, covariance });
  const root = settingsMatrix(symmetricRoot(covariance));
  return pairwiseLaw("corrupted-labels", (scales) => {
    const { population } = linear.shifted({
      inputScale: scales.input,
      queryScale: scales.query,
      taskScale: scales.task,
    });
    const { label, cross, between, within } = gaussianPairs(population);
    const seen = trace(product(population.queryCovariance, population.covariance));
    const kept = 1 - share;
    return {
      population: {
        ...{ family: "corrupted-regression", features: d, noise, share, spread },
        symmetric: isIsotropic(population),
        tasks: population.taskCovariance,
        pairs: {
          label,
          cross: kept * cross,
          between: kept ** 2 * between,
          within: kept * within + share * spread ** 2 * seen,
        },
      },
      queryCovariance: population.queryCovariance,
      pairwise: {
        ...{ features: d, noise, scales },
        structure: `corrupted labels, ${root.kind} inputs`,
        settings: [share, spread, ...root.numbers],
        open(stream, { settings, taskScale }) {
          const w = stream.normals(d);
          const matrix = settings.block(2, root.numbers.length);
          return {
            input: (x) => root.times(matrix, x),
            label: (x) => mul(taskScale, dot(w, x)),
            task: () => vector(d, (i) => mul(taskScale, w.at(i))),
            spoiled(y, own) {
              const isReplaced = less(own.uniforms(1).at(0), settings.at(0));
              return select(isReplaced, mul(settings.at(1), own.normals(1).at(0)), y);
            },
          };
        },
      },
    };
  });
}

const options = z
  .strictObject({
    features: z.int().min(1).max(1024).describe("number d of entries of an input, 1 to 1024"),
    noise: z.number().min(0).default(0).describe("standard deviation of the label noise, 0 or more"),
    covariance: covarianceOption.default("identity").describe("covariance of the inputs"),
    share: z.number().min(0).max(1).describe("probability that a context label is replaced, 0 to 1"),
    spread: z.number().min(0).default(1).describe("standard deviation of what replaces it, 0 or more"),
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

const unit: Unit<z.infer<typeof options>, Law<CorruptedLabels>> = {
  name: "corrupted-labels",
  says: "Linear regression whose context labels are replaced by noise with some probability.",
  options,
  make: ({ covariance, ...rest }) =>
    corruptedLabelsLaw({ ...rest, covariance: covarianceRows(covariance, rest.features) }),
};

export default unit;
