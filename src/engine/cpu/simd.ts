/** Whether WebAssembly runs here, with SIMD. */
export function hasSimd(): boolean {
  return typeof WebAssembly !== "undefined" && WebAssembly.validate(SIMD_PROBE);
}

/** A module with one function that makes a v128 constant and drops it: valid only where SIMD is. */
const SIMD_PROBE = Uint8Array.from(
  [
    [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    [1, 4, 1, 0x60, 0, 0],
    [3, 2, 1, 0],
    [10, 23, 1, 21, 0, 0xfd, 12, ...new Array<number>(16).fill(0), 0x1a, 0x0b],
  ].flat(),
);
