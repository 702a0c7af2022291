import { cholesky, choleskySolve } from "../../math/cholesky.js";

/** Degrees of freedom: an even number. */
export const FREEDOM = 8;

/** The multivariate t distribution of 8 degrees of freedom around a centre, with precision H = L L^T. */
export class StudentProposal {
  private readonly logNorm: number;

  private constructor(
    private readonly centre: Float64Array,
    /** L, row-major. */
    private readonly factor: Float64Array,
    logDeterminant: number,
  ) {
    const q = centre.length;
    this.logNorm = logDeterminant / 2 + logGammaRatio(q) - (q / 2) * Math.log(FREEDOM * Math.PI);
  }

  /** Of a precision, which is overwritten; nothing where it is not positive definite. */
  static ofPrecision(centre: Float64Array, precision: Float64Array): StudentProposal | undefined {
    const logDeterminant = cholesky(precision, centre.length);
    return Number.isNaN(logDeterminant) ? undefined : new StudentProposal(centre, precision, logDeterminant);
  }

  /** Of weighted points (a row each), with `wider` times their covariance; nothing where that is singular. */
  static ofPoints(points: Float64Array, weights: Float64Array, q: number, wider: number): StudentProposal | undefined {
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const centre = new Float64Array(q);
    const covariance = new Float64Array(q * q);
    for (let i = 0; i < weights.length; i++)
      for (let j = 0; j < q; j++) centre[j]! += (weights[i]! / total) * (weights[i]! > 0 ? points[i * q + j]! : 0);
    for (let i = 0; i < weights.length; i++) {
      if (!(weights[i]! > 0)) continue;
      for (let j = 0; j < q; j++) {
        const off = ((wider * weights[i]!) / total) * (points[i * q + j]! - centre[j]!);
        for (let k = 0; k < q; k++) covariance[j * q + k]! += off * (points[i * q + k]! - centre[k]!);
      }
    }
    if (Number.isNaN(cholesky(covariance, q))) return undefined;
    const precision = new Float64Array(q * q);
    const column = new Float64Array(q);
    for (let j = 0; j < q; j++) {
      column.fill(0)[j] = 1;
      choleskySolve(covariance, q, column);
      for (let k = 0; k < q; k++) precision[k * q + j] = column[k]!;
    }
    return StudentProposal.ofPrecision(centre, precision);
  }

  /** Writes centre + L^-T z of a standard t vector z, which stands at `at`. */
  place(standard: Float64Array, at: number, point: Float64Array): void {
    const { centre, factor } = this;
    const q = centre.length;
    for (let i = q - 1; i >= 0; i--) {
      let entry = standard[at + i]!;
      for (let k = i + 1; k < q; k++) entry -= factor[k * q + i]! * point[k]!;
      point[i] = entry / factor[i * q + i]!;
    }
    for (let i = 0; i < q; i++) point[i]! += centre[i]!;
  }

  logDensity(point: Float64Array): number {
    const { centre, factor } = this;
    const q = centre.length;
    let distance = 0;
    for (let i = 0; i < q; i++) {
      let entry = 0;
      for (let k = i; k < q; k++) entry += factor[k * q + i]! * (point[k]! - centre[k]!);
      distance += entry * entry;
    }
    return this.logNorm - ((FREEDOM + q) / 2) * Math.log1p(distance / FREEDOM);
  }
}

/** log Gamma(4 + q / 2) - log Gamma(4), from Gamma(4) or Gamma(9 / 2) = 105 sqrt(pi) / 16 on. */
function logGammaRatio(q: number): number {
  let log = q % 2 === 0 ? 0 : Math.log((105 * Math.sqrt(Math.PI)) / 16 / 6);
  for (let x = q % 2 === 0 ? 4 : 4.5; x < 4 + q / 2; x++) log += Math.log(x);
  return log;
}
