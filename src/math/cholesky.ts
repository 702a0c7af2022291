/**
 * Overwrites the lower triangle of a symmetric n x n matrix A, row-major, with L, A = L L^T.
 *
 * @returns log det A, or NaN where A is not positive definite
 */
export function cholesky(a: Float64Array, n: number): number {
  let logDeterminant = 0;
  for (let j = 0; j < n; j++) {
    let pivot = a[j * n + j]!;
    for (let k = 0; k < j; k++) pivot -= a[j * n + k]! ** 2;
    if (!(pivot > 0)) return Number.NaN;
    const root = Math.sqrt(pivot);
    a[j * n + j] = root;
    logDeterminant += Math.log(pivot);
    for (let i = j + 1; i < n; i++) {
      let entry = a[i * n + j]!;
      for (let k = 0; k < j; k++) entry -= a[i * n + k]! * a[j * n + k]!;
      a[i * n + j] = entry / root;
    }
  }
  return logDeterminant;
}

/** Overwrites b with A^-1 b, given the factor that `cholesky` wrote; b has n entries, or the first n count. */
export function choleskySolve(factor: Float64Array, n: number, b: Float64Array): void {
  for (let i = 0; i < n; i++) {
    let entry = b[i]!;
    for (let k = 0; k < i; k++) entry -= factor[i * n + k]! * b[k]!;
    b[i] = entry / factor[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    let entry = b[i]!;
    for (let k = i + 1; k < n; k++) entry -= factor[k * n + i]! * b[k]!;
    b[i] = entry / factor[i * n + i]!;
  }
}
