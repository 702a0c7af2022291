import { autoregressiveLaw } from "../src/laws/autoregressive.js";
import { fixedCoefficients } from "../src/laws/series-coefficients.js";
import vectorAutoregressive, {
  ring,
  type VectorSettings,
  vectorAutoregressiveLaw,
} from "../src/laws/vector-autoregressive.js";
import { keyOf } from "../src/math/keys.js";
import { lyapunov, matrixRadius } from "../src/math/lyapunov.js";
import { identity, product, sum, transpose } from "../src/math/matrix.js";
import { Moments } from "../src/math/moments.js";
import { solve } from "../src/math/solve.js";
import bestLinear from "../src/predictors/best-linear.js";
import ols from "../src/predictors/ols.js";
import ownPast from "../src/predictors/own-past.js";
import { equalScoreRisk, equalScoreWeights } from "../src/theory/series/equal-scores.js";
import {
  bestVectorWeights,
  lagCovariances,
  ownPastWeights,
  vectorLinearRisk,
} from "../src/theory/series/vector-risk.js";
import type { Law, Prompts, Rows } from "../src/types.js";

const key = keyOf(2310);
const site = { features: 0, context: 5 };
const driven: Rows = [
  [0.5, 0.4, 0],
  [0, 0.6, -0.3],
  [0.2, 0, 0.7],
];

describe("S = A S A^T + Q", () => {
  test.each<[string, Rows, Rows]>([
    ["a driven matrix", driven, identity(3)],
    [
      "a rotation near the circle, unequal noise",
      [
        [0.8, -0.59],
        [0.59, 0.8],
      ],
      [
        [2, 0.5],
        [0.5, 1],
      ],
    ],
    [
      "a nilpotent one",
      [
        [0, 3],
        [0, 0],
      ],
      identity(2),
    ],
  ])("%s: the sum by doubling is the solution of the linear system", (_, matrix, right) => {
    const d = matrix.length;
    const found = lyapunov(matrix, right);
    // (I - A x A) vec S = vec Q: another way, by elimination.
    const system = Array.from({ length: d * d }, (_row, r) =>
      Array.from({ length: d * d }, (_column, c) => {
        const [i, j, k, l] = [Math.floor(r / d), r % d, Math.floor(c / d), c % d];
        return (r === c ? 1 : 0) - matrix[i]![k]! * matrix[j]![l]!;
      }),
    );
    const expected = solve(
      system,
      right.flat().map((value) => [value]),
    );
    const size = Math.max(...expected.map(([value]) => Math.abs(value!)));
    for (const [r, [value]] of expected.entries())
      expect(Math.abs(found[Math.floor(r / d)]![r % d]! - value!)).toBeLessThan(1e-11 * size);
    const again = sum(product(matrix, found, transpose(matrix)), right);
    for (const [i, row] of again.entries())
      for (const [j, value] of row.entries()) expect(Math.abs(found[i]![j]! - value)).toBeLessThan(1e-13 * size);
  });
  test("of one variate it is 1 / (1 - a^2), also at a root of 0.9999", () => {
    for (const a of [0.5, -0.9999]) expect(lyapunov([[a]], [[1]])[0]![0]! * (1 - a) * (1 + a)).toBeCloseTo(1, 11);
  });
  test("no stationary law has an eigenvalue on the circle or beyond", () => {
    expect(() =>
      lyapunov(
        [
          [0, -1],
          [1, 0],
        ],
        identity(2),
      ),
    ).toThrow("modulus 1, and all moduli are to be below 1");
    expect(
      matrixRadius([
        [0, -4],
        [1, 0],
      ]),
    ).toBeCloseTo(2, 12);
  });
});

/** Variates at every time of prompt b, off its inputs. */
function timesOf(prompts: Prompts, b: number, d: number, window: number): number[][] {
  const [, most, features] = prompts.x.shape;
  const rows = Array.from({ length: most + 1 }, (_, j) =>
    j < most
      ? [...prompts.x.data.subarray((b * most + j) * features, (b * most + j + 1) * features)]
      : [...prompts.query.data.subarray(b * features, (b + 1) * features)],
  );
  const first = Array.from({ length: window - 1 }, (_, t) => rows[0]!.slice(t * d, (t + 1) * d));
  return [...first, ...rows.map((row) => row.slice((window - 1) * d, window * d))];
}

