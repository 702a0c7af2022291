import { float64 } from "../../src/kernels/float64.js";
import { instantiate } from "../../src/kernels/instance.js";
import { wasm } from "../../src/kernels/webassembly.js";
import autoregressive, {
  type Autoregression,
  autocovariancesOf,
  autoregressiveLaw,
  type SeriesSettings,
} from "../../src/laws/autoregressive.js";
import { drawingProgram } from "../../src/laws/drawn.js";
import { fixedCoefficients, reflectedCoefficients } from "../../src/laws/series-coefficients.js";
import { keyOf } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import { reflectionsOf } from "../../src/math/reflection.js";
import type { Law, Prompts } from "../../src/types.js";

const key = keyOf(47);
const fixed = (...rho: number[]) => fixedCoefficients(rho);

/** Every value of prompt b's series in order, x_1 .. x_(m+p+1), read off its windows. */
function seriesOf(prompts: Prompts, b: number, window: number): number[] {
  const [, most, features] = prompts.x.shape;
  const m = prompts.length?.data[b] ?? most;
  const first = m > 0 ? prompts.x.data : prompts.query.data;
  const start = m > 0 ? b * most * features : b * features;
  const labels = [...prompts.y.data.subarray(b * most, b * most + m)];
  return [...first.subarray(start, start + window), ...labels, prompts.answer.data[b]!];
}

const laws: readonly (readonly [string, SeriesSettings])[] = [
  ["one coefficient", { coefficients: fixed(0.5) }],
  ["two coefficients and a wide window", { coefficients: fixed(1.2, -0.5), window: 4, noise: 0.05 }],
  ["a window below the order", { coefficients: fixed(0.3, 0.2, 0.1), window: 2, noise: 2 }],
  ["a constant", { coefficients: fixed(0.5, 0.3), constant: true }],
  ["a root at 0.99", { coefficients: fixed(0.99) }],
  ["Laplace innovations", { coefficients: fixed(0.5, -0.4), innovations: "laplace" }],
  ["Student innovations", { coefficients: fixed(-0.6), innovations: { student: 9 } }],
];

