/** What is known of a series' coefficients before its values are. */
export type SeriesPrior =
  | { readonly kind: "fixed"; readonly reflections: readonly number[] }
  | { readonly kind: "partial"; readonly order: number; readonly within: number }
  | { readonly kind: "rejection"; readonly order: number; readonly within: number; readonly root: number };

export type DrawnPrior = Exclude<SeriesPrior, { readonly kind: "fixed" }>;

/** sqrt(2 / pi) and what makes tanh(c_1 z + c_3 z^3) a normal distribution function, times two and less one, to 3e-4. */
const [C1, C3] = [0.79788456, 0.03567741];

/**
 * Posterior of a series' coefficients in coordinates theta,
 *
 *   r_k = a tanh(c_1 theta_k + c_3 theta_k^3),
 *
 * a the bound of uniform reflection coefficients r_k, and 1 where coefficients rho are drawn and rejected. The tanh is a cheap
 * twin of 2 Phi(theta) - 1, so that uniform reflections are nearly standard normal. The likelihood is the stationary series' exact one: of the first q values each given those before it, and of the others
 * by the sums of lagged products. A prior uniform in rho is that of uniform reflections times the volume d rho / d r =
 * prod_k (1 - r_k)^[k / 2] (1 + r_k)^[(k - 1) / 2], on what it allows. Source: Monahan 1984, "A note on enforcing stationarity
 * in autoregressive-moving average models".
 */
export class SeriesDensity {
  readonly order: number;
  /** Log likelihood at the last theta, up to a constant. */
  likelihood = 0;
  /** Log density of a standard normal theta. */
  normal = 0;
  /** Log density of the prior there, up to a constant and as if it allowed all stationary coefficients. */
  prior = 0;
  /** The prediction of x_(N+1) there. */
  mean = 0;
  private readonly bound: number;
  private readonly products: Float64Array;
  private readonly reflections: Float64Array;
  /** Entry (k, j), k, j = 0 .. q: weight of the (j + 1)-th last value in the prediction from k values. */
  private readonly phi: Float64Array;
  private readonly scratch: Float64Array;

  constructor(
    private readonly given: DrawnPrior,
    /** Variance of the innovations. */
    private readonly s2: number,
    private readonly values: Float64Array,
  ) {
    this.order = given.order;
    this.bound = given.kind === "partial" ? given.within : 1;
    const size = given.order + 1;
    this.products = laggedProducts(values, given.order);
    this.reflections = new Float64Array(given.order);
    this.phi = new Float64Array(size * size);
    this.scratch = new Float64Array(size * size);
  }

  /** Sets `likelihood`, `normal`, `prior` and `mean` at theta. */
  at(theta: Float64Array): void {
    const { order, bound, reflections } = this;
    let [volume, squared] = [1, 0];
    for (let k = 0; k < order; k++) {
      const square = theta[k]! * theta[k]!;
      const across = theta[k]! * (C1 + C3 * square);
      const r = bound * Math.tanh(across);
      reflections[k] = r;
      squared += square;
      volume *= (C1 + 3 * C3 * square) / Math.cosh(across) ** 2;
      if (this.given.kind === "rejection") volume *= (1 - r) ** ((k + 1) >> 1) * (1 + r) ** (k >> 1);
    }
    stepUp(reflections, order, this.phi);
    const { values, s2 } = this;
    const start = Math.min(order, values.length);
    let [variance, spread, squares] = [s2, 1, this.squares() / s2];
    for (let k = order - 1; k >= 0; k--) {
      const r = reflections[k]!;
      variance /= (1 - r) * (1 + r);
      if (k >= start) continue;
      spread *= variance;
      squares += (values[k]! - this.predicted(k, k)) ** 2 / variance;
    }
    this.likelihood = -(Math.log(spread) + squares) / 2;
    this.normal = -(squared + order * Math.log(2 * Math.PI)) / 2;
    this.prior = Math.log(volume);
    this.mean = this.predicted(start, values.length);
  }

  /** Whether the prior allows the coefficients of the last theta: those of uniform reflections always. */
  isAllowed(): boolean {
    if (this.given.kind === "partial") return true;
    const { within, root, order } = this.given;
    const row = order * (order + 1);
    for (let j = 0; j < order; j++) if (!(Math.abs(this.phi[row + j]!) <= within)) return false;
    return root === 1 || isWithin(this.phi.subarray(row, row + order), root, this.scratch);
  }

  /** The prediction of the value behind `end` from the k values before it. */
  private predicted(k: number, end: number): number {
    const row = k * (this.order + 1);
    let sum = 0;
    for (let j = 0; j < k; j++) sum += this.phi[row + j]! * this.values[end - 1 - j]!;
    return sum;
  }

  /** Sum over t > q of (x_t - rho . lags)^2. */
  private squares(): number {
    const { order, products, phi } = this;
    const size = order + 1;
    const row = order * size;
    let sum = products[0]!;
    for (let i = 1; i < size; i++) {
      let entry = -2 * products[i]!;
      for (let j = 1; j < size; j++) entry += products[i * size + j]! * phi[row + j - 1]!;
      sum += entry * phi[row + i - 1]!;
    }
    return sum;
  }
}

/** Entry (i, j), i, j = 0 .. q: sum over t > q of x_(t-i) x_(t-j). */
export function laggedProducts(values: Float64Array, q: number): Float64Array {
  const size = q + 1;
  const products = new Float64Array(size * size);
  for (let t = q; t < values.length; t++)
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) products[i * size + j]! += values[t - i]! * values[t - j]!;
  return products;
}

/** Row k of phi (q + 1 a row) from row k - 1: phi_k[j] = phi_(k-1)[j] - r_k phi_(k-1)[k - 2 - j], phi_k[k - 1] = r_k. */
function stepUp(reflections: Float64Array, order: number, phi: Float64Array): void {
  const width = order + 1;
  for (let k = 1; k <= order; k++) {
    const r = reflections[k - 1]!;
    const [row, before] = [k * width, (k - 1) * width];
    for (let j = 0; j < k - 1; j++) phi[row + j] = phi[before + j]! - r * phi[before + k - 2 - j]!;
    phi[row + k - 1] = r;
  }
}

/** Whether all roots are below `root` in modulus: the step-down recursion of rho_j root^-j stays inside (-1, 1). */
function isWithin(rho: Float64Array, root: number, phi: Float64Array): boolean {
  const order = rho.length;
  const width = order + 1;
  for (let j = 0, scale = 1; j < order; j++) {
    scale /= root;
    phi[order * width + j] = rho[j]! * scale;
  }
  for (let k = order; k > 0; k--) {
    const row = k * width;
    const r = phi[row + k - 1]!;
    const inside = (1 - r) * (1 + r);
    if (!(inside > 0)) return false;
    for (let j = 0; j < k - 1; j++) phi[row - width + j] = (phi[row + j]! + r * phi[row + k - j - 2]!) / inside;
  }
  return true;
}
