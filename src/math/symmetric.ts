import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import type { Rows } from "../types.js";
import { diagonal, isDiagonal } from "./matrix.js";

/** A = sum_k values[k] v_k v_k^T with orthonormal v_k = vectors[k]; values ascend. */
export interface Spectrum {
  readonly values: readonly number[];
  readonly vectors: Rows;
}

/**
 * Whether A equals its transpose up to the rounding of its own computation, d eps max|A|: true, or the sentence that
 * names the first pair of entries that differ. A matrix that is not square or not finite has such a sentence too.
 */
export function isSymmetric(matrix: Rows): true | string {
  const size = matrix.length;
  for (const [i, row] of matrix.entries()) {
    if (row.length !== size) return `row ${i + 1} has ${row.length} entries, but the matrix has ${size} rows`;
    const odd = row.find((entry) => !Number.isFinite(entry));
    if (odd !== undefined) return `row ${i + 1} has the entry ${odd}, which is not a finite number`;
  }
  const tolerance = rounding(matrix);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < i; j++) {
      const [below, above] = [matrix[i]![j]!, matrix[j]![i]!];
      if (Math.abs(below - above) > tolerance)
        return `not symmetric: entry (${i + 1}, ${j + 1}) is ${below} and entry (${j + 1}, ${i + 1}) is ${above}`;
    }
  return true;
}

/**
 * Whether A is symmetric and positive semidefinite: true, or the sentence with the entries or the eigenvalue in the
 * way. Eigenvalues down to -d eps max|A| are roundings of zero: the outer product of (.1, .2, .3) has -1.5e-18.
 */
export function isSemidefinite(matrix: Rows): true | string {
  const symmetric = isSymmetric(matrix);
  if (symmetric !== true) return symmetric;
  const smallest = smallestEigenvalue(matrix);
  if (smallest >= -rounding(matrix)) return true;
  return `indefinite: its smallest eigenvalue is ${Number(smallest.toPrecision(6))}, and none may be negative`;
}

/** Eigenvalues and eigenvectors of a symmetric matrix. @throws RangeError where it is not symmetric. */
export function eigen(matrix: Rows): Spectrum {
  const symmetric = isSymmetric(matrix);
  if (symmetric !== true) throw new RangeError(`eigenvalues are taken of symmetric matrices; this one is ${symmetric}`);
  const decomposition = new EigenvalueDecomposition(new Matrix(matrix as number[][]), { assumeSymmetric: true });
  const order = decomposition.realEigenvalues.map((_, k) => k);
  order.sort((a, b) => decomposition.realEigenvalues[a]! - decomposition.realEigenvalues[b]!);
  return {
    values: order.map((k) => decomposition.realEigenvalues[k]!),
    vectors: order.map((k) => decomposition.eigenvectorMatrix.getColumn(k)),
  };
}

/** The smallest eigenvalue of a symmetric matrix. @throws RangeError where it is not symmetric. */
export function smallestEigenvalue(matrix: Rows): number {
  return isDiagonal(matrix) ? Math.min(...matrix.map((row, i) => row[i]!)) : eigen(matrix).values[0]!;
}

/**
 * f(A) = sum_k f(values[k]) v_k v_k^T of a symmetric matrix; entry by entry where A is diagonal, and there exact.
 * Eigenvalues within d eps max|A| of zero are given to f as zero (never those of a diagonal matrix: they are exact).
 *
 * @throws RangeError where A is not symmetric.
 */
export function spectralMap(matrix: Rows, f: (eigenvalue: number) => number): Rows {
  if (isDiagonal(matrix)) return diagonal(matrix.map((row, i) => f(row[i]!)));
  const { values, vectors } = eigen(matrix);
  const tolerance = rounding(matrix);
  const mapped = values.map((value) => f(Math.abs(value) <= tolerance ? 0 : value));
  const entry = (i: number, j: number) =>
    mapped.reduce((total, m, k) => total + m * vectors[k]![i]! * vectors[k]![j]!, 0);
  return matrix.map((row, i) => row.map((_, j) => (i >= j ? entry(i, j) : entry(j, i))));
}

/**
 * The symmetric root B = B^T >= 0 with B B = A of a semidefinite matrix.
 *
 * @throws RangeError with the eigenvalue where A is indefinite, with the entries where it is not symmetric.
 */
export function symmetricRoot(matrix: Rows): Rows {
  const valid = isSemidefinite(matrix);
  if (valid !== true)
    throw new RangeError(`a matrix has a symmetric root when it is semidefinite; this one is ${valid}`);
  return spectralMap(matrix, (value) => Math.sqrt(Math.max(value, 0)));
}

/** Number of eigenvalues of a symmetric matrix that are not roundings of zero. */
export function rank(matrix: Rows): number {
  let count = 0;
  spectralMap(matrix, (value) => {
    if (value !== 0) count++;
    return value;
  });
  return count;
}

/** d eps max|A|: what rounding leaves of a zero eigenvalue, and of the difference of two equal entries. */
function rounding(matrix: Rows): number {
  const largest = matrix.reduce((max, row) => row.reduce((m, entry) => Math.max(m, Math.abs(entry)), max), 0);
  return 4 * matrix.length * Number.EPSILON * largest;
}
