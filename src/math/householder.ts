/** A P = Q R with the columns ordered so that the diagonal of R falls in size: `rank` rows of R are not roundings. */
export interface Decomposition {
  readonly rank: number;
  /** Column order[j] of A is column j of R. */
  readonly order: Int32Array;
  /** R_ij for i <= j. */
  upper(i: number, j: number): number;
  /** v becomes Q^T v. */
  reflect(v: Float64Array): void;
  /** v becomes Q v. */
  unreflect(v: Float64Array): void;
}

/**
 * Householder's orthogonal reduction with column pivoting. A is stored column after column and is overwritten: above
 * the diagonal with R, from the diagonal down with the vectors u of the reflections I - factor u u^T.
 * Columns whose remaining norm is below max(rows, columns) eps of the first pivot are roundings of zero.
 * Source: Golub and Van Loan, "Matrix Computations", 4th edition 2013, Algorithm 5.4.1.
 */
export function householder(a: Float64Array, rows: number, columns: number): Decomposition {
  const steps = Math.min(rows, columns);
  const order = Int32Array.from({ length: columns }, (_, j) => j);
  const diagonal = new Float64Array(steps);
  const factors = new Float64Array(steps);
  const smallest = (Math.max(rows, columns) * Number.EPSILON) ** 2;
  let first = 0;
  let rank = 0;

  for (; rank < steps; rank++) {
    const { column, square } = longestColumn(a, rows, columns, rank);
    if (rank === 0) first = square;
    if (!(square > smallest * first)) break;
    swapColumns(a, rows, rank, column);
    [order[rank], order[column]] = [order[column]!, order[rank]!];
    const head = a[rank * rows + rank]!;
    // The sign that adds to the head, so that nothing cancels.
    const length = head > 0 ? -Math.sqrt(square) : Math.sqrt(square);
    diagonal[rank] = length;
    a[rank * rows + rank] = head - length;
    factors[rank] = 1 / (length * (length - head));
    for (let j = rank + 1; j < columns; j++) turn(a, rows, rank, factors[rank]!, a, j * rows);
  }
  return {
    rank,
    order,
    upper: (i, j) => (i === j ? diagonal[i]! : a[j * rows + i]!),
    reflect: (v) => {
      for (let k = 0; k < rank; k++) turn(a, rows, k, factors[k]!, v, 0);
    },
    unreflect: (v) => {
      for (let k = rank - 1; k >= 0; k--) turn(a, rows, k, factors[k]!, v, 0);
    },
  };
}

/** Applies I - factor u u^T to the vector that starts at `at` of `v`; u is column k from row k down. */
function turn(a: Float64Array, rows: number, k: number, factor: number, v: Float64Array, at: number): void {
  const column = k * rows;
  let along = 0;
  for (let i = k; i < rows; i++) along += a[column + i]! * v[at + i]!;
  along *= factor;
  for (let i = k; i < rows; i++) v[at + i]! -= along * a[column + i]!;
}

/** The column from `from` on with the greatest norm below row `from`, and that norm squared. */
function longestColumn(a: Float64Array, rows: number, columns: number, from: number) {
  let [column, square] = [from, -1];
  for (let j = from; j < columns; j++) {
    let total = 0;
    for (let i = from; i < rows; i++) total += a[j * rows + i]! * a[j * rows + i]!;
    if (total > square) [column, square] = [j, total];
  }
  return { column, square };
}

function swapColumns(a: Float64Array, rows: number, j: number, k: number): void {
  if (j === k) return;
  const column = a.slice(j * rows, (j + 1) * rows);
  a.copyWithin(j * rows, k * rows, (k + 1) * rows);
  a.set(column, k * rows);
}