describe.each<[string, VectorSettings]>([
  ["three variates", { matrix: driven, window: 1, noise: 0.5 }],
  ["windows of two and a constant", { matrix: driven, window: 2, constant: true }],
  ["a ring of two", { matrix: ring({ variates: 2, own: 0.3, coupling: 0.5 }), window: 3 }],
])("a vector autoregression: %s", (_, settings) => {
  const law = vectorAutoregressiveLaw(settings);
  const { matrix, window } = settings;
  const d = matrix.length;

  test("is one run of all variates: labels are the first variate's next values, inputs overlap", () => {
    const prompts = law.draw(key, { from: 0, count: 6 }, 4);
    for (let b = 0; b < 6; b++) {
      const times = timesOf(prompts, b, d, window);
      for (let j = 0; j < 4; j++) {
        const expected = [...times.slice(j, j + window).flat(), ...(settings.constant ? [1] : [])];
        const at = (b * 4 + j) * law.features;
        expect([...prompts.x.data.subarray(at, at + law.features)]).toEqual(expected);
        expect(prompts.y.data[b * 4 + j]).toBe(times[j + window]![0]);
      }
    }
  });

  test("a longer context continues a shorter one", () => {
    const [short, long] = [2, 6].map((context) => law.draw(key, { from: 3, count: 1 }, context));
    expect([...short!.x.data]).toEqual([...long!.x.data.subarray(0, 2 * law.features)]);
    expect([...short!.y.data, short!.answer.data[0]]).toEqual([...long!.y.data.subarray(0, 3)]);
  });

  test("has the stationary covariances at the first time, the last, and between neighbours, within 4 standard errors", () => {
    const count = 12_000;
    const prompts = law.draw(key, { from: 0, count }, 3);
    const [zero, one] = lagCovariances(law.population, 1) as [Rows, Rows];
    const moments = new Moments(3 * d * d);
    for (let b = 0; b < count; b++) {
      const times = timesOf(prompts, b, d, window);
      const outer = (s: number, t: number) => times.at(s)!.flatMap((left) => times.at(t)!.map((right) => left * right));
      moments.add([...outer(0, 0), ...outer(-1, -1), ...outer(1, 0)]);
    }
    const expected = [...zero.flat(), ...zero.flat(), ...one.flat()];
    expected.forEach((value, i) => {
      expect(Math.abs(moments.mean(i) - value)).toBeLessThan(4 * moments.standardError(i));
    });
  });

  test("exact risks of predictions are the sampled ones within 4 standard errors", () => {
    const odd = Array.from({ length: law.features }, (_w, i) => Math.cos(i + 1));
    const weights = [ownPastWeights(law.population), odd];
    const prompts = law.draw(key, { from: 0, count: 12_000 }, 1);
    const moments = new Moments(2);
    for (let b = 0; b < 12_000; b++) {
      const query = prompts.query.data.subarray(b * law.features, (b + 1) * law.features);
      const off = (w: readonly number[]) =>
        w.reduce((rest, a, i) => rest - a * query[i]!, prompts.answer.data[b]!) ** 2;
      moments.add(weights.map(off));
    }
    for (const [i, w] of weights.entries()) {
      const exact = vectorLinearRisk.value(law.population, { weights: w });
      expect(Math.abs(moments.mean(i) - exact)).toBeLessThan(4 * moments.standardError(i));
    }
  });
});

const riskOf = (settings: VectorSettings, unit: typeof bestLinear | typeof ownPast) => {
  const { population } = vectorAutoregressiveLaw(settings);
  const answer = unit.make({}, site).tune(population, 5).risk(population, 5);
  return "value" in answer ? answer.value : Number.NaN;
};

test("where others drive a series they help to predict it, and where nothing does they do not", () => {
  for (const window of [1, 2, 4]) {
    const coupled = { matrix: ring({ variates: 3, own: 0.4, coupling: 0.5 }), window };
    expect(riskOf(coupled, bestLinear)).toBeCloseTo(1, 14);
    expect(riskOf(coupled, ownPast)).toBeGreaterThan(1.1);
    const apart = { matrix: ring({ variates: 3, own: 0.4, coupling: 0 }), window };
    expect(riskOf(apart, bestLinear)).toBeCloseTo(1, 14);
    expect(riskOf(apart, ownPast)).toBeCloseTo(1, 13);
  }
});

test("in a ring a series is driven by itself and by the next one, the last by the first", () => {
  expect(ring({ variates: 3, own: 0.4, coupling: 0.5 })).toEqual([
    [0.4, 0.5, 0],
    [0, 0.4, 0.5],
    [0.5, 0, 0.4],
  ]);
});

