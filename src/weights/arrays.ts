/** A dense array of a file: row-major, with its shape; files have no names for axes. */
export interface FileArray {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** Named arrays, with texts about them (`layout`, ...) where the format has a place for them. */
export interface Arrays {
  readonly arrays: ReadonlyMap<string, FileArray>;
  readonly texts: Readonly<Record<string, string>>;
}

/** How many numbers an array of that shape has: 1 for a scalar. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1);
