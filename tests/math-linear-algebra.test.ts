import { Matrix, pseudoInverse } from "ml-matrix";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { LeastSquares } from "../src/math/least-squares.js";
import { linearMap } from "../src/math/linear-map.js";
import {
  applied,
  diagonal,
  identity,
  isDiagonal,
  product,
  scaled,
  sum,
  trace,
  traceOfProduct,
  transpose,
} from "../src/math/matrix.js";
import { nd } from "../src/math/nd.js";
import { inverse, solve } from "../src/math/solve.js";
import {
  eigen,
  isSemidefinite,
  isSymmetric,
  rank,
  smallestEigenvalue,
  spectralMap,
  symmetricRoot,
} from "../src/math/symmetric.js";
import type { Rows } from "../src/types.js";

const EPS = Number.EPSILON;
const draws = new Draws(keyOf(8));
const random = (rows: number, columns: number): Rows =>
  Array.from({ length: rows }, () => Array.from({ length: columns }, () => draws.normal()));
/** A semidefinite matrix of this size and rank. */
const semidefinite = (size: number, rankOfIt: number): Rows => {
  const half = random(size, rankOfIt);
  return product(half, transpose(half));
};
const distance = (a: Rows, b: Rows) =>
  Math.max(...a.flatMap((row, i) => row.map((entry, j) => Math.abs(entry - b[i]![j]!))));
const size = (a: Rows) => Math.max(...a.flat().map(Math.abs));

/** u u^T of (.1, .2, .3): rank one, with an eigenvalue of -1.5e-18 by rounding (cases of scipy and numpy). */
const ROUNDED = [0.1, 0.2, 0.3].map((a) => [0.1, 0.2, 0.3].map((b) => a * b));

describe("matrix", () => {
  const [a, b, c] = [random(3, 4), random(4, 2), random(2, 3)];

  test("products, sums and transposes are those of ml-matrix", () => {
    const [ma, mb] = [new Matrix(a as number[][]), new Matrix(b as number[][])];
    expect(distance(product(a, b), ma.mmul(mb).to2DArray())).toBeLessThan(8 * EPS * size(a) * size(b));
    expect(transpose(a)).toEqual(ma.transpose().to2DArray());
    expect(sum(a, scaled(a, 2))).toEqual(Matrix.add(ma, Matrix.mul(ma, 2)).to2DArray());
    expect(applied(b, [1, 2])).toEqual(product(b, [[1], [2]]).map(([entry]) => entry));
  });

  test("a trace of a product is cyclic", () => {
    const traces = [traceOfProduct(a, b, c), traceOfProduct(b, c, a), traceOfProduct(c, a, b)];
    for (const other of traces)
      expect(Math.abs(other - traces[0]!)).toBeLessThan(64 * EPS * size(a) * size(b) * size(c));
    expect(trace(identity(5))).toBe(5);
  });

  test("shapes that do not fit are refused with both", () => {
    expect(() => product(a, a)).toThrow("3 x 4 and a 3 x 4 matrix do not multiply");
    expect(() => sum(a, b)).toThrow("3 x 4 and a 4 x 2 matrix do not add");
    expect(() => trace(a)).toThrow("3 x 4");
    expect(() => applied(a, [1])).toThrow("3 x 4 matrix does not act on 1 entries");
    expect(() => nd(["batch", "feature"], [2, 3], new Float64Array(5))).toThrow("(batch, feature) = (2, 3) holds 6");
  });

  test.each<[string, Rows]>([
    ["full", random(4, 4)],
    ["diagonal", diagonal([1, -2, 0, 3])],
  ])("a %s matrix as a fast map is the matrix", (_, matrix) => {
    const v = Float64Array.from([0.3, -1, 2, 5]);
    const out = new Float64Array(6);
    linearMap(matrix)(v, out, 1);
    for (const [i, entry] of applied(matrix, v).entries())
      expect(Math.abs(out[i + 1]! - entry)).toBeLessThan(16 * EPS * 5 * size(matrix));
    expect([out[0], out[5]]).toEqual([0, 0]);
    expect(isDiagonal(matrix)).toBe(matrix[0]![1] === 0);
  });
});

