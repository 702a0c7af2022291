import { type LinearRegression, linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import type { Law } from "../../src/types.js";

export const FEATURES = 10;

/** Inputs uniform on [-range, range], tasks N(0, I), no noise. */
export const uniformLaw = (range: number): Law<LinearRegression> =>
  linearRegressionLaw({ features: FEATURES, inputs: { uniform: range } });

/** The code's inputs, to which the published numbers belong. */
export const codeLaw = uniformLaw(0.5);