describe.each(laws)("a series with %s", (_, given) => {
  const law = autoregressiveLaw(given);
  const { window, constant, noise } = law.population;
  const m = 5;

  test("is one series cut into windows: inputs, labels, query and answer are its values", () => {
    const prompts = law.draw(key, { from: 0, count: 40 }, m);
    for (let b = 0; b < 40; b++) {
      const series = seriesOf(prompts, b, window);
      const row = (from: number) => [...series.slice(from, from + window), ...(constant ? [1] : [])];
      const inputs = Array.from({ length: m }, (_j, j) => row(j)).flat();
      const width = m * law.features;
      expect([...prompts.x.data.subarray(b * width, (b + 1) * width)]).toEqual(inputs);
      expect([...prompts.query.data.subarray(b * law.features, (b + 1) * law.features)]).toEqual(row(m));
    }
  });

  test("has the population's autocovariances from its first value to its last, within 4 standard errors", () => {
    const count = 15_000;
    const prompts = law.draw(key, { from: 0, count }, m);
    const gamma = autocovariancesOf(law.population, m + window);
    const moments = new Moments(gamma.length + 3);
    for (let b = 0; b < count; b++) {
      const x = seriesOf(prompts, b, window);
      moments.add([...gamma.map((_g, k) => x[0]! * x[k]!), x.at(-1)! ** 2, x.at(-1)! * x.at(-2)!, x[0]!]);
    }
    const expected = [...gamma, gamma[0]!, gamma[1]!, 0];
    const scores = expected.map((value, i) => (moments.mean(i) - value) / moments.standardError(i));
    expect(scores.filter((score) => !(Math.abs(score) < 4))).toEqual([]);
  });

  test("has innovations of the stated size and fourth moment that no earlier value foresees", () => {
    const { coefficients, innovations } = law.population;
    const rho = coefficients.kind === "fixed" ? coefficients.rho : [];
    const count = 8_000;
    const long = m + rho.length;
    const prompts = law.draw(key, { from: 0, count }, long);
    const moments = new Moments(4);
    for (let b = 0; b < count; b++) {
      const x = seriesOf(prompts, b, window);
      const e = rho.reduce((left, weight, j) => left - weight * x.at(-2 - j)!, x.at(-1)!) / noise;
      moments.add([e, e ** 2, e ** 4, e * x.at(-2)!]);
    }
    const scores = [0, 1, innovations.kurtosis, 0].map(
      (value, i) => (moments.mean(i) - value) / moments.standardError(i),
    );
    expect(scores.filter((score) => !(Math.abs(score) < 4))).toEqual([]);
  });

  test("is drawn in float32 on WebAssembly as in float64, up to the rounding of a recursion", () => {
    const text = drawingProgram(law.program, law.features, m);
    const given64 = { parameters: [], settings: law.program.settings, key };
    const exact = float64(text).each(given64, 3, 203);
    const rounded = instantiate(wasm(text)).each(given64, 3, 203);
    const scale = Math.sqrt(autocovariancesOf(law.population, 0)[0]!);
    // The recursion keeps each rounding for 1 / (1 - radius) steps, of which these series have few.
    const gaps = exact.map((value, i) => Math.abs(value - rounded[i]!) / Math.max(scale, Math.abs(value)));
    expect(Math.max(...gaps)).toBeLessThan(64 * 2 ** -24 * (m + window));
  });

  test("goes on where a shorter context ends", () => {
    const short = law.draw(key, { from: 0, count: 20 }, 3);
    const long = law.draw(key, { from: 0, count: 20 }, 9);
    const mixed = law.draw(key, { from: 0, count: 20 }, { uniform: [0, 4] });
    for (let b = 0; b < 20; b++) {
      const whole = seriesOf(long, b, window);
      for (const part of [seriesOf(short, b, window), seriesOf(mixed, b, window)])
        expect(part).toEqual(whole.slice(0, part.length));
    }
  });
});

test("the first value has variance gamma_0 within 4 standard errors over 1e6 draws at a root of 0.99", () => {
  const law = autoregressiveLaw({ coefficients: fixed(0.99) });
  const moments = new Moments(1);
  for (let from = 0; from < 1_000_000; from += 50_000) {
    const { query } = law.draw(key, { from, count: 50_000 }, 0);
    for (const value of query.data) moments.add([value ** 2]);
  }
  const gamma = 1 / (1 - 0.99 ** 2);
  expect(moments.standardError(0) / gamma).toBeLessThan(0.002);
  expect(Math.abs(moments.mean(0) - gamma)).toBeLessThan(4 * moments.standardError(0));
});

