import { add, constant, type Dual, divide, log, multiply, subtract, undefinedDual } from "./dual.js";

/**
 * Least-squares slope of log y against log x, sum (u - mean u) (v - mean v) / sum (u - mean u)^2 with u = log x and
 * v = log y: the exponent p of y = c x^p. Undefined unless all y are positive and the x are positive and differ.
 */
export function logLogSlope(points: readonly { readonly x: Dual; readonly y: Dual }[]): Dual {
  const logs = points.map(({ x, y }) => ({ u: log(x), v: log(y) }));
  if (new Set(points.map(({ x }) => x.value)).size < 2) return undefinedDual("a slope needs at least two different x");
  const count = constant(points.length);
  const meanU = divide(sum(logs.map(({ u }) => u)), count);
  const deviations = logs.map(({ u }) => subtract(u, meanU));
  const covariance = sum(logs.map(({ v }, i) => multiply(deviations[i]!, v)));
  return divide(covariance, sum(deviations.map((deviation) => multiply(deviation, deviation))));
}

function sum(all: readonly Dual[]): Dual {
  return all.reduce(add, constant(0));
}
