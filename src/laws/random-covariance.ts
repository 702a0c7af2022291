import { z } from "zod";
import { add, mul, sqrt } from "../kernels/arithmetic.js";
import type { Stream } from "../kernels/random.js";
import { dot, type Vector, vector } from "../kernels/vector.js";
import { identity, scaled } from "../math/matrix.js";
import type { Law, Unit } from "../types.js";
import { checkNoise, pairwiseLaw } from "./pairwise-law.js";
import type { Regression } from "./regression.js";

/** Linear regression whose inputs have a covariance of their own in every prompt, with w ~ N(0, I). */
export interface RandomCovariance extends Regression {
  readonly family: "random-covariance-regression";
  /** E l, E l^2, E l^3 of the eigenvalues, scales included. */
  readonly eigenvalueMoments: readonly [number, number, number];
}

/** The distribution of eigenvalues: exponential of mean 1, or uniform between two bounds. */
export type Eigenvalues = "exponential" | { readonly uniform: readonly [number, number] };

/**
 * Linear regression with a covariance of every prompt's own: x, x_q ~ N(0, diag(l_1, .., l_d)) with i.i.d. eigenvalues l that
 * context and query share, w ~ N(0, I), y = w . x + noise e. One step of gradient descent cannot fit all spectra, so that
 * linear attention stays off however long prompts are: with l ~ Exp(1) its step tends to 1/3. With m_k = E l^k, m = 1/n sum
 * y_j x_j the moments of pairs are
 *
 *   E y_q y_1 (x_1 . x_q) = d m_2,   E y_1 y_2 (x_1 . x_q)(x_2 . x_q) = d m_3,
 *   E y_1^2 (x_1 . x_q)^2 = 3 d m_3 + d (d - 1) m_1 m_2 + s2 d m_2
 *
 * Source: Zhang, Frei, Bartlett 2024, Section 4.3 (exponential eigenvalues in Section 5).
 *
 * @throws RangeError on negative noise or eigenvalues, or bounds that do not ascend.
 */
export function randomCovarianceLaw(
  features: number,
  eigenvalues: Eigenvalues = "exponential",
  noise = 0,
): Law<RandomCovariance> {
  checkNoise(noise);
  const drawing = eigenvalues === "exponential" ? exponential : uniform(...eigenvalues.uniform);
  const d = features;
  return pairwiseLaw("random-covariance", (scales) => {
    const [m1, m2, m3] = drawing.moments.map((moment, k) => moment * scales.input ** (2 * (k + 1))) as Moments;
    const [q2, t2] = [scales.query ** 2, scales.task ** 2];
    const within = t2 * d * (3 * m3 + (d - 1) * m1 * m2) + noise ** 2 * d * m2;
    return {
      population: {
        family: "random-covariance-regression",
        features,
        noise,
        symmetric: true,
        tasks: scaled(identity(d), t2),
        eigenvalueMoments: [m1, m2, m3],
        pairs: {
          label: q2 * t2 * d * m1 + noise ** 2,
          cross: q2 * t2 * d * m2,
          between: q2 * t2 * d * m3,
          within: q2 * within,
        },
      },
      pairwise: {
        ...{ features, noise, scales },
        structure: `random covariance: ${drawing.structure}`,
        settings: drawing.settings,
        open(stream, { settings, taskScale }) {
          const roots = drawing.draw(stream, d, (k) => settings.at(k));
          const w = stream.normals(d);
          return {
            input: (x) => vector(d, (i) => mul(roots.at(i), x.at(i))),
            label: (x) => mul(taskScale, dot(w, x)),
          };
        },
      },
    };
  });
}

type Moments = [number, number, number];
type Setting = (k: number) => ReturnType<typeof sqrt>;

/** Moments of the eigenvalues, and how their roots are drawn. */
interface EigenvalueDraw {
  readonly structure: string;
  readonly moments: Moments;
  readonly settings: readonly number[];
  draw(stream: Stream, length: number, setting: Setting): Vector;
}

const exponential: EigenvalueDraw = {
  structure: "exponential eigenvalues",
  moments: [1, 2, 6],
  settings: [],
  draw(stream, length) {
    const values = stream.exponentials(length);
    return vector(length, (i) => sqrt(values.at(i)));
  },
};

function uniform(low: number, high: number): EigenvalueDraw {
  if (!(low >= 0 && low < high && high < Number.POSITIVE_INFINITY))
    throw new RangeError(`eigenvalues are uniform between finite bounds that ascend from 0, not ${low} and ${high}`);
  const moment = (k: number) => (high ** (k + 1) - low ** (k + 1)) / ((k + 1) * (high - low));
  return {
    structure: "uniform eigenvalues",
    moments: [moment(1), moment(2), moment(3)],
    settings: [low, high - low],
    draw(stream, length, setting) {
      const values = stream.uniforms(length);
      return vector(length, (i) => sqrt(add(setting(0), mul(setting(1), values.at(i)))));
    },
  };
}

const allowed = "exponential, or { uniform: [low, high] } with 0 <= low < high";

const options = z.strictObject({
  features: z.int().min(1).max(1024).describe("number d of entries of an input, 1 to 1024"),
  noise: z.number().min(0).default(0).describe("standard deviation of the label noise, 0 or more"),
  eigenvalues: z
    .union(
      [
        z.literal("exponential").describe("exponential of mean 1"),
        z.strictObject({
          uniform: z
            .tuple([z.number().min(0), z.number().positive()])
            .refine(([low, high]) => low < high, "eigenvalues are uniform between bounds that ascend")
            .describe("uniform between low and high"),
        }),
      ],
      { error: `eigenvalues are ${allowed}` },
    )
    .default("exponential")
    .describe(allowed),
});

const unit: Unit<z.infer<typeof options>, Law<RandomCovariance>> = {
  name: "random-covariance",
  says: "Linear regression whose inputs have a diagonal covariance of their own in every prompt.",
  options,
  make: ({ features, eigenvalues, noise }) => randomCovarianceLaw(features, eigenvalues, noise),
};

export default unit;
