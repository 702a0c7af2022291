import { identity } from "../../src/math/matrix.js";
import { bestLayers } from "../../src/predictors/best-layers.js";
import { expectCurvature, expectHalfError, expectUntiedSteps, found, free, shared } from "../best-layers.js";
import { isotropic, population } from "../predicted-weights.js";
import { excessRisks, sample } from "../regression-sampler.js";

describe("best layers", () => {
  /** Steps and risks of another program; Ahn et al. trained {.43, .69, 1.71}. */
  test.each([[3, [0.4255, 0.6938, 1.7215], 0.1336]])(
    "d = 5, n = 20: the %d untied steps are %j, of risk %d",
    expectUntiedSteps,
  );

  /** Two shared layers of GD++ at d = 10, x ~ U(-1/2, 1/2): the paper trained .179, .099, .056, .029. */
  test.each([[25, 0.099, 18.32]])("n = %d: gamma = b / n is %d and the step %d within 2 %", expectCurvature);

  /** Half of the mean squared error, from 40,000 tasks of another program. */
  test.each([["5 untied steps", 0.0788, free(5)]])(
    "x ~ U(-1/2, 1/2), d = n = 10: %s have half-error %d",
    (_, half, freedom) => expectHalfError(half, freedom),
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
