import { autocovariances, predictionErrors, toeplitz } from "../src/math/autocovariance.js";
import { applied } from "../src/math/matrix.js";
import { coefficientsOf, predictionsOf, reflectionsOf, spectralRadius } from "../src/math/reflection.js";

/** An exact number: a double is a fraction with a power of two below. */
class Fraction {
  constructor(
    readonly above: bigint,
    readonly below: bigint,
  ) {}

  static of(value: number): Fraction {
    let [above, below] = [value, 1n];
    for (; !Number.isInteger(above); above *= 2) below *= 2n;
    return new Fraction(BigInt(above), below);
  }

  plus(other: Fraction): Fraction {
    return new Fraction(this.above * other.below + other.above * this.below, this.below * other.below).reduced();
  }

  times(other: Fraction): Fraction {
    return new Fraction(this.above * other.above, this.below * other.below).reduced();
  }

  over(other: Fraction): Fraction {
    return this.times(new Fraction(other.below, other.above));
  }

  negated(): Fraction {
    return new Fraction(-this.above, this.below);
  }

  get value(): number {
    const digits = 10n ** 30n;
    return Number((this.above * digits) / this.below) / 1e30;
  }

  private reduced(): Fraction {
    let [a, b] = [this.above < 0n ? -this.above : this.above, this.below < 0n ? -this.below : this.below];
    while (b !== 0n) [a, b] = [b, a % b];
    return a === 0n ? new Fraction(0n, 1n) : new Fraction(this.above / a, this.below / a);
  }
}

/** gamma_0 .. gamma_q by solving gamma_k = sum_j rho_j gamma_|k-j| + [k = 0] in exact fractions, rho by exact step-up. */
function exactAutocovariances(reflections: readonly number[]): number[] {
  let rho: Fraction[] = [];
  for (const r of reflections.map(Fraction.of)) {
    const before = rho;
    rho = [...before.map((phi, j) => phi.plus(r.times(before[before.length - 1 - j]!).negated())), r];
  }
  const size = rho.length + 1;
  const system = Array.from({ length: size }, (_, k) => {
    const row = Array.from({ length: size + 1 }, (__, i) => Fraction.of(i === k ? 1 : 0));
    row[size] = Fraction.of(k === 0 ? 1 : 0);
    for (const [j, weight] of rho.entries()) {
      const lag = Math.abs(k - j - 1);
      row[lag] = row[lag]!.plus(weight.negated());
    }
    return row;
  });
  for (let k = 0; k < size; k++) {
    const pivot = system.findIndex((row, i) => i >= k && row[k]!.above !== 0n);
    [system[k], system[pivot]] = [system[pivot]!, system[k]!];
    for (let i = 0; i < size; i++) {
      if (i === k) continue;
      const factor = system[i]![k]!.over(system[k]![k]!).negated();
      system[i] = system[i]!.map((entry, j) => (j < k ? entry : entry.plus(factor.times(system[k]![j]!))));
    }
  }
  return system.map((row, k) => row[size]!.over(row[k]!).value);
}

test.each<[string, number[]]>([
  ["one coefficient", [0.5]],
  ["a root at 0.9999", [0.9999]],
  ["two, near the circle", [0.99995, -0.9999]],
  ["three", [0.4, -0.7, 0.3]],
  ["five, alternating near the circle", [-0.99, 0.95, -0.9, 0.99, -0.5]],
])("autocovariances from reflection coefficients are right to 1e-12: %s", (_, reflections) => {
  const exact = exactAutocovariances(reflections);
  const found = autocovariances(reflections, 1, reflections.length);
  expect(found.length).toBe(exact.length);
  const worst = Math.max(...found.map((gamma, k) => Math.abs(gamma - exact[k]!) / exact[0]!));
  expect(worst).toBeLessThan(1e-12);
});

test("autocovariances of one coefficient are rho^k s2 / (1 - rho^2), far beyond the order too", () => {
  const gamma = autocovariances([0.8], 0.25, 12);
  expect(gamma.length).toBe(13);
  for (const [k, value] of gamma.entries()) expect(value).toBeCloseTo((0.25 * 0.8 ** k) / (1 - 0.64), 14);
});

test("a row of predictions solves the normal equations, and its error is what they leave", () => {
  const reflections = [0.6, -0.5, 0.2];
  const gamma = autocovariances(reflections, 2, 4);
  const errors = predictionErrors(reflections, 2);
  for (const [k, weights] of predictionsOf(reflections).entries()) {
    const fitted = applied(toeplitz(gamma, k), weights);
    for (const [j, value] of fitted.entries()) expect(value).toBeCloseTo(gamma[j + 1]!, 12);
    const left = weights.reduce((rest, weight, j) => rest - weight * gamma[j + 1]!, gamma[0]!);
    expect(errors[k]).toBeCloseTo(left, 12);
  }
});

test("coefficients and reflection coefficients are each other's inverse", () => {
  for (const reflections of [[0.3], [0.5, -0.9], [-0.2, 0.4, 0.8, -0.6, 0.1]])
    for (const [k, r] of reflectionsOf(coefficientsOf(reflections)).entries())
      expect(r).toBeCloseTo(reflections[k]!, 13);
  expect(coefficientsOf([0.5, 0.3])).toEqual([0.35, 0.3]);
});

test.each<[number[], number]>([
  [[0.5], 0.5],
  [[1.2, -0.5], Math.SQRT1_2],
  [[0, 0, 0.001], 0.1],
  [[0.3, 0.4], 0.8],
  [[], 0],
])("the memory of %j fades by %d a step", (coefficients, radius) => {
  expect(spectralRadius(coefficients)).toBeCloseTo(radius, 12);
});

test.each<[number[], RegExp]>([
  [[1], /root 1 has modulus 1/],
  [[-1.5], /root -1.5 has modulus 1.5/],
  [[0.5, 0.5], /root 1 has modulus 1/],
  [[0.2, 0.9], /not stationary/],
  [[0, -1], /root 0 ± 1 i has modulus 1/],
  [[1.9999999999999998, -0.9999999999999998], /not stationary/],
  [[Number.NaN], /finite/],
])("the series with coefficients %j is refused with the root that breaks it", (coefficients, sentence) => {
  expect(() => reflectionsOf(coefficients)).toThrow(sentence);
});

test("the published generator's series have the published gamma_0 / s2 (Zhou et al. 2025, p = 3, seeds 100 to 106)", () => {
  const published: readonly (readonly [readonly number[], number, number])[] = [
    [[0.0781, -0.3989, -0.1359], 1.245, 0.001],
    [[0.0295, 0.1272, -0.8487], 5.129, 0.005],
    [[0.1758, 0.3168, -0.3613], 1.269, 0.001],
    [[-0.1222, -0.5864, -0.5923], 4.29, 0.005],
    // Coefficients of four digits leave a root at 0.995 known to a hundredth of its distance from the circle.
    [[-0.3627, -0.5657, 0.4898], 37.12, 0.4],
    [[-0.3657, -0.896, -0.088], 4.263, 0.005],
    [[0.6471, -0.2659, -0.5183], 6.465, 0.02],
  ];
  for (const [rho, ratio, digits] of published) {
    const gamma = autocovariances(reflectionsOf(rho), 1, 3);
    expect(Math.abs(gamma[0]! - ratio)).toBeLessThan(digits);
    const explained = rho.reduce((sum, weight, j) => sum + weight * gamma[j + 1]!, 0);
    expect(explained + 1).toBeCloseTo(gamma[0]!, 10);
  }
});
