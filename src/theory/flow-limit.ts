import type { LinearRegression } from "../laws/gaussian-linear.js";
import { diagonal, scaled, sum, trace, traceOfProduct } from "../math/matrix.js";
import { eigen, rank, spectralMap } from "../math/symmetric.js";
import type { ClosedForm, Rows } from "../types.js";
import { flowApplies } from "./flow-applies.js";
import type { FlowState } from "./gradient-flow.js";

/** The context of training and the size of the start: U = sigma Theta Theta^T, u = sigma. */
export interface AtStart {
  readonly context: number;
  readonly sigma: number;
}

/**
 * Where gradient flow ends, KQ* = [[U*, 0], [0, 0]] and OV* = (0, u*), from any start with
 * 0 < sigma^2 ||Gamma||_op sqrt(d) < 2:
 *
 *   U* = tr(Gamma^-2)^(-1/4) Gamma^-1,   u* = tr(Gamma^-2)^(1/4),   loss* = (tr L - tr(L^2 Gamma^-1)) / 2
 *
 * with Gamma = (1 + 1/n) L + ((tr L + s2) / n) I. Their product u* U* = Gamma^-1 is the optimal preconditioner A*.
 * L is definite: in a direction without inputs U would stay as it started.
 */
export const flowLimit: ClosedForm<LinearRegression, AtStart, FlowState> = {
  name: "limit of gradient flow",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Theorem 4.1" },
  kind: "exact",
  applies(population, { context, sigma }) {
    const flow = flowApplies(population, context);
    if (flow !== true) return flow;
    if (rank(population.covariance) < population.features)
      return "the limit is derived for inputs that span the space; without them U stays as it started";
    if (!(sigma > 0)) return `the flow leaves starts of positive sigma only, not of ${sigma}`;
    const bound = Math.sqrt(2 / (largestEigenvalue(gamma(population, context)) * Math.sqrt(population.features)));
    return sigma < bound || `convergence is proved for starts of sigma below ${bound}, not ${sigma}`;
  },
  value(population, { context }) {
    const { covariance } = population;
    const inverse = spectralMap(gamma(population, context), (eigenvalue) => 1 / eigenvalue);
    const u = traceOfProduct(inverse, inverse) ** (1 / 4);
    const loss = (trace(covariance) - traceOfProduct(covariance, covariance, inverse)) / 2;
    return { U: scaled(inverse, 1 / u), u, loss };
  },
};

function gamma({ features, covariance, noise }: LinearRegression, context: number): Rows {
  const floor = (trace(covariance) + noise ** 2) / context;
  return sum(scaled(covariance, 1 + 1 / context), diagonal(new Array<number>(features).fill(floor)));
}

function largestEigenvalue(matrix: Rows): number {
  return eigen(matrix).values.at(-1)!;
}
