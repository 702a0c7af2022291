/**
 * Writes the products of the rows of A with those of B (both d x d, row-major), A B^T, to `out`: A B where B is
 * symmetric. Every entry is summed in order of k, four entries at once, as a sum waits for its own last term.
 *
 * @param part `lower`: entries on and below the diagonal; what is above is then undefined
 */
export function rowProducts(
  a: Float64Array,
  b: Float64Array,
  d: number,
  out: Float64Array,
  part: "all" | "lower",
): void {
  for (let i = 0; i < d; i++) {
    const left = i * d;
    const columns = part === "all" ? d : i + 1;
    let j = 0;
    // Where four entries reach beyond the diagonal they are written all the same: that is cheaper than three by one.
    for (; j < columns && j + 4 <= d; j += 4) {
      const p = j * d;
      const q = p + d;
      const r = q + d;
      const s = r + d;
      let inP = 0;
      let inQ = 0;
      let inR = 0;
      let inS = 0;
      for (let k = 0; k < d; k++) {
        const entry = a[left + k]!;
        inP += entry * b[p + k]!;
        inQ += entry * b[q + k]!;
        inR += entry * b[r + k]!;
        inS += entry * b[s + k]!;
      }
      out[left + j] = inP;
      out[left + j + 1] = inQ;
      out[left + j + 2] = inR;
      out[left + j + 3] = inS;
    }
    for (; j < columns; j++) {
      let total = 0;
      for (let k = 0; k < d; k++) total += a[left + k]! * b[j * d + k]!;
      out[left + j] = total;
    }
  }
}
