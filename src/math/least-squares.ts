import { Householder } from "./householder.js";

/**
 * The w of least norm among those that minimise ||X w - y||: right for fewer rows than columns, for as many, and
 * where X is rank-deficient. A complete orthogonal decomposition: X P = Q R with r rows of R kept, then the least-norm
 * w of those rows from R^T P' = Q' T. It runs once a prompt, in memory of its own: many times the speed of ml-matrix's
 * singular values, which the tests compare it with. Pivots below max(n, d) eps times the first count as zero.
 * Source: Golub and Van Loan, "Matrix Computations", 4th edition 2013, Section 5.5.
 */
export class LeastSquares {
  /** X column by column: entry (i, j) at j n + i. To be filled anew for every `solve`, which overwrites it. */
  readonly x: Float64Array;
  /** The labels y, likewise. */
  readonly y: Float64Array;
  private readonly outer: Householder;
  private readonly inner: Householder;
  private readonly rowsOfR: Float64Array;
  private readonly rotated: Float64Array;
  private readonly solution: Float64Array;

  /** @param most rows of the tallest X */
  constructor(
    most: number,
    readonly features: number,
  ) {
    this.x = new Float64Array(most * features);
    this.y = new Float64Array(most);
    this.outer = new Householder(features);
    this.inner = new Householder(features);
    this.rowsOfR = new Float64Array(features * features);
    this.rotated = new Float64Array(features);
    this.solution = new Float64Array(features);
  }

  /**
   * @param rows the number of labels n
   * @returns d entries, overwritten by the next `solve`; zeros where there is no row
   */
  solve(rows: number): Float64Array {
    const { features, outer, y, rotated, solution } = this;
    outer.reduce(this.x, rows, features);
    outer.reflect(y);
    if (outer.rank === features) this.backSubstitute();
    else this.leastNorm();
    for (let j = 0; j < features; j++) solution[outer.order[j]!] = rotated[j]!;
    return solution;
  }

  /** The w with R w = Q^T y for a triangular R of full rank. */
  private backSubstitute(): void {
    const { outer, y, rotated: w } = this;
    const { rank } = outer;
    for (let i = rank - 1; i >= 0; i--) {
      let rest = y[i]!;
      for (let j = i + 1; j < rank; j++) rest -= outer.upper(i, j) * w[j]!;
      w[i] = rest / outer.upper(i, i);
    }
  }

  /** The least w with R w = Q^T y for fewer rows than columns: in the span of R's rows, which are decomposed again. */
  private leastNorm(): void {
    const { features, outer, inner, rowsOfR, y, rotated: w } = this;
    const { rank } = outer;
    rowsOfR.fill(0);
    for (let i = 0; i < rank; i++) for (let j = i; j < features; j++) rowsOfR[i * features + j] = outer.upper(i, j);
    inner.reduce(rowsOfR, features, rank);
    w.fill(0);
    for (let i = 0; i < inner.rank; i++) {
      let rest = y[inner.order[i]!]!;
      for (let k = 0; k < i; k++) rest -= inner.upper(k, i) * w[k]!;
      w[i] = rest / inner.upper(i, i);
    }
    inner.unreflect(w);
  }
}
