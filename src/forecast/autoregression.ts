import { LeastSquares } from "../math/least-squares.js";

export interface AutoregressiveFit {
  readonly coefficients: readonly number[];
  readonly constant: number;
  readonly residuals: Float64Array;
}

/**
 * x_t = c + sum_j rho_j x_(t-j) + e_t by least squares on t = start + 1 .. n, in deviations from the mean.
 *
 * @param start values that are given and not explained, at least the order
 */
export function fitAutoregression(values: Float64Array, order: number, start = order): AutoregressiveFit {
  const rows = values.length - start;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const leastSquares = new LeastSquares(rows, order + 1);
  for (let i = 0; i < rows; i++) {
    leastSquares.x[i] = 1;
    for (let j = 1; j <= order; j++) leastSquares.x[j * rows + i] = values[start + i - j]! - mean;
    leastSquares.y[i] = values[start + i]! - mean;
  }
  const [level, ...coefficients] = leastSquares.solve(rows);
  const residuals = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    const known = coefficients.reduce((sum, rho, j) => sum + rho * (values[start + i - j - 1]! - mean), level!);
    residuals[i] = values[start + i]! - mean - known;
  }
  const total = coefficients.reduce((sum, rho) => sum + rho, 0);
  return { coefficients, constant: level! + mean * (1 - total), residuals };
}

/**
 * The order p among 1 .. `most` that minimises Akaike's criterion, corrected for few values, with k = p + 2 constants:
 *
 *   N log(RSS / N) + 2 k + 2 k (k + 1) / (N - k - 1),   all fits on the same N values.
 *
 * Source: Hurvich, Tsai 1989, "Regression and time series model selection in small samples", Section 3.
 */
export function chosenOrder(values: Float64Array, most: number): number {
  const rows = values.length - most;
  const criterion = (order: number) => {
    const { residuals } = fitAutoregression(values, order, most);
    const k = order + 2;
    const fit = rows * Math.log(residuals.reduce((sum, e) => sum + e * e, 0) / rows);
    return fit + 2 * k + (2 * k * (k + 1)) / (rows - k - 1);
  };
  const orders = Array.from({ length: most }, (_, i) => i + 1);
  return orders.reduce((best, order) => (criterion(order) < criterion(best) ? order : best));
}
