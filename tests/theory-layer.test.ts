import { type LinearRegression, linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { applied, identity, product, scaled, transpose } from "../src/math/matrix.js";
import { nd } from "../src/math/nd.js";
import { symmetricRoot } from "../src/math/symmetric.js";
import linearAttention from "../src/mixers/linear-attention.js";
import { layerFlow } from "../src/theory/layer-flow.js";
import { layerGradient } from "../src/theory/layer-gradient.js";
import { layerRisk } from "../src/theory/layer-risk.js";
import { factoredWeights, mergedWeights } from "../src/theory/layer-weights.js";
import { layerInUse } from "../src/theory/normalization.js";
import { plateauTime } from "../src/theory/plateau-time.js";
import { preconditionerRisk } from "../src/theory/preconditioner-risk.js";
import type { HeadProducts } from "../src/theory/query-forms.js";
import type { Lengths, Rows, Weights } from "../src/types.js";
import { excessRisks, inner, sample, shownWeights } from "./regression-sampler.js";

/** Standard normal entries. */
function random(seed: number, count: number): Float64Array {
  const draws = new Draws(keyOf(seed));
  return Float64Array.from({ length: count }, () => draws.normal());
}

/** Heads with every entry of KQ and OV in use. */
function randomHeads(seed: number, heads: number, d: number, size = 0.4): HeadProducts {
  const D = d + 1;
  const entries = random(seed, heads * D * (D + 1)).map((entry) => size * entry);
  return {
    KQ: nd(["head", "key", "query"], [heads, D, D], entries.slice(0, heads * D * D)),
    OV: nd(["head", "token"], [heads, D], entries.slice(heads * D * D)),
  };
}

/** A symmetric definite matrix that commutes with no other of another seed. */
function spread(seed: number, d: number): Rows {
  const root = Array.from({ length: d }, (_, i) => Array.from(random(seed, d * d).subarray(i * d, (i + 1) * d)));
  return scaled(product(root, transpose(root)), 1 / d);
}

const relative = (a: number, b: number) => Math.abs(a / b - 1);
const risk = (test: LinearRegression, layer: HeadProducts, context: Lengths) =>
  layerRisk.value(test, { layer, context });

/** Any covariances, and a query of yet another. */
function skewed(d: number, noise: number, seed: number): LinearRegression {
  const [covariance, taskCovariance, queryCovariance] = [1, 2, 3].map((k) => spread(10 * seed + k, d));
  const { population } = linearRegressionLaw({
    features: d,
    noise,
    covariance: covariance!,
    taskCovariance: taskCovariance!,
  });
  return { ...population, queryCovariance: queryCovariance! };
}

const mixerOf = (heads: number) =>
  linearAttention.make(linearAttention.options.parse({ heads }), { features: 1, context: 1 });

describe("the exact risk of a layer", () => {
  /**
   * The mean over tasks, inputs and noise by the three-point Gauss-Hermite rule in every one of them, exact to the fifth
   * power of each: the prediction is quadratic in each, its square of the fourth. The layer is run by the mixer.
   */
  function cubature(test: LinearRegression, layer: HeadProducts, n: number): number {
    const d = test.features;
    const [B, T] = [symmetricRoot(test.covariance), symmetricRoot(test.taskCovariance)];
    const variables = d + n * (d + (test.noise > 0 ? 1 : 0));
    const problems = { x: [] as Rows[], y: [] as number[][], w: [] as number[][] };
    const shares: number[] = [];
    for (let node = 0; node < 3 ** variables; node++) {
      let rest = node;
      let share = 1;
      const z = Array.from({ length: variables }, () => {
        const digit = rest % 3;
        rest = Math.floor(rest / 3);
        share *= digit === 0 ? 2 / 3 : 1 / 6;
        return [0, Math.sqrt(3), -Math.sqrt(3)][digit]!;
      });
      const w = applied(T, z.slice(0, d));
      const x = Array.from({ length: n }, (_, j) => applied(B, z.slice(d + j * d, d + (j + 1) * d)));
      problems.w.push(w);
      problems.x.push(x);
      problems.y.push(x.map((row, j) => inner(row, w) + (test.noise > 0 ? test.noise * z[d + n * d + j]! : 0)));
      shares.push(share);
    }
    const heads = layer.OV.shape[0];
    const shown = shownWeights(problems, (prompts) => mixerOf(heads).forward(layer, prompts));
    const total = shown.reduce((sum, v, k) => {
      const gap = v.map((entry, c) => entry - problems.w[k]![c]!);
      return sum + shares[k]! * inner(gap, applied(test.queryCovariance, gap));
    }, 0);
    return total + test.noise ** 2;
  }

  test.each([
    [1, 3, 0.8, 1],
    [2, 2, 0, 1],
    [2, 2, 0.6, 2],
    [3, 1, 0.5, 1],
    [1, 1, 1.3, 3],
  ])("is the mean over a product rule to 1e-12: d = %d, n = %d, noise %d, %d heads", (d, n, noise, heads) => {
    const test = skewed(d, noise, 3 + d);
    const layer = randomHeads(70 + d, heads, d, 0.7);
    expect(relative(risk(test, layer, n), cubature(test, layer, n))).toBeLessThan(1e-12);
  });

  /** v_c = sum_h OV_h . G k_hc of one prompt, written out. */
  function shownTask({ KQ, OV }: HeadProducts, x: Rows, y: readonly number[]): number[] {
    const [heads, D] = OV.shape;
    const v = new Array<number>(D - 1).fill(0);
    for (const [j, row] of x.entries()) {
      const token = [...row, y[j]!];
      for (let h = 0; h < heads; h++) {
        const value = inner(token, OV.data.subarray(h * D, (h + 1) * D)) / x.length;
        for (let b = 0; b < D; b++)
          for (let c = 0; c < D - 1; c++) v[c]! += value * token[b]! * KQ.data[(h * D + b) * D + c]!;
      }
    }
    return v;
  }

  function sampled(test: LinearRegression, layer: HeadProducts, length: (b: number) => number, seed: number) {
    const { covariance, taskCovariance, queryCovariance, noise } = test;
    const law = { root: symmetricRoot(covariance), taskRoot: symmetricRoot(taskCovariance), noise };
    const problems = sample(law, length, 6000, seed);
    const shown = problems.x.map((x, b) => shownTask(layer, x, problems.y[b]!));
    const moments = excessRisks(problems, [shown], queryCovariance);
    return { mean: moments.mean(0) + noise ** 2, standardError: moments.standardError(0) };
  }

  test.each([
    [3, 5, 0.7, 1],
    [4, 8, 0, 1],
    [5, 20, 0.5, 2],
  ])(
    "is the mean over sampled prompts within 4 standard errors: d = %d, n = %d, noise %d, %d heads",
    (d, n, noise, heads) => {
      const test = skewed(d, noise, d);
      const layer = randomHeads(d, heads, d);
      const { mean, standardError } = sampled(test, layer, () => n, 40 + d);
      expect(Math.abs(risk(test, layer, n) - mean)).toBeLessThan(4 * standardError);
    },
  );

  test("over mixed lengths it is the mean of the risks of its lengths, empty prompts among them", () => {
    const test = skewed(3, 0.7, 1);
    const layer = randomHeads(4, 2, 3);
    const each = [0, 1, 2, 3].map((n) => risk(test, layer, n));
    expect(relative(risk(test, layer, { uniform: [0, 3] }), each.reduce((a, b) => a + b) / 4)).toBeLessThan(1e-14);
    const { mean, standardError } = sampled(test, layer, (b) => b % 4, 5);
    expect(Math.abs(risk(test, layer, { uniform: [0, 3] }) - mean)).toBeLessThan(4 * standardError);
  });

  test("is formula (R) where the label's row and column of KQ and the x-part of OV vanish", () => {
    const test = skewed(4, 0.7, 2);
    const layer = randomHeads(9, 1, 4);
    for (let i = 0; i < 4; i++) {
      layer.OV.data[i] = 0;
      layer.KQ.data[20 + i] = 0;
    }
    const label = layer.OV.data[4]!;
    const preconditioner = [0, 1, 2, 3].map((c) => [0, 1, 2, 3].map((b) => label * layer.KQ.data[b * 5 + c]!));
    const reduced = preconditionerRisk.value(test, { preconditioner, context: 7 });
    expect(relative(risk(test, layer, 7), reduced)).toBeLessThan(1e-14);
    const before = risk(test, layer, 7);
    // The column of KQ for the query's label meets a zero.
    for (const row of [0, 1, 2, 3, 4]) layer.KQ.data[row * 5 + 4] = 5;
    expect(risk(test, layer, 7)).toBe(before);
  });

  test("of any weights it is (R) of the effective preconditioner and more, by what does not see the label's sign", () => {
    const test = linearRegressionLaw({ features: 3, noise: 0.5 }).population;
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const layer = randomHeads(seed, 2, 3);
      const { KQ, OV } = layer;
      const preconditioner = [0, 1, 2].map((c) =>
        [0, 1, 2].map((b) =>
          [0, 1].reduce((sum, h) => {
            const kq = (row: number) => KQ.data[(h * 4 + row) * 4 + c]!;
            return sum + OV.data[h * 4 + 3]! * kq(b) + OV.data[h * 4 + b]! * kq(3);
          }, 0),
        ),
      );
      const reduced = preconditionerRisk.value(test, { preconditioner, context: 6 });
      expect(risk(test, layer, 6)).toBeGreaterThan(1.1 * reduced);
      // Weights that read every label with the other sign: (R) sees another preconditioner, the rest sees nothing.
      const mirrored = {
        KQ: nd(
          ["head", "key", "query"],
          KQ.shape,
          KQ.data.map((e, i) => (Math.floor(i / 4) % 4 === 3 ? -e : e)) as Float64Array,
        ),
        OV: nd(["head", "token"], OV.shape, OV.data.map((e, i) => (i % 4 === 3 ? -e : e)) as Float64Array),
      };
      const reflected = preconditionerRisk.value(test, { preconditioner: scaled(preconditioner, -1), context: 6 });
      expect(relative(risk(test, layer, 6) - reduced, risk(test, mirrored, 6) - reflected)).toBeLessThan(1e-12);
    }
  });

  test("a layer that divides by the training length, or by nothing, is one of scaled OV", () => {
    const test = skewed(2, 0.5, 8);
    const layer = randomHeads(6, 1, 2);
    const own = layerInUse(layer, "prompt", { trained: 6, tested: 3 });
    expect(own).toEqual(layer);
    const bare = { ...layer, OV: { ...layer.OV, data: layer.OV.data.map((entry) => entry / 6) as Float64Array } };
    const used = [
      layerInUse(layer, "trained", { trained: 6, tested: 3 }),
      layerInUse(bare, "none", { trained: 6, tested: 3 }),
    ];
    const site = { features: 2, context: 6 };
    const problems = sample({ root: identity(2), taskRoot: identity(2), noise: 0.5 }, () => 3, 20, 3);
    const shown = (normalize: "own" | "trained" | "none", weights: HeadProducts) =>
      shownWeights(problems, (prompts) =>
        linearAttention.make(linearAttention.options.parse({ normalize }), site).forward(weights, prompts),
      ).flat();
    for (const [i, [normalize, weights]] of (
      [
        ["trained", layer],
        ["none", bare],
      ] as const
    ).entries()) {
      for (const [k, entry] of shown("own", used[i]!).entries())
        expect(Math.abs(entry - shown(normalize, weights)[k]!)).toBeLessThan(1e-14);
      expect(relative(risk(test, used[i]!, 3), risk(test, layer, 3))).toBeGreaterThan(0.01);
    }
    expect(() => layerInUse(layer, "trained", { trained: 0, tested: 3 })).toThrow("1 or more pairs, not by 0");
  });

  test("no pairs: every layer predicts 0", () => {
    const test = skewed(3, 0.5, 7);
    const zero = randomHeads(1, 1, 3, 0);
    expect(risk(test, randomHeads(1, 1, 3), 0)).toBe(risk(test, zero, 12));
  });
});

