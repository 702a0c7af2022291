import { Matrix, SingularValueDecomposition } from "ml-matrix";

/**
 * The w of least norm among those that minimise ||X w - y||: right for fewer rows than columns, for as many, and
 * where X is rank-deficient. By singular values; those below max(n, d) eps times the largest count as zero.
 *
 * @param x n x d, row-major; only its first n d entries are read, n the number of labels.
 * @returns d entries; zeros where there is no row.
 */
export function leastSquares(x: ArrayLike<number>, y: ArrayLike<number>, features: number): Float64Array {
  const rows = y.length;
  const solution = new Float64Array(features);
  if (rows === 0) return solution;
  const matrix = new Matrix(rows, features);
  for (let i = 0; i < rows; i++) for (let j = 0; j < features; j++) matrix.set(i, j, x[i * features + j]!);
  const svd = new SingularValueDecomposition(matrix, { autoTranspose: true });
  const threshold = Math.max(rows, features) * Number.EPSILON * Math.max(...svd.diagonal);
  svd.diagonal.forEach((value, k) => {
    if (value <= threshold) return;
    let weight = 0;
    for (let i = 0; i < rows; i++) weight += svd.leftSingularVectors.get(i, k) * y[i]!;
    for (let j = 0; j < features; j++) solution[j]! += (weight / value) * svd.rightSingularVectors.get(j, k);
  });
  return solution;
}
