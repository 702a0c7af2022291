import { gaussLegendre } from "../math/quadrature.js";

/** A distribution of a squared radius as weighted nodes, for polynomials of a degree; the weights add up to 1. */
export interface SquaredRadius {
  /** The mean of rho^2. */
  readonly mean: number;
  readonly values: Float64Array;
  /**
   * weight^(1 / degree), so that a product of `degree` factors takes its weight factor by factor: by itself the product
   * may overflow where the weight underflows.
   */
  readonly rootWeights: Float64Array;
}

const PANEL = gaussLegendre(8);
/** Panels of about three standard deviations of the radius: with eight points a panel means are good to 1e-9. */
const PANEL_WIDTH = 2;
/** Mass farther out than this many units of the radius is below 1e-9: its density falls as exp(-distance^2). */
const REACH = 5;

/**
 * Nodes for the mean of f(rho^2), rho^2 chi-square of m degrees, good for polynomials f up to `degree`, whose means are
 * decided far out in the tail, up to rho = sqrt(m + 3 degree), where samples never come.
 *
 *   E f = int s^(m-1) exp(-s^2 / 2) f(s^2) ds / int s^(m-1) exp(-s^2 / 2) ds
 */
export function gaussianRadius(m: number, degree: number): SquaredRadius {
  const low = Math.max(0, Math.sqrt(m) - REACH);
  const high = Math.sqrt(m + 3 * degree) + REACH;
  const panels = Math.ceil((high - low) / PANEL_WIDTH);
  const width = (high - low) / panels;
  const size = panels * PANEL.nodes.length;
  const [values, logWeights] = [new Float64Array(size), new Float64Array(size)];
  const peak = Math.sqrt(Math.max(m - 1, 1));
  const logDensity = (s: number) => (m - 1) * Math.log(s / peak) - (s ** 2 - peak ** 2) / 2;
  for (let at = 0; at < size; at++) {
    const [panel, k] = [Math.floor(at / PANEL.nodes.length), at % PANEL.nodes.length];
    const s = low + (panel + (1 + PANEL.nodes[k]!) / 2) * width;
    values[at] = s ** 2;
    logWeights[at] = Math.log(PANEL.weights[k]!) + logDensity(s);
  }
  const total = logWeights.reduce((sum, logWeight) => sum + Math.exp(logWeight), 0);
  return {
    mean: m,
    values,
    rootWeights: logWeights.map((logWeight) => Math.exp((logWeight - Math.log(total)) / degree)),
  };
}