describe("coefficients drawn for every prompt", () => {
  /** The coefficients of prompt b, from so many windows that least squares has no noise to fight: x = rho x_before exactly. */
  const lagOne = (law: Law<Autoregression>, count: number): Moments => {
    const prompts = law.draw(key, { from: 0, count }, 1);
    const moments = new Moments(3);
    for (let b = 0; b < count; b++) {
      const x = seriesOf(prompts, b, law.population.window);
      moments.add([x[0]! ** 2, x[0]! * x[1]!, x.at(-1)! ** 2]);
    }
    return moments;
  };

  test("partial autocorrelations uniform on ±a: mean square (artanh(a) / a)^q, from the first value to the last", () => {
    const within = 0.8;
    const law = autoregressiveLaw({ coefficients: { kind: "partial", order: 2, within } });
    const moments = lagOne(law, 80_000);
    const gamma = (Math.atanh(within) / within) ** 2;
    for (const i of [0, 2]) expect(Math.abs(moments.mean(i) - gamma)).toBeLessThan(4 * moments.standardError(i));
    expect(Math.abs(moments.mean(1))).toBeLessThan(4 * moments.standardError(1));
    expect(moments.standardError(0)).toBeLessThan(0.02 * gamma);
  });

  test("rejection of order 1 within ±0.9 is the uniform law, and so the partial one", () => {
    const rejected = autoregressiveLaw({ coefficients: { kind: "rejection", order: 1, within: 0.9, root: 1 } });
    const moments = lagOne(rejected, 40_000);
    const gamma = Math.atanh(0.9) / 0.9;
    expect(Math.abs(moments.mean(0) - gamma)).toBeLessThan(4 * moments.standardError(0));
  });

  test("rejection of order 2 has the mean square of the uniform law on the accepted region, by quadrature", () => {
    const [within, root] = [0.9, 0.8];
    const law = autoregressiveLaw({ coefficients: { kind: "rejection", order: 2, within, root } });
    const moments = lagOne(law, 40_000);
    let [area, square, product] = [0, 0, 0];
    const cells = 800;
    for (let i = 0; i < cells; i++)
      for (let k = 0; k < cells; k++) {
        const [a, b] = [i, k].map((j) => within * ((2 * j + 1) / cells - 1)) as [number, number];
        const [s, t] = [a / root, b / root ** 2];
        if (!(Math.abs(t) < 1 && s + t < 1 && t - s < 1)) continue;
        const first = a / (1 - b);
        const gamma = 1 / ((1 - first ** 2) * (1 - b ** 2));
        area += 1;
        square += gamma;
        product += gamma * first;
      }
    expect(Math.abs(moments.mean(0) - square / area)).toBeLessThan(4 * moments.standardError(0));
    expect(Math.abs(moments.mean(1) - product / area)).toBeLessThan(4 * moments.standardError(1));
    expect(moments.standardError(0)).toBeLessThan(0.02 * (square / area));
  });
});

test("reflection coefficients and coefficients name the same law", () => {
  const one = autoregressiveLaw({ coefficients: fixed(0.5, 0.3) });
  const other = autoregressiveLaw({ coefficients: reflectedCoefficients(reflectionsOf([0.5, 0.3])) });
  expect([...other.program.settings]).toEqual(
    [...one.program.settings].map((value) => expect.closeTo(value, 14) as unknown as number),
  );
});

test.each<[string, object, RegExp]>([
  ["a unit root", { coefficients: [1] }, /characteristic root 1 has modulus 1/],
  ["an explosive pair", { coefficients: [1.2, -1.1] }, /root 0.6 ± 0.860233 i has modulus 1.04881/],
  ["a root that only rounding keeps inside", { coefficients: [2 - 1e-9, -(1 - 1e-9)] }, /not stationary/],
  ["a reflection of 1", { coefficients: { reflections: [0.5, 1] } }, /inside \(-1, 1\), and 1 does not/],
  ["no coefficients", { coefficients: [] }, /coefficients/],
  ["partial autocorrelations up to 1", { coefficients: { order: 2, partial: 1 } }, /infinite/],
  ["rejection up to a unit root", { coefficients: { order: 2, rejection: 0.9 } }, /arbitrarily near to a unit root/],
  ["too many tries", { coefficients: { order: 9, rejection: 0.9, root: 0.9 } }, /accepted at order 9/],
  ["no noise", { coefficients: [0.5], noise: 0 }, /./],
  ["a window of nothing", { coefficients: [0.5], window: 0 }, /./],
  ["a burn-in without end", { coefficients: [0.9999], innovations: "laplace" }, /forgets its start after/],
  [
    "drawn Laplace series",
    { coefficients: { order: 1, partial: 0.5 }, innovations: "laplace" },
    /gaussian innovations/,
  ],
])("%s is refused with the reason", (_, given, reason) => {
  const attempt = () => autoregressive.make(autoregressive.options.parse(given), { features: 1, context: 4 });
  expect(attempt).toThrow(reason);
});
