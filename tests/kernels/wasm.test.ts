import { float64 } from "../../src/kernels/float64.js";
import { instantiate } from "../../src/kernels/instance.js";
import { type Program, squaredError } from "../../src/kernels/program.js";
import type { RandomName } from "../../src/kernels/random.js";
import { wasm } from "../../src/kernels/webassembly.js";
import {
  deltaRule,
  deltaSize,
  fixedNumbers,
  linearAttention,
  linearSize,
  model,
  softmaxAttention,
  softmaxSize,
} from "./models.js";

const d = 6,
  n = 7;
const rngs: RandomName[] = ["threefry13-boxmuller", "threefry20-erfinv", "pcg4d-boxmuller"];
const cases: [string, Program][] = rngs.flatMap((random): [string, Program][] =>
  [false, true].flatMap((kept): [string, Program][] => [
    [
      `linear attention ${random} ${kept ? ", kept" : ""}`,
      model(linearAttention, linearSize(d), { d, n, kept, random }),
    ],
    [
      `softmax ${random} ${kept ? ", kept" : ""}`,
      model(softmaxAttention(2, false), softmaxSize(2, d), { d, n, kept, random }),
    ],
    [
      `softmax max ${random} ${kept ? ", kept" : ""}`,
      model(softmaxAttention(2, true), softmaxSize(2, d), { d, n, kept, random }),
    ],
    [`delta ${random} ${kept ? ", kept" : ""}`, model(deltaRule(3), deltaSize(3, d), { d, n, kept, random })],
  ]),
);
for (const outline of [false, true])
  for (const unroll of [32, 2])
    test.each(cases)(`%s: wasm equals float64, unroll ${unroll} outline ${outline}`, (_, program) => {
      const training = squaredError(program);
      const reference = float64(training, { unroll });
      const kernel = instantiate(wasm(training, { unroll, outline }));
      const given = { parameters: fixedNumbers(program.parameters, 0.3), key: [7, 3] as const };
      const a = reference.sums(given, 0, 70);
      const b = kernel.sums(given, 0, 70);
      const norm = Math.hypot(...a);
      expect(Math.hypot(...a.map((x, i) => x - b[i]!)) / norm).toBeLessThan(40 * 2 ** -24);
      const e = reference.each(given, 3, 9);
      const f = kernel.each(given, 3, 9);
      expect(Math.hypot(...e.map((x, i) => x - f[i]!)) / Math.hypot(...e)).toBeLessThan(40 * 2 ** -24);
    });
