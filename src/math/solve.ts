import { LuDecomposition, Matrix } from "ml-matrix";
import type { Rows } from "../types.js";
import { identity } from "./matrix.js";

/**
 * X with A X = B for a square A, by LU with partial pivoting.
 *
 * @throws RangeError where A is not square, is singular, or does not fit B.
 */
export function solve(matrix: Rows, right: Rows): Rows {
  const size = matrix.length;
  if (matrix.some((row) => row.length !== size) || right.length !== size)
    throw new RangeError(`a system of ${size} rows needs ${size} columns and ${size} right-hand rows`);
  const decomposition = new LuDecomposition(new Matrix(matrix as number[][]));
  const pivots = decomposition.upperTriangularMatrix.diagonal().map(Math.abs);
  if (!(Math.min(...pivots) > 16 * size * Number.EPSILON * Math.max(...pivots)))
    throw new RangeError(`a singular matrix of size ${size} has no solution: its smallest pivot is a rounding of zero`);
  return decomposition.solve(new Matrix(right as number[][])).to2DArray();
}

/** A^-1. @throws RangeError where A is not square or is singular. */
export function inverse(matrix: Rows): Rows {
  return solve(matrix, identity(matrix.length));
}