describe("symmetric", () => {
  test.each([1, 2, 5, 12])("eigenvectors of size %d are orthonormal, ascend and rebuild the matrix", (n) => {
    const matrix = sum(semidefinite(n, n), scaled(identity(n), -1));
    const { values, vectors } = eigen(matrix);
    const tolerance = 32 * n * EPS * size(matrix);
    expect(distance(product(vectors, transpose(vectors)), identity(n))).toBeLessThan(32 * n * EPS);
    expect(distance(product(transpose(vectors), diagonal(values), vectors), matrix)).toBeLessThan(tolerance);
    expect([...values].sort((x, y) => x - y)).toEqual(values);
    expect(Math.abs(values.reduce((x, y) => x + y) - trace(matrix))).toBeLessThan(tolerance);
  });

  test.each([
    [1, 1],
    [3, 3],
    [4, 2],
    [10, 10],
    [10, 1],
  ])("the root of a %d x %d-rank matrix is symmetric, semidefinite and squares to it", (n, r) => {
    const matrix = semidefinite(n, r);
    const half = symmetricRoot(matrix);
    expect(half).toEqual(transpose(half));
    expect(isSemidefinite(half)).toBe(true);
    expect(distance(product(half, half), matrix)).toBeLessThan(64 * n * EPS * size(matrix));
    expect(rank(matrix)).toBe(r);
    expect(rank(half)).toBe(r);
  });

  test("the root of a diagonal matrix is exact, however small its entries", () => {
    expect(symmetricRoot(diagonal([4, 1e-40, 0]))).toEqual(diagonal([2, 1e-20, 0]));
    expect(rank(diagonal([4, 1e-40, 0]))).toBe(2);
  });

  test("a rounding of zero is zero: the outer product of (.1, .2, .3) is semidefinite of rank 1", () => {
    expect(isSymmetric(ROUNDED)).toBe(true);
    expect(smallestEigenvalue(ROUNDED)).toBeLessThan(1e-17);
    expect(isSemidefinite(ROUNDED)).toBe(true);
    expect(rank(ROUNDED)).toBe(1);
    expect(distance(product(symmetricRoot(ROUNDED), symmetricRoot(ROUNDED)), ROUNDED)).toBeLessThan(16 * EPS);
  });

  test("an indefinite matrix is refused with its eigenvalue, also a hardly indefinite one", () => {
    expect(
      isSemidefinite([
        [1, 2],
        [2, 1],
      ]),
    ).toMatch("its smallest eigenvalue is -1,");
    expect(
      isSemidefinite([
        [1, 1 + 1e-12],
        [1 + 1e-12, 1],
      ]),
    ).toMatch("indefinite");
    expect(isSemidefinite(diagonal([1, -1e-9]))).toMatch("-1e-9");
    expect(() =>
      symmetricRoot([
        [1, 2],
        [2, 1],
      ]),
    ).toThrow("-1");
  });

  test("what is not symmetric, square or finite is refused with the place", () => {
    expect(
      isSymmetric([
        [1, 0.5],
        [0.4, 1],
      ]),
    ).toBe("not symmetric: entry (2, 1) is 0.4 and entry (1, 2) is 0.5");
    expect(isSymmetric([[1, 0.5], [0.5]])).toMatch("row 2 has 1 entries, but the matrix has 2 rows");
    expect(
      isSymmetric([
        [1, Number.NaN],
        [Number.NaN, 1],
      ]),
    ).toMatch("row 1 has the entry NaN");
    expect(() =>
      eigen([
        [1, 0.5],
        [0.4, 1],
      ]),
    ).toThrow("0.4");
    expect(
      isSymmetric([
        [1, 0.1 + 0.2],
        [0.3, 1],
      ]),
    ).toBe(true);
  });

  test("a spectral map inverts, and leaves null directions to its function", () => {
    const matrix = semidefinite(4, 4);
    expect(
      distance(
        product(
          spectralMap(matrix, (value) => 1 / value),
          matrix,
        ),
        identity(4),
      ),
    ).toBeLessThan(256 * EPS * size(matrix) * size(inverse(matrix)));
    const pseudo = spectralMap(ROUNDED, (value) => (value === 0 ? 0 : 1 / value));
    expect(distance(product(ROUNDED, pseudo, ROUNDED), ROUNDED)).toBeLessThan(16 * EPS);
  });
});

