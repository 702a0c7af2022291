import { z } from "zod";
import type { Autoregression } from "../laws/autoregressive.js";
import { seriesPromptsOnly } from "../theory/series/series-only.js";
import type { Predictor, Unit } from "../types.js";
import { yuleWalkerFit } from "./algorithms/yule-walker.js";

/**
 * The prediction by coefficients that solve the Yule-Walker equations of order p with the prompt's own autocovariances,
 *
 *   sum_j rho_j c_|k-j| = c_k, k = 1 .. p,   c_k = (1 / D) sum_t x_t x_(t+k),  D = N (biased) or N - k (unbiased).
 *
 * The law's mean is known to be 0 and is not estimated. Biased autocovariances are a positive definite sequence, so their
 * coefficients are stationary, and are drawn towards 0 by p / N; unbiased ones are neither.
 * Source: Brockwell, Davis 1991, "Time Series: Theory and Methods", Section 8.1.
 */
function yuleWalker(autocovariance: "biased" | "unbiased"): Predictor<Autoregression> {
  return {
    name: `yule-walker-${autocovariance}`,
    kind: "predictor",
    source: { paper: "Brockwell, Davis 1991", where: "Section 8.1" },
    applies: seriesPromptsOnly,
    tune: ({ window }) => ({
      ...yuleWalkerFit({ window, isBiased: autocovariance === "biased" }),
      risk: () => ({ why: "the risk of fitted coefficients has no closed form at finite n; it is sampled" }),
    }),
  };
}

const unit: Unit<"biased" | "unbiased", Predictor<Autoregression>> = {
  name: "yule-walker",
  says: "coefficients by the Yule-Walker equations with the prompt's own autocovariances",
  options: z
    .enum(["biased", "unbiased"])
    .default("biased")
    .describe("divides sums of N - k products by N, or by N - k"),
  make: yuleWalker,
};

export default unit;
