/**
 * Streaming means and covariances of K paired quantities: what a paired comparison is decided on.
 *
 * Welford's update keeps sums of products of *deviations*, so a mean of 1e9 costs no digits of the variance.
 * A value that is NaN or infinite makes the moments of its own quantity NaN, and no other's.
 * Source: Chan, Golub, LeVeque, "Algorithms for computing the sample variance", 1983, Equation 2.1 (merging).
 */
export class Moments {
  private readonly means: Float64Array;
  /** Sums over samples of (v_i - mean_i)(v_j - mean_j), K x K with the lower triangle in use. */
  private readonly comoments: Float64Array;
  private readonly deviations: Float64Array;
  private samples = 0;

  /** @throws RangeError unless the number of quantities is a positive integer. */
  constructor(readonly quantities: number) {
    if (!Number.isInteger(quantities) || quantities < 1)
      throw new RangeError(`moments are of a positive number of quantities, not ${quantities}`);
    this.means = new Float64Array(quantities);
    this.comoments = new Float64Array(quantities * quantities);
    this.deviations = new Float64Array(quantities);
  }

  /** Number of samples added. */
  get count(): number {
    return this.samples;
  }

  /** Adds one sample: the K quantities measured together. @throws RangeError unless there are K of them. */
  add(values: ArrayLike<number>): void {
    const { means, comoments, deviations, quantities } = this;
    if (values.length !== quantities)
      throw new RangeError(`a sample has ${quantities} quantities here, not ${values.length}`);
    this.samples++;
    for (let i = 0; i < quantities; i++) {
      const before = values[i]! - means[i]!;
      deviations[i] = before;
      means[i]! += before / this.samples;
      const after = values[i]! - means[i]!;
      for (let j = 0; j <= i; j++) comoments[i * quantities + j]! += after * deviations[j]!;
    }
  }

  /** Adds all samples of `other`, as if they had been added one by one, up to rounding. */
  merge(other: Moments): void {
    const { means, comoments, quantities } = this;
    if (other.quantities !== quantities)
      throw new RangeError(`moments of ${other.quantities} quantities do not merge with moments of ${quantities}`);
    const total = this.samples + other.samples;
    if (total === 0) return;
    const gaps = means.map((mean, i) => other.means[i]! - mean);
    const weight = (this.samples * other.samples) / total;
    for (let i = 0; i < quantities; i++) {
      for (let j = 0; j <= i; j++)
        comoments[i * quantities + j]! += other.comoments[i * quantities + j]! + weight * gaps[i]! * gaps[j]!;
      means[i]! += (gaps[i]! * other.samples) / total;
    }
    this.samples = total;
  }

  /** Mean of quantity i; NaN where nothing was added. */
  mean(i: number): number {
    return this.samples === 0 ? Number.NaN : this.means[i]!;
  }

  /** Unbiased covariance of quantities i and j; NaN below two samples. */
  covariance(i: number, j: number): number {
    const at = i >= j ? i * this.quantities + j : j * this.quantities + i;
    return this.samples < 2 ? Number.NaN : this.comoments[at]! / (this.samples - 1);
  }

  /** Covariance of the two *means*: covariance / count. Their difference has variance c_ii + c_jj - 2 c_ij. */
  covarianceOfMeans(i: number, j: number): number {
    return this.covariance(i, j) / this.samples;
  }

  /** Standard error of the mean of quantity i. */
  standardError(i: number): number {
    return Math.sqrt(this.covarianceOfMeans(i, i));
  }
}
