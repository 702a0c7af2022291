import { float64 } from "../../src/kernels/float64.js";
import type { GraphOptions } from "../../src/kernels/graph.js";
import type { Program } from "../../src/kernels/program.js";
import { squaredError } from "../../src/kernels/program.js";
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

/** Largest error of the gradient against central differences of the loss, relative to its own size. */
export function gradientError(of: Program, options: Partial<GraphOptions>, scale = 0.3, prompts = 3): number {
  const parameters = fixedNumbers(of.parameters, scale);
  const settings = fixedNumbers(of.settings, 1);
  const key = [7, 3] as const;
  const kernel = float64(squaredError(of), options);
  const loss = float64(
    {
      ...of,
      body: (inputs) =>
        squaredError({ ...of, parameters: 0 })
          .body(inputs)
          .slice(0, 1),
    },
    options,
  );
  const slopes = kernel.sums({ parameters, settings, key }, 0, prompts).slice(1);
  const size = Math.sqrt(slopes.reduce((sum, g) => sum + g * g, 0) / slopes.length);
  let worst = 0;
  for (let i = 0; i < of.parameters; i += Math.max(1, Math.floor(of.parameters / 40))) {
    const shifted = (by: number): number => {
      const moved = parameters.slice();
      moved[i] = moved[i]! + by;
      return loss.sums({ parameters: moved, settings, key }, 0, prompts)[0]!;
    };
    const h = 1e-4;
    const difference = (8 * (shifted(h) - shifted(-h)) - (shifted(2 * h) - shifted(-2 * h))) / (12 * h);
    worst = Math.max(worst, Math.abs(difference - slopes[i]!) / (Math.abs(slopes[i]!) + size));
  }
  return worst;
}

const d = 4;
const n = 5;
const cases: [string, Program][] = [false, true].flatMap((kept): [string, Program][] => [
  [`linear attention${kept ? ", kept" : ""}`, model(linearAttention, linearSize(d), { d, n, kept })],
  [`softmax${kept ? ", kept" : ""}`, model(softmaxAttention(2, false), softmaxSize(2, d), { d, n, kept })],
  [`softmax max${kept ? ", kept" : ""}`, model(softmaxAttention(2, true), softmaxSize(2, d), { d, n, kept })],
  [`delta${kept ? ", kept" : ""}`, model(deltaRule(3), deltaSize(3, d), { d, n, kept })],
]);
for (const unroll of [32, 2])
  test.each(cases)(`the gradient of %s equals finite differences to 1e-6, unroll ${unroll}`, (_, program) => {
    expect(gradientError(program, { unroll })).toBeLessThan(1e-6);
  });
