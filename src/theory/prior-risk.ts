import type { LinearRegression } from "../laws/gaussian-linear.js";
import { traceOfProduct } from "../math/matrix.js";
import type { ClosedForm } from "../types.js";
import { regressionOnly } from "./regression-only.js";

/** Risk of predicting 0, which is all that can be said of an empty prompt: tr(Lq W) + s2, for any inputs. */
export const priorRisk: ClosedForm<LinearRegression, object> = {
  name: "risk of predicting 0",
  source: { paper: "Garg et al. 2022", where: "Section 3" },
  kind: "exact",
  applies: regressionOnly,
  value: ({ queryCovariance, taskCovariance, noise }) => traceOfProduct(queryCovariance, taskCovariance) + noise ** 2,
};
