import { float64 } from "../src/kernels/float64.js";
import { instantiate } from "../src/kernels/instance.js";
import { program } from "../src/kernels/program.js";
import { wasm } from "../src/kernels/webassembly.js";
import { drawingProgram } from "../src/laws/drawn.js";
import { linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import { settingsMatrix } from "../src/laws/settings-matrix.js";
import { keyOf } from "../src/math/keys.js";
import { diagonal } from "../src/math/matrix.js";
import { Moments } from "../src/math/moments.js";
import type { Lengths, Rows } from "../src/types.js";

const key = keyOf(23);
const roundoff = 2 ** -24;
const correlated: Rows = [0, 1, 2].map((i) => [0, 1, 2].map((j) => 0.6 ** Math.abs(i - j)));
const settings: readonly Omit<Settings, "features">[] = [
  {},
  { noise: 0.5, covariance: correlated, taskCovariance: diagonal([1, 2, 3]) },
  { inputs: "rademacher", noise: 0.1, taskCovariance: correlated },
  { inputs: { uniform: 2 } },
  { inputs: { student: 5 }, covariance: diagonal([3, 1, 0]) },
];

describe.each(settings.map((given) => [JSON.stringify(given), given] as const))("the law %s", (_, given) => {
  const law = linearRegressionLaw({ features: 3, ...given });

  test.each([
    ["short vectors", 32],
    ["rolled vectors", 2],
  ])("draws the same prompts in float32 on WebAssembly as in float64, up to rounding: %s", (__, unroll) => {
    const text = drawingProgram(law.program, 3, 4);
    const arguments_ = { parameters: [], settings: law.program.settings, key };
    const exact = float64(text).each(arguments_, 5, 505);
    const rounded = instantiate(wasm(text, { unroll })).each(arguments_, 5, 505);
    const width = 2 + 3 + 4 * 4;
    // A label is a sum of products as large as the prompt's largest numbers.
    const beyond = exact.filter((value, at) => {
      const row = exact.subarray(at - (at % width), at - (at % width) + width);
      return !(Math.abs(value - rounded[at]!) <= 16 * roundoff * Math.max(...row.map(Math.abs)));
    });
    expect(exact.length).toBe(500 * width);
    expect([...beyond]).toEqual([]);
  });

  test("draws the very same prompts in float64 where vectors roll", () => {
    const text = drawingProgram(law.program, 3, { uniform: [4, 4] });
    const arguments_ = { parameters: [], settings: law.program.settings, key };
    const [short, rolled] = [32, 2].map((unroll) => float64(text, { unroll }).each(arguments_, 0, 20));
    expect([...rolled!]).toEqual([...short!]);
  });
});

test("settings alone tell laws of one structure apart; zero noise, kinds of roots and sizes are structures", () => {
  const of = (given: Partial<Settings>) => linearRegressionLaw({ features: 3, ...given }).program;
  const base = of({ noise: 0.5, covariance: correlated });
  const other = of({ noise: 2, covariance: correlated.map((row) => row.map((entry) => 2 * entry)) });
  expect(other.structure).toBe(base.structure);
  expect(other.settings.length).toBe(base.settings.length);
  expect(other.settings).not.toEqual(base.settings);
  const structures = [
    ...[
      {},
      { noise: 1 },
      { covariance: diagonal([1, 2, 3]) },
      { covariance: correlated },
      { taskCovariance: correlated },
    ],
    ...[{ features: 4 }, { inputs: "rademacher" }, { inputs: { student: 5 } }, { inputs: { student: 6 } }],
  ].map((given) => of(given as Partial<Settings>).structure);
  expect(new Set(structures).size).toBe(structures.length);
  expect(of({}).settings.length).toBe(1);
});

test.each<[string, number, Lengths]>([
  ["40 features, which roll", 40, 3],
  ["40 features and mixed lengths", 40, { uniform: [0, 3] }],
])("%s: a longer context continues a shorter one", (_, features, context) => {
  const law = linearRegressionLaw({ features });
  const { x, y, query, answer, length } = law.draw(key, { from: 0, count: 3 }, context);
  const long = law.draw(key, { from: 0, count: 3 }, features + 20);
  for (let b = 0; b < 3; b++) {
    const pairs = length?.data[b] ?? 3;
    expect([...x.data.subarray(b * 3 * features, (b * 3 + pairs) * features)]).toEqual([
      ...long.x.data.subarray(b * (features + 20) * features, (b * (features + 20) + pairs) * features),
    ]);
    expect([...y.data.subarray(b * 3, b * 3 + pairs)]).toEqual([
      ...long.y.data.subarray(b * (features + 20), b * (features + 20) + pairs),
    ]);
  }
  expect(query).toEqual(long.query);
  expect(answer).toEqual(long.answer);
});

test("Student coordinates have unit variance, known to 0.3 %", () => {
  const { x } = linearRegressionLaw({ features: 3, inputs: { student: 9 } }).draw(key, { from: 0, count: 20_000 }, 8);
  const moments = new Moments(1);
  for (const entry of x.data) moments.add([entry ** 2]);
  expect(moments.standardError(0)).toBeLessThan(0.003);
  expect(Math.abs(moments.mean(0) - 1)).toBeLessThan(4 * moments.standardError(0));
});

test.each<[string, Rows]>([
  ["identity", diagonal([1, 1])],
  ["diagonal", diagonal([2, -3])],
  [
    "full",
    [
      [1, 2],
      [3, 4],
    ],
  ],
])("a matrix of settings is kept as %s and multiplies from the left, rolled or not", (kind, rows) => {
  const matrix = settingsMatrix(rows);
  expect(matrix.kind).toBe(kind);
  const of = program({ settings: matrix.numbers.length, parameters: 2 }, ({ settings, parameters }) => {
    const product = matrix.times(settings, parameters);
    return [product.at(0), product.at(1)];
  });
  const right = rows.map(([a, b]) => 5 * a! + 7 * b!);
  for (const unroll of [32, 1])
    expect([...float64(of, { unroll }).each({ parameters: [5, 7], settings: matrix.numbers, key }, 0, 1)]).toEqual(
      right,
    );
});
