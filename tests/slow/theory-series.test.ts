import { autoregressiveLaw } from "../../src/laws/autoregressive.js";
import { keyOf } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import { drawnCoefficientGain, drawnCoefficientLimit } from "../../src/theory/series/drawn-coefficient-limit.js";

const key = keyOf(83);

test("the limit under drawn coefficients is the risk of its gain on a long prompt, within 4 standard errors", () => {
  const sampled = autoregressiveLaw({ coefficients: { kind: "partial", order: 1, within: 0.8 } });
  const gain = drawnCoefficientGain(sampled.population);
  const m = 600;
  const moments = new Moments(1);
  for (let from = 0; from < 12_000; from += 1000) {
    const { x, y, query, answer } = sampled.draw(key, { from, count: 1000 }, m);
    for (let b = 0; b < 1000; b++) {
      let lag = 0;
      for (let j = 0; j < m; j++) lag += (x.data[b * m + j]! * y.data[b * m + j]!) / m;
      moments.add([(gain * lag * query.data[b]! - answer.data[b]!) ** 2]);
    }
  }
  const limit = drawnCoefficientLimit.value(sampled.population, {});
  // Off by the variance of the autocovariance, of order 1 / m of the gain's square.
  expect(Math.abs(moments.mean(0) - limit)).toBeLessThan(4 * moments.standardError(0) + 8 / m);
});
