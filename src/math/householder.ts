/**
 * Householder's orthogonal reduction with column pivoting, A P = Q R with the columns ordered so that the diagonal of R
 * falls in size. One object reduces many matrices one after another in memory of its own, as it runs once a prompt.
 * Columns whose remaining norm is below max(rows, columns) eps of the first pivot are roundings of zero.
 * Source: Golub and Van Loan, "Matrix Computations", 4th edition 2013, Algorithm 5.4.1.
 */
export class Householder {
  /** Rows of R that are not roundings. */
  rank = 0;
  /** Column order[j] of A is column j of R. */
  readonly order: Int32Array;
  private readonly diagonal: Float64Array;
  private readonly factors: Float64Array;
  /** Squared norms of what is left of the columns. */
  private readonly squares: Float64Array;
  private a: Float64Array = new Float64Array(0);
  private rows = 0;

  /** @param most columns of the widest matrix that will be reduced */
  constructor(most: number) {
    this.order = new Int32Array(most);
    this.diagonal = new Float64Array(most);
    this.factors = new Float64Array(most);
    this.squares = new Float64Array(most);
  }

  /**
   * Reduces A, stored column after column, which is overwritten and kept: above the diagonal with R, from the diagonal
   * down with the vectors u of the reflections I - factor u u^T.
   */
  reduce(a: Float64Array, rows: number, columns: number): void {
    const { order, diagonal, factors, squares } = this;
    this.a = a;
    this.rows = rows;
    const smallest = (Math.max(rows, columns) * Number.EPSILON) ** 2;
    for (let j = 0; j < columns; j++) order[j] = j;
    for (let j = 0; j < columns; j++) squares[j] = squareBelow(a, j * rows, j * rows + rows);
    const steps = Math.min(rows, columns);
    let first = 0;
    let k = 0;
    for (; k < steps; k++) {
      const column = largest(squares, k, columns);
      const square = squares[column]!;
      if (k === 0) first = square;
      if (!(square > smallest * first)) break;
      if (column !== k) this.exchange(k, column);
      const head = a[k * rows + k]!;
      // The sign that adds to the head, so that nothing cancels.
      const length = head > 0 ? -Math.sqrt(square) : Math.sqrt(square);
      diagonal[k] = length;
      a[k * rows + k] = head - length;
      const factor = 1 / (length * (length - head));
      factors[k] = factor;
      let j = k + 1;
      for (; j + 4 <= columns; j += 4) turnFour(a, rows, k, factor, j, squares);
      for (; j < columns; j++) squares[j] = turn(a, rows, k, factor, a, j * rows);
    }
    this.rank = k;
  }

  /** R_ij for i <= j. */
  upper(i: number, j: number): number {
    return i === j ? this.diagonal[i]! : this.a[j * this.rows + i]!;
  }

  /** v becomes Q^T v. */
  reflect(v: Float64Array): void {
    for (let k = 0; k < this.rank; k++) turn(this.a, this.rows, k, this.factors[k]!, v, 0);
  }

  /** v becomes Q v. */
  unreflect(v: Float64Array): void {
    for (let k = this.rank - 1; k >= 0; k--) turn(this.a, this.rows, k, this.factors[k]!, v, 0);
  }

  private exchange(j: number, k: number): void {
    const { a, rows, order, squares } = this;
    for (let i = 0; i < rows; i++) {
      const entry = a[j * rows + i]!;
      a[j * rows + i] = a[k * rows + i]!;
      a[k * rows + i] = entry;
    }
    const place = order[j]!;
    order[j] = order[k]!;
    order[k] = place;
    squares[k] = squares[j]!;
  }
}

/** Where the greatest of the numbers [from, to) is, the first of equals. */
function largest(numbers: Float64Array, from: number, to: number): number {
  let at = from;
  let most = -1;
  for (let j = from; j < to; j++)
    if (numbers[j]! > most) {
      at = j;
      most = numbers[j]!;
    }
  return at;
}

/** The sum of squares of the entries [from, to). */
function squareBelow(a: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += a[i]! * a[i]!;
  return total;
}

/**
 * Applies I - factor u u^T to the vector that starts at `at` of `v`; u is column k of A from row k down.
 *
 * @returns the sum of squares of the result below row k: what the next pivot is chosen by
 */
function turn(a: Float64Array, rows: number, k: number, factor: number, v: Float64Array, at: number): number {
  const column = k * rows;
  let along = 0;
  for (let i = k; i < rows; i++) along += a[column + i]! * v[at + i]!;
  along *= factor;
  v[at + k]! -= along * a[column + k]!;
  let total = 0;
  for (let i = k + 1; i < rows; i++) {
    const entry = v[at + i]! - along * a[column + i]!;
    v[at + i] = entry;
    total += entry * entry;
  }
  return total;
}

/** `turn` of the columns j to j + 3 of A, and their sums of squares: four sums at once, as one waits for its own last term. */
function turnFour(a: Float64Array, rows: number, k: number, factor: number, j: number, squares: Float64Array): void {
  const u = k * rows;
  const p = j * rows;
  const q = p + rows;
  const r = q + rows;
  const s = r + rows;
  let alongP = 0;
  let alongQ = 0;
  let alongR = 0;
  let alongS = 0;
  for (let i = k; i < rows; i++) {
    const entry = a[u + i]!;
    alongP += entry * a[p + i]!;
    alongQ += entry * a[q + i]!;
    alongR += entry * a[r + i]!;
    alongS += entry * a[s + i]!;
  }
  alongP *= factor;
  alongQ *= factor;
  alongR *= factor;
  alongS *= factor;
  const head = a[u + k]!;
  a[p + k]! -= alongP * head;
  a[q + k]! -= alongQ * head;
  a[r + k]! -= alongR * head;
  a[s + k]! -= alongS * head;
  let squareP = 0;
  let squareQ = 0;
  let squareR = 0;
  let squareS = 0;
  for (let i = k + 1; i < rows; i++) {
    const entry = a[u + i]!;
    const inP = a[p + i]! - alongP * entry;
    const inQ = a[q + i]! - alongQ * entry;
    const inR = a[r + i]! - alongR * entry;
    const inS = a[s + i]! - alongS * entry;
    a[p + i] = inP;
    a[q + i] = inQ;
    a[r + i] = inR;
    a[s + i] = inS;
    squareP += inP * inP;
    squareQ += inQ * inQ;
    squareR += inR * inR;
    squareS += inS * inS;
  }
  squares[j] = squareP;
  squares[j + 1] = squareQ;
  squares[j + 2] = squareR;
  squares[j + 3] = squareS;
}
