import { z } from "zod";
import type { AnyRegression } from "../theory/step-moments.js";
import type { Predictor, Unit } from "../types.js";
import { layeredPredictor } from "./layered-predictor.js";

const options = z
  .union(
    [
      z.int().min(1).max(6).describe("number of layers with one step and one curvature for all, 1 to 6"),
      z.strictObject({ untied: z.int().min(1).max(6).describe("number of layers, each with its own, 1 to 6") }),
    ],
    { error: "the layers of GD++ are a number from 1 to 6, or { untied: 1 to 6 }" },
  )
  .describe("a whole number >= 1 and <= 6 of layers, or { untied: layers } with constants of their own");

type Options = z.infer<typeof options>;

/**
 * GD++: every layer makes a step of gradient descent and then shrinks what it has learned best, query included,
 *
 *   w <- w - a_k (S w - X^T y) / n,   x <- (I - b_k X^T X / n) x
 *
 * so that an eigenvalue l of S / n becomes l (1 - b l)^2 and the spectrum evens out: two layers at d = n = 10 have half
 * the error of two steps. b / n is the paper's gamma; the last layer's changes nothing. One layer is one step.
 * Source: von Oswald et al. 2023, Appendix A.10; untied it is Ahn et al. 2023, Theorem 4, with scalars.
 */
const unit: Unit<Options, Predictor<AnyRegression>> = {
  name: "gd-plus-plus",
  says: "layers of gradient descent that also even out the inputs' spectrum, with best constants, shared or each its own",
  options,
  make(option) {
    const [layers, tied] = typeof option === "number" ? [option, true] : [option.untied, false];
    return layeredPredictor(
      tied ? `gd-plus-plus-${layers}` : `gd-plus-plus-untied-${layers}`,
      { layers, tied, curved: true },
      tied
        ? { paper: "von Oswald et al. 2023", where: "Appendix A.10" }
        : { paper: "Ahn, Cheng, Daneshmand, Sra 2023", where: "Theorem 4" },
    );
  },
};

export default unit;
