import { identity, scaled } from "../../src/math/matrix.js";
import { layeredDescent } from "../../src/predictors/algorithms/layered-descent.js";
import { bestLayers, type Layers } from "../../src/predictors/best-layers.js";
import { isotropic, population } from "../predicted-weights.js";
import { excessRisks, type Problems, sample, shownWeights } from "../regression-sampler.js";

const free = (layers: number) => ({ layers, tied: false, curved: false });
const shared = (layers: number) => ({ layers, tied: true, curved: true });
const found = (problems: Problems, layers: Layers) => shownWeights(problems, layeredDescent(layers).predict);

describe("best layers", () => {
  /** Steps and risks of another program; Ahn et al. trained {.43, .69, 1.71}. */
  test.each([[3, [0.4255, 0.6938, 1.7215], 0.1336]])(
    "d = 5, n = 20: the %d untied steps are %j, of risk %d",
    (k, steps, risk) => {
      const layers = bestLayers(population({ features: 5 }), 20, free(k));
      for (const [i, step] of steps.entries()) expect(Math.abs(layers.steps[i]! / step - 1)).toBeLessThan(0.01);
      const problems = sample(isotropic(5), () => 20, 4000, 60 + k);
      const moments = excessRisks(problems, [found(problems, layers)], identity(5));
      expect(Math.abs(moments.mean(0) - risk)).toBeLessThan(4 * moments.standardError(0));
    },
  );

  /** Two shared layers of GD++ at d = 10, x ~ U(-1/2, 1/2): the paper trained .179, .099, .056, .029. */
  test.each([[25, 0.099, 18.32]])("n = %d: gamma = b / n is %d and the step %d within 2 %", (n, gamma, step) => {
    const { steps, curvatures } = bestLayers(population({ features: 10, inputs: { uniform: 0.5 } }), n, shared(2));
    expect(Math.abs(curvatures[0]! / n / gamma - 1)).toBeLessThan(0.02);
    expect(Math.abs(steps[0]! / step - 1)).toBeLessThan(0.02);
    expect(curvatures[1]).toBe(0);
  });

  const cube = { ...isotropic(10), root: scaled(identity(10), 1 / Math.sqrt(12)) };
  const uniform = { ...cube, coordinate: (draws: { uniform(): number }) => Math.sqrt(12) * (draws.uniform() - 0.5) };

  /** Half of the mean squared error, from 40,000 tasks of another program. */
  test.each([["5 untied steps", 0.0788, free(5)]])(
    "x ~ U(-1/2, 1/2), d = n = 10: %s have half-error %d",
    (_, half, freedom) => {
      const layers = bestLayers(population({ features: 10, inputs: { uniform: 0.5 } }), 10, freedom);
      const problems = sample(uniform, () => 10, 2000, 71);
      const moments = excessRisks(problems, [found(problems, layers)], scaled(identity(10), 1 / 12));
      expect(Math.abs(moments.mean(0) / 2 - half)).toBeLessThan(4 * (moments.standardError(0) / 2));
    },
  );

  test("of a polynomial of degree 728 are found where starts overflow, and prompts of any size stay in mind", () => {
    const layers = bestLayers(population({ features: 2, noise: 0.3 }), 6, shared(6));
    expect([...layers.steps, ...layers.curvatures].every(Number.isFinite)).toBe(true);
    expect(layers.steps[0]).toBeGreaterThan(0.3);
    const problems = sample(isotropic(2, 0.3), () => 6, 20_000, 73);
    const moments = excessRisks(problems, [found(problems, layers)], identity(2));
    // Less than half of what predicting 0 costs, with no prompt among 20,000 on which layers diverge.
    expect(moments.mean(0) + 4 * moments.standardError(0)).toBeLessThan(1);
  });
});
