import type { Rows } from "../types.js";

/** The identity of size d. */
export function identity(size: number): Rows {
  return diagonal(new Array<number>(size).fill(1));
}

/** The diagonal matrix of these entries. */
export function diagonal(entries: readonly number[]): Rows {
  return entries.map((entry, i) => entries.map((_, j) => (i === j ? entry : 0)));
}

/** factor * A. */
export function scaled(matrix: Rows, factor: number): Rows {
  return matrix.map((row) => row.map((entry) => factor * entry));
}

/** A + B + ... of one shape. @throws RangeError where the shapes differ. */
export function sum(first: Rows, ...others: readonly Rows[]): Rows {
  return others.reduce((left, right) => {
    if (shape(left) !== shape(right)) throw new RangeError(`a ${shape(left)} and a ${shape(right)} matrix do not add`);
    return left.map((row, i) => row.map((entry, j) => entry + right[i]![j]!));
  }, first);
}

/** A B C ... @throws RangeError where the columns of one are not the rows of the next. */
export function product(first: Rows, ...others: readonly Rows[]): Rows {
  return others.reduce((left, right) => {
    if (columns(left) !== right.length)
      throw new RangeError(`a ${shape(left)} and a ${shape(right)} matrix do not multiply`);
    return left.map((row) => {
      const entries = new Array<number>(columns(right)).fill(0);
      for (let k = 0; k < row.length; k++)
        for (let j = 0; j < entries.length; j++) entries[j]! += row[k]! * right[k]![j]!;
      return entries;
    });
  }, first);
}

/** A v. @throws RangeError where the columns are not as many as the entries. */
export function applied(matrix: Rows, vector: ArrayLike<number>): number[] {
  if (columns(matrix) !== vector.length)
    throw new RangeError(`a ${shape(matrix)} matrix does not act on ${vector.length} entries`);
  return matrix.map((row) => row.reduce((total, entry, j) => total + entry * vector[j]!, 0));
}

/** A^T. */
export function transpose(matrix: Rows): Rows {
  return Array.from({ length: columns(matrix) }, (_, j) => matrix.map((row) => row[j]!));
}

/** tr A of a square matrix. @throws RangeError on any other. */
export function trace(matrix: Rows): number {
  if (columns(matrix) !== matrix.length) throw new RangeError(`a ${shape(matrix)} matrix has no trace`);
  return matrix.reduce((total, row, i) => total + row[i]!, 0);
}

/** tr(A B C ...), the form in which every closed-form risk is written. */
export function traceOfProduct(first: Rows, ...others: readonly Rows[]): number {
  return trace(product(first, ...others));
}

/** The largest |entry|; 0 of an empty matrix. (Spreading a large matrix into Math.max would overflow the stack.) */
export function largestEntry(matrix: Rows): number {
  return matrix.reduce((largest, row) => row.reduce((most, entry) => Math.max(most, Math.abs(entry)), largest), 0);
}

/** Whether every entry off the diagonal is zero. */
export function isDiagonal(matrix: Rows): boolean {
  return matrix.every((row, i) => row.every((entry, j) => i === j || entry === 0));
}

function columns(matrix: Rows): number {
  return matrix[0]?.length ?? 0;
}

function shape(matrix: Rows): string {
  return `${matrix.length} x ${columns(matrix)}`;
}
