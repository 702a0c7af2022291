import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Rows } from "../types.js";
import { product, sum, transpose } from "./matrix.js";

/** The largest modulus of an eigenvalue of a square matrix. */
export function matrixRadius(matrix: Rows): number {
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(
    new Matrix(matrix.map((row) => [...row])),
  );
  return Math.max(0, ...realEigenvalues.map((re, i) => Math.hypot(re, imaginaryEigenvalues[i]!)));
}

/**
 * The S with S = A S A^T + Q, sum_k A^k Q A^kT, by doubling: S <- S + B S B^T, B <- B^2 from S = Q, B = A, each step as
 * many terms again as there were. All terms are positive semidefinite where Q is, so that nothing cancels on the diagonal.
 * Source: Smith 1968, "Matrix equation XA + BX = C", Section 4.
 *
 * @throws RangeError where A has an eigenvalue of modulus 1 or more, or so near that the sum overflows
 */
export function lyapunov(matrix: Rows, right: Rows): Rows {
  const radius = matrixRadius(matrix);
  if (!(radius < 1)) throw new RangeError(`an eigenvalue has modulus ${radius}, and all moduli are to be below 1`);
  let [total, power] = [right, matrix];
  for (let k = 0; k < 64; k++) {
    const more = product(power, total, transpose(power));
    if (more.every((row, i) => row.every((entry, j) => total[i]![j]! + entry === total[i]![j]!))) return total;
    total = sum(total, more);
    power = product(power, power);
  }
  throw new RangeError(`an eigenvalue has modulus ${radius}, too near 1 for the sum to end`);
}
