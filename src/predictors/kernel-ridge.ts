import { z } from "zod";
import { type AnyRegression, labelRisk, regressionPrompts } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { kernelSmoother } from "./algorithms/kernel-smoother.js";
import { readOff } from "./read-off.js";

const kernel = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({ kind: z.literal("linear").describe("x . x'") }),
    z.strictObject({
      kind: z.literal("gaussian").describe("exp(-|x - x'|^2 / (2 width^2))"),
      width: z.number().positive().describe("its width, above 0"),
    }),
    z.strictObject({
      kind: z.literal("polynomial").describe("(1 + x . x')^degree"),
      degree: z.int().min(1).max(12).describe("its degree, 1 to 12"),
    }),
  ],
  { error: "a kernel is { kind: linear }, { kind: gaussian, width } or { kind: polynomial, degree }" },
);

const options = z.strictObject({
  kernel,
  penalty: z.number().positive().describe("what is added to the kernel matrix's diagonal, above 0"),
});

type Options = z.infer<typeof options>;

/**
 * Kernel ridge regression on the prompt's own pairs, y = k_q^T (K + penalty I)^-1 y: the posterior mean of a Gaussian process
 * with that kernel and noise variance. With the linear kernel it is ridge regression with w ~ N(0, I), whose dual it solves.
 * Fitted to labels that are no linear function of the inputs, it is what one linear layer cannot be.
 * Source: He, Pan, Chen, Yang 2025, Section 4 (kernel regressors beside trained attention).
 */
function kernelRidge({ kernel: of, penalty }: Options): Predictor<AnyRegression> {
  const size = of.kind === "gaussian" ? `-${of.width}` : of.kind === "polynomial" ? `-${of.degree}` : "";
  return {
    name: `kernel-ridge-${of.kind}${size}-${penalty}`.replaceAll(".", "-"),
    kind: "predictor",
    source: { paper: "He, Pan, Chen, Yang 2025", where: "Section 4" },
    applies: regressionPrompts,
    tune: () => ({
      ...kernelSmoother({ kernel: of, penalty }),
      risk: (test, context) =>
        context === 0
          ? readOff(labelRisk, test, {})
          : { why: "the risk of kernel ridge regression has no closed form at finite n; it is sampled" },
    }),
  };
}

const unit: Unit<Options, Predictor<AnyRegression>> = {
  name: "kernel-ridge",
  says: "ridge regression with a kernel: the posterior mean of a Gaussian process",
  options,
  make: kernelRidge,
};

export default unit;