test("a longer own past never hurts, and shows of the others what it can", () => {
  const risks = [1, 2, 3, 6].map((window) => riskOf({ matrix: driven, window }, ownPast));
  for (let i = 1; i < 4; i++) expect(risks[i]!).toBeLessThan(risks[i - 1]!);
});

test("one variate is the autoregression of order 1: the same risks of the same predictors", () => {
  const one = vectorAutoregressiveLaw({ matrix: [[0.7]], window: 2, noise: 0.5 }).population;
  const other = autoregressiveLaw({ coefficients: fixedCoefficients([0.7]), window: 2, noise: 0.5 }).population;
  for (const unit of [bestLinear, ownPast]) {
    const risk = (population: typeof one | typeof other) => {
      const answer = unit.make({}, site).tune(population, 5).risk(population, 5);
      return "value" in answer ? answer.value : Number.NaN;
    };
    expect(risk(one)).toBeCloseTo(risk(other), 14);
  }
});

test("least squares on a long prompt sees what drives the series: below its own past's risk, above the best one", () => {
  const law = vectorAutoregressiveLaw({ matrix: driven, window: 1 });
  const prompts = law.draw(key, { from: 0, count: 3000 }, 60);
  const moments = new Moments(1);
  for (const [b, value] of ols.make({}, site).tune(law.population, 60).predict(prompts).data.entries())
    moments.add([(value - prompts.answer.data[b]!) ** 2]);
  const [mean, error] = [moments.mean(0), moments.standardError(0)];
  // (1 + d / n) to first order.
  expect(Math.abs(mean - (1 + 3 / 60))).toBeLessThan(4 * error + 0.01);
  expect(mean).toBeLessThan(riskOf({ matrix: driven, window: 1 }, ownPast) - 4 * error);
});

test("scaled as a whole it is the same law; any other shift, and what makes no law, is refused", () => {
  const law = vectorAutoregressiveLaw({ matrix: driven, window: 1 });
  const twice = law.shifted({ inputScale: 2 }) as Law;
  const [plain, scaledUp] = [law, twice].map((each) => each.draw(key, { from: 0, count: 2 }, 3).x.data);
  expect([...scaledUp!]).toEqual([...plain!].map((value) => 2 * value));
  expect(() => law.shifted({ taskScale: 2 })).toThrow("series are scaled as a whole");
  const make = (options: object) => vectorAutoregressive.make(vectorAutoregressive.options.parse(options), site);
  expect(() => make({ matrix: [[0.5, 1]] })).toThrow("is square, one row a variate");
  expect(() => make({ matrix: { variates: 2, own: 0.7, coupling: 0.5 } })).toThrow("modulus 1.2");
  expect(vectorAutoregressive.options.safeParse({ matrix: 3 }).success).toBe(false);
});

describe("attention over variates with equal scores", () => {
  const risksOf = (matrix: readonly (readonly number[])[]) => {
    const { population } = vectorAutoregressiveLaw({ matrix, window: 3 });
    const best = vectorLinearRisk.value(population, { weights: bestVectorWeights(population) });
    const own = vectorLinearRisk.value(population, { weights: ownPastWeights(population) });
    return { best, own, equal: equalScoreRisk.value(population, {}) };
  };

  test("is the best linear prediction where the others act alike or not at all, or are not there", () => {
    const matrices = [
      [[0.6]],
      [
        [0.5, 0],
        [0, 0.2],
      ],
      [
        [0.2, 0.3, 0.3],
        [0.3, 0.2, 0.3],
        [0.3, 0.3, 0.2],
      ],
    ];
    for (const matrix of matrices) {
      const { best, equal } = risksOf(matrix);
      expect(Math.abs(equal / best - 1)).toBeLessThan(1e-13);
    }
  });

  test("lies between the best of all variates and the own past's elsewhere, and no shared weights are better", () => {
    const matrix = [
      [0.4, 0.5, 0],
      [0, 0.4, 0.5],
      [0.5, 0, 0.4],
    ];
    const { best, own, equal } = risksOf(matrix);
    expect([best, equal, own]).toEqual([best, equal, own].sort((a, b) => a - b));
    const { population } = vectorAutoregressiveLaw({ matrix, window: 3 });
    const weights = equalScoreWeights(population);
    for (const [others, at] of [
      [false, 0],
      [true, 1],
      [false, 2],
      [true, 2],
    ] as const)
      for (const step of [-0.01, 0.01]) {
        const moved = weights.map((weight, i) =>
          Math.floor(i / 3) === at && (i % 3 !== 0) === others ? weight + step : weight,
        );
        expect(vectorLinearRisk.value(population, { weights: moved })).toBeGreaterThan(equal);
      }
  });
});