test("other inputs, other laws and layers of another size are declined by a sentence", () => {
  const layer = randomHeads(1, 2, 3);
  const gaussian = linearRegressionLaw({ features: 3 }).population;
  const uniform = linearRegressionLaw({ features: 3, inputs: { uniform: 1 } }).population;
  const foreign = { family: "autoregressive", noise: 1 } as unknown as LinearRegression;
  for (const form of [layerRisk, layerGradient, layerFlow(mergedWeights), plateauTime]) {
    const at = { layer, start: layer, context: 4, times: [1] };
    expect(form.applies(uniform, at)).toMatch("derived for Gaussian inputs, not for uniform ones");
    expect(form.applies(foreign, at)).toMatch("not for autoregressive");
    const other = randomHeads(1, 2, 4);
    expect(form.applies(gaussian, { ...at, layer: other, start: other })).toMatch("have 4 entries, not 5");
  }
  expect(layerRisk.applies(gaussian, { layer, context: 4 })).toBe(true);
});

describe("the population gradient", () => {
  const moved = (layer: HeadProducts, name: "KQ" | "OV", i: number, by: number): HeadProducts => {
    const data = Float64Array.from(layer[name].data);
    data[i]! += by;
    return { ...layer, [name]: { ...layer[name], data } };
  };

  test.each([
    [3, 1, 5 as Lengths],
    [2, 3, { uniform: [1, 4] } as Lengths],
  ])("is the slope of the risk in every entry: d = %d, %d heads, context %j", (d, heads, context) => {
    const test = skewed(d, 0.6, 20 + d);
    const layer = randomHeads(30 + d, heads, d);
    const gradient = layerGradient.value(test, { layer, context });
    for (const name of ["KQ", "OV"] as const)
      for (let i = 0; i < layer[name].data.length; i++) {
        // Quadratic in each entry alone: a central difference over 1 is the derivative.
        const [up, down] = [1, -1].map((by) => risk(test, moved(layer, name, i, by), context));
        expect(Math.abs(gradient[name].data[i]! - (up! - down!) / 2)).toBeLessThan(1e-13 * (up! + down!));
      }
  });

  test("of factored weights is the slope of the risk in every factor", () => {
    const test = skewed(2, 0.6, 41);
    const site = { features: 2, context: 5 };
    const factored = linearAttention.make(
      linearAttention.options.parse({ heads: 2, weights: "factored", init: { scale: 0.6 } }),
      site,
    );
    const weights = factored.init(keyOf(5), 2) as unknown as Parameters<typeof factoredWeights.products>[0];
    const products = factoredWeights.products(weights);
    expect(products).toEqual(factored.products(weights));
    const at = (moved: Weights) => risk(test, factoredWeights.products(moved as typeof weights), 5);
    const gradient = factoredWeights.pulledBack(weights, layerGradient.value(test, { layer: products, context: 5 }));
    for (const [name, { data, ...rest }] of Object.entries(weights))
      for (let i = 0; i < data.length; i++) {
        const [up, down] = [1, -1].map((by) => {
          const entries = Float64Array.from(data);
          entries[i]! += by;
          return at({ ...weights, [name]: { ...rest, data: entries } } as Weights);
        });
        expect(Math.abs((gradient as Weights)[name]!.data[i]! - (up! - down!) / 2)).toBeLessThan(1e-13 * (up! + down!));
      }
  });
});
