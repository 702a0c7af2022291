import { EigenvalueDecomposition, Matrix } from "ml-matrix";

/**
 * The best linear predictions of x_t from its last k values, for k = 0 .. q, of the autoregression with the reflection
 * coefficients (partial autocorrelations) r_1 .. r_q:
 *
 *   phi_k[k - 1] = r_k,   phi_k[j - 1] = phi_(k-1)[j - 1] - r_k phi_(k-1)[k - j - 1]   for j < k
 *
 * Row k has k entries, that of the nearest value first; row q holds the coefficients rho_1 .. rho_q.
 * Source: Durbin 1960, "The fitting of time-series models", Section 2 (the step-up recursion).
 */
export function predictionsOf(reflections: readonly number[]): readonly (readonly number[])[] {
  const rows: number[][] = [[]];
  for (const r of reflections) {
    const before = rows.at(-1)!;
    const k = rows.length;
    rows.push([...before.map((phi, j) => phi - r * before[k - j - 2]!), r]);
  }
  return rows;
}

/** The coefficients rho_1 .. rho_q of x_t = sum_j rho_j x_(t-j) + e_t with these reflection coefficients. */
export function coefficientsOf(reflections: readonly number[]): readonly number[] {
  return predictionsOf(reflections).at(-1)!;
}

/**
 * The reflection coefficients of given coefficients, by the step-down recursion
 *
 *   r_k = phi_k[k - 1],   phi_(k-1)[j - 1] = (phi_k[j - 1] + r_k phi_k[k - j - 1]) / (1 - r_k^2).
 *
 * The series is stationary exactly where all of them lie inside (-1, 1) (Schur, Cohn). A step divides by 1 - r_k^2, and
 * so multiplies the error of what follows by as much: coefficients given as decimals are known to one part in 1e16,
 * which leaves 1 - r^2 with a relative error of about 1e-16 / (1 - r^2). Give reflection coefficients near the circle.
 *
 * @throws RangeError with the root that breaks it where the series is not stationary, or not by more than rounding
 */
export function reflectionsOf(coefficients: readonly number[]): readonly number[] {
  const reflections = steppedDown(coefficients);
  if (!reflections) throw new RangeError(notStationary(coefficients));
  return reflections;
}

/** Whether `reflectionsOf` has an answer. It costs q^2 products, where naming the root costs an eigenvalue problem. */
export function isStationary(coefficients: readonly number[]): boolean {
  return steppedDown(coefficients) !== undefined;
}

/** The step-down recursion; nothing where a coefficient leaves (-1, 1), or may by rounding. */
function steppedDown(coefficients: readonly number[]): readonly number[] | undefined {
  const reflections: number[] = [];
  let phi = [...coefficients];
  let condition = 1;
  for (let k = phi.length; k > 0; k--) {
    const r = phi[k - 1]!;
    const inside = 1 - r * r;
    if (!(inside > 8 * k * condition * Number.EPSILON)) return undefined;
    reflections.unshift(r);
    condition = condition / inside;
    phi = phi.slice(0, -1).map((entry, j) => (entry + r * phi[k - j - 2]!) / inside);
  }
  return reflections;
}

/**
 * The largest modulus among the roots of z^q - rho_1 z^(q-1) - ... - rho_q, the factor by which the memory of a series
 * fades in a step; 0 for a series without memory.
 */
export function spectralRadius(coefficients: readonly number[]): number {
  return Math.max(0, ...companionRoots(coefficients).map(([re, im]) => Math.hypot(re, im)));
}

function companionRoots(coefficients: readonly number[]): [re: number, im: number][] {
  if (coefficients.length === 0) return [];
  const companion = coefficients.map((_, i) => coefficients.map((rho, j) => (i === 0 ? rho : j === i - 1 ? 1 : 0)));
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(new Matrix(companion));
  return realEigenvalues.map((re, k) => [re, imaginaryEigenvalues[k]!]);
}

function notStationary(coefficients: readonly number[]): string {
  if (coefficients.some((rho) => !Number.isFinite(rho))) return "coefficients are finite numbers";
  const roots = companionRoots(coefficients).sort((a, b) => Math.hypot(...b) - Math.hypot(...a));
  const [re, im] = roots[0]!;
  const rounded = (value: number) => Number(value.toPrecision(6));
  const root = im === 0 ? `${rounded(re)}` : `${rounded(re)} ± ${rounded(Math.abs(im))} i`;
  return (
    `the series is not stationary: its characteristic root ${root} has modulus ${rounded(Math.hypot(re, im))}, ` +
    "and all moduli are to be below 1"
  );
}
