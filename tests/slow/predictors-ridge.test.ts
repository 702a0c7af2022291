import { identity } from "../../src/math/matrix.js";
import ridge from "../../src/predictors/ridge.js";
import { isotropic, population, site, weights } from "../predicted-weights.js";
import { excessRisks, sample } from "../regression-sampler.js";

const bayes = ridge.make({}, site);

/** Risks that another program computed from 2e5 samples and more: d = 5, with the noise of the query's label. */
test.each([
  [0.1, [0.8891, 0.2164, 0.13534, 0.11466, 0.10675]],
  [1, [2.91242, 1.8152, 1.32431, 1.1421, 1.06658]],
])("ridge at noise variance %d has the known risks at n = 5, 10, 20, 40, 80", (variance, risks) => {
  const noise = Math.sqrt(variance);
  const law = population({ features: 5, noise });
  for (const [i, n] of [5, 10, 20, 40, 80].entries()) {
    const problems = sample(isotropic(5, noise), () => n, i < 2 ? 2000 : 600, n);
    const moments = excessRisks(problems, [weights(bayes, law, n, problems)], identity(5));
    const gap = moments.mean(0) + variance - risks[i]!;
    expect(Math.abs(gap)).toBeLessThan(4 * moments.standardError(0));
  }
});
