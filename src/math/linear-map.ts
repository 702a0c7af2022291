import type { Rows } from "../types.js";
import { isDiagonal } from "./matrix.js";

/** Writes A v to the entries of `out` from `at` on. */
export type LinearMap = (v: Float64Array, out: Float64Array, at: number) => void;

/** A as a function for very many v: flat rows, and one product an entry where A is diagonal. */
export function linearMap(matrix: Rows): LinearMap {
  const size = matrix.length;
  if (isDiagonal(matrix)) {
    const entries = Float64Array.from(matrix, (row, i) => row[i]!);
    return (v, out, at) => {
      for (let i = 0; i < size; i++) out[at + i] = entries[i]! * v[i]!;
    };
  }
  const columns = matrix[0]!.length;
  const flat = Float64Array.from(matrix.flat());
  return (v, out, at) => {
    for (let i = 0; i < size; i++) {
      let total = 0;
      for (let j = 0; j < columns; j++) total += flat[i * columns + j]! * v[j]!;
      out[at + i] = total;
    }
  };
}
