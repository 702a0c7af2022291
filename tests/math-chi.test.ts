import { chebyshev } from "../src/math/chebyshev.js";
import { chiOfNormal, chiTails } from "../src/math/chi.js";
import { normalCdf } from "../src/math/distributions.js";
import { integrate } from "../src/math/quadrature.js";

const relative = (found: number, expected: number) => Math.abs(found / expected - 1);

test.each([0.001, 0.3, 1, 2.5, 6, 12])("chi of 1, 2, 3 and 4 degrees has its elementary tails at %d", (r) => {
  const x = (r * r) / 2;
  const density = r * Math.sqrt(2 / Math.PI) * Math.exp(-x);
  const upper = [2 * normalCdf(-r), Math.exp(-x), 2 * normalCdf(-r) + density, (1 + x) * Math.exp(-x)];
  for (const [k, expected] of upper.entries()) expect(relative(chiTails(r, k + 1).upper, expected)).toBeLessThan(1e-12);
  expect(relative(chiTails(r, 2).lower, -Math.expm1(-x))).toBeLessThan(1e-12);
});

test.each([
  [5, 1.2],
  [10, 0.1],
  [31, 4],
  [33, 9],
  [500, 21],
  [10_000, 97],
  [10_000, 103],
])("chi of %d degrees has the tails at %d that its density integrates to", (degrees, r) => {
  // The density relative to that at r, whose logarithm is (degrees - 1) log r - r^2 / 2 up to a constant.
  const log = (at: number) => (degrees - 1) * Math.log(at) - (at * at) / 2;
  const mass = (low: number, high: number) => integrate((at) => Math.exp(log(at) - log(r)), low, high, 1e-13);
  const mean = Math.sqrt(degrees);
  const below = mass(Math.max(1e-9, Math.min(r, mean) - 12), r);
  const above = mass(r, Math.max(r, mean) + 12);
  const { lower, upper } = chiTails(r, degrees);
  expect(relative(lower / upper, below / above)).toBeLessThan(1e-10);
  expect(Math.abs(lower + upper - 1)).toBeLessThan(4 * Number.EPSILON);
});

test("chi of a normal has the normal's tails, from 1 to 1e6 degrees", () => {
  for (const degrees of [1, 2, 3, 7, 20, 31, 32, 100, 10_000, 1_000_000])
    for (const z of [-6.77, -3, -0.4, 0, 1e-3, 1, 4, 6.77]) {
      const { lower, upper } = chiTails(chiOfNormal(z, degrees), degrees);
      expect(relative(z <= 0 ? lower : upper, normalCdf(-Math.abs(z)))).toBeLessThan(1e-11);
    }
});

test("one degree is the absolute value of a normal, two the root of an exponential", () => {
  expect(relative(chiOfNormal(0, 1), 0.6744897501960817)).toBeLessThan(1e-14);
  for (const z of [-5, -1, 0.5, 3]) {
    expect(
      relative(chiOfNormal(z, 2), Math.sqrt(-2 * (z < 0 ? Math.log1p(-normalCdf(z)) : Math.log(normalCdf(-z))))),
    ).toBeLessThan(1e-11);
    expect(relative(normalCdf(chiOfNormal(z, 1)) - 0.5, normalCdf(z) / 2)).toBeLessThan(1e-11 / normalCdf(z));
  }
});

test("chi has a positive number of degrees and an argument in reach", () => {
  expect(() => chiOfNormal(0, 0)).toThrow("degrees are positive");
  expect(() => chiOfNormal(31, 5)).toThrow("|z| at most 30");
  expect(() => chiOfNormal(Number.NaN, 5)).toThrow("chi of 5 degrees");
});

const sumOf = (coefficients: readonly number[], t: number) =>
  coefficients.reduce((sum, coefficient, k) => sum + coefficient * Math.cos(k * Math.acos(t)), 0);

test.each<[string, (x: number) => number]>([
  ["a cosine", (x) => Math.cos(3 * x)],
  ["a pole at 0.5 i", (x) => 1 / (1 + 4 * x * x)],
  ["a constant", () => 2],
])("Chebyshev's polynomial follows %s as closely as it says", (_, f) => {
  const coefficients = chebyshev(f, 2, 1e-9);
  for (let k = -20; k <= 20; k++) expect(Math.abs(sumOf(coefficients, k / 20) - f(k / 10))).toBeLessThan(1.2e-9);
});

test("it is no longer than it must be, and gives up on what is not smooth", () => {
  expect(chebyshev((x) => x ** 3 - x, 2, 1e-12).length).toBe(4);
  expect(() => chebyshev(Math.abs, 1, 1e-9)).toThrow("does not follow");
});