describe("solve", () => {
  test("solutions solve, inverses invert", () => {
    const [matrix, right] = [random(6, 6), random(6, 2)];
    const solution = solve(matrix, right);
    expect(distance(product(matrix, solution), right)).toBeLessThan(64 * EPS * size(matrix) * size(solution));
    expect(distance(product(inverse(matrix), matrix), identity(6))).toBeLessThan(
      64 * EPS * size(matrix) * size(inverse(matrix)),
    );
  });

  test("a singular or unfitting system is refused", () => {
    expect(() => inverse(ROUNDED)).toThrow("its smallest pivot is a rounding of zero");
    for (let trial = 0; trial < 20; trial++)
      expect(() => inverse(semidefinite(5, 4))).toThrow("its smallest pivot is a rounding of zero");
    expect(() =>
      inverse([
        [0, 0],
        [0, 0],
      ]),
    ).toThrow("singular");
    expect(() => solve([[1, 2]], [[1]])).toThrow("1 rows needs 1 columns");
  });
});

/** The solution for X given row after row. */
function leastSquares(x: readonly number[], y: readonly number[], features: number): Float64Array {
  const problem = new LeastSquares(y.length, features);
  for (const [at, entry] of x.entries()) problem.x[(at % features) * y.length + Math.floor(at / features)] = entry;
  problem.y.set(y);
  return problem.solve(y.length);
}

describe("least squares", () => {
  test.each([
    [[1, 2, 2], [9], [1, 2, 2]],
    [
      [1, 0, 1, 0],
      [1, 3],
      [2, 0],
    ],
    [[0, 0, 0], [5], [0, 0, 0]],
    [[], [], [0, 0]],
    [
      [2, 0, 0, 0, 0, 3],
      [4, 6],
      [2, 0, 2],
    ],
  ])("the least-norm solution of X = %p, y = %p is %p", (x, y, w) => {
    const solution = leastSquares(x, y, w.length);
    for (const [i, entry] of w.entries()) expect(Math.abs(solution[i]! - entry)).toBeLessThan(8 * EPS);
  });

  /** n, d, rank: fewer, as many and more rows; full and deficient; one row, one column. */
  test.each([
    ...[
      [3, 8, 3],
      [8, 8, 8],
      [20, 8, 8],
      [1, 5, 1],
      [5, 1, 1],
      [8, 4, 2],
      [4, 8, 2],
      [6, 6, 5],
      [40, 10, 3],
    ],
  ])("%d rows, %d features, rank %d: the same as by singular values", (n, d, r) => {
    for (let trial = 0; trial < 20; trial++) {
      const x = n <= r || d <= r ? random(n, d) : product(random(n, r), random(r, d));
      const y = random(n, 1);
      const solution = [...leastSquares(x.flat(), y.flat(), d)].map((entry) => [entry]);
      const pseudo = pseudoInverse(new Matrix(x as number[][]), 1e-10).to2DArray();
      const condition = size(x) * size(pseudo);
      const tolerance = 64 * Math.max(n, d) * EPS * condition ** 2 * (size(pseudo) * size(y));
      expect(distance(solution, product(pseudo, y))).toBeLessThan(tolerance);
      const residual = sum(product(x, solution), scaled(y, -1));
      expect(size(product(transpose(x), residual))).toBeLessThan(
        256 * n * EPS * size(x) ** 2 * (size(solution) + 1) * condition,
      );
    }
  });

  test("columns of very different size keep their digits", () => {
    const x = random(12, 3).map(([a, b, c]) => [a!, 1e-5 * b!, 1e5 * c!]);
    const solution = leastSquares(
      x.flat(),
      x.map(([a, b, c]) => a! + 1e5 * b! - 1e-5 * c!),
      3,
    );
    for (const [i, entry] of [1, 1e5, -1e-5].entries())
      expect(Math.abs(solution[i]! / entry - 1)).toBeLessThan(1e4 * EPS);
  });
});
