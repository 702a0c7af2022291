import { agreement } from "../src/evaluation/agreement.js";
import { crossingTime } from "../src/evaluation/crossing-time.js";
import { effectivePreconditioner, effectiveTensor, weightDistance } from "../src/evaluation/effective-weights.js";
import { type Entrant, modelEntrant } from "../src/evaluation/entrant.js";
import { measure, type Test } from "../src/evaluation/measure.js";
import { measureSnapshots } from "../src/evaluation/measure-snapshots.js";
import { sensitivity } from "../src/evaluation/sensitivity.js";
import { stopAtExcess } from "../src/evaluation/stopping.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { normals } from "../src/math/draws.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import linearAttention from "../src/mixers/linear-attention.js";
import type softmaxAttention from "../src/mixers/softmax-attention.js";
import { layerRisk } from "../src/theory/layer-risk.js";
import type { Answer, Mixer, Prompts, Run, Snapshot } from "../src/types.js";

const features = 3;
const context = 8;
const law = linearRegressionLaw({ features, noise: 0.5 });
const columns = { context };
const test8: Test = { law, context, prompts: 4000, key: keyOf(7), seed: 7, columns };

/** y = step * x_q . (1/n) sum_j y_j x_j: one step of gradient descent, in a few lines of its own. */
const step = (rate: number) => (prompts: Prompts) => {
  const [batch, n, d] = prompts.x.shape;
  const out = nd(["batch"], [batch]);
  for (let b = 0; b < batch; b++)
    for (let j = 0; j < n; j++)
      for (let i = 0; i < d; i++)
        out.data[b]! +=
          (rate / n) *
          prompts.y.data[b * n + j]! *
          prompts.x.data[(b * n + j) * d + i]! *
          prompts.query.data[b * d + i]!;
  return out;
};
const entrant = (name: string, predict: Entrant["predict"], exact: Entrant["exact"] = null): Entrant => ({
  name,
  kind: "predictor",
  predict,
  exact,
});
const source = { paper: "test", where: "Section 1" } as const;
/** Risk of a step with rate g: d [(1 - g)^2 + g^2 (d + 1 + s2) / n] + s2 (facts: formula (R), isotropic). */
const stepRisk = (g: number) => features * ((1 - g) ** 2 + (g ** 2 * (features + 1 + 0.25)) / context) + 0.25;

test("a risk lies within 4 standard errors of its closed form, and its excess is without the label noise", async () => {
  const [row] = await measure([entrant("step", step(0.6))], test8);
  expect(Math.abs(row!.risk! - stepRisk(0.6))).toBeLessThan(4 * row!.standardError!);
  expect(row!.risk! - row!.excess!).toBeCloseTo(0.25, 14);
  expect(row).toMatchObject({ exact: false, seed: 7, status: "ok", prompts: 4000, context, testContext: context });
});

test("an entrant's risk does not depend on who is measured beside it", async () => {
  const alone = await measure([entrant("step", step(0.6))], test8);
  const beside = await measure([entrant("zero", step(0)), entrant("step", step(0.6))], test8);
  expect(beside[1]).toMatchObject({ risk: alone[0]!.risk, standardError: alone[0]!.standardError });
});

test("more prompts continue the same stream: the first ones do not change", async () => {
  const seen: number[][] = [];
  const spy = entrant("spy", (prompts) => {
    seen.push([...prompts.answer.data]);
    return step(0)(prompts);
  });
  await measure([spy], { ...test8, prompts: 1500 });
  const few = seen.flat();
  seen.length = 0;
  await measure([spy], { ...test8, prompts: 3000 });
  expect(seen.flat().slice(0, 1500)).toEqual(few);
});

test("two near-equal entrants are told apart by the covariance of their errors on common prompts", async () => {
  const [a, b] = await measure([entrant("a", step(0.6)), entrant("b", step(0.62))], test8);
  const paired = Math.sqrt(a!.standardError! ** 2 + b!.standardError! ** 2 - 2 * (a!["covariance.b"] as number));
  const difference = b!.risk! - a!.risk!;
  expect(Math.abs(difference - (stepRisk(0.62) - stepRisk(0.6)))).toBeLessThan(4 * paired);
  expect(paired).toBeLessThan(0.1 * Math.hypot(a!.standardError!, b!.standardError!));
  expect(a!["covariance.a"]).toBeCloseTo(a!.standardError! ** 2, 14);
});

test("a closed form adds an exact row without seed, error or prompts", async () => {
  const rows = await measure([entrant("step", step(0.6), { value: stepRisk(0.6), kind: "exact", source })], test8);
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({ exact: true, seed: null, standardError: null, prompts: null, risk: stepRisk(0.6) });
});

test("an infinite closed form is a row that says infinite and holds no number", async () => {
  const infinite = { value: Number.POSITIVE_INFINITY, kind: "exact", source } as const;
  const rows = await measure([entrant("ols", step(1), infinite)], test8);
  expect(rows[1]).toMatchObject({ exact: true, risk: null, status: "infinite", excess: null });
});

test("a diverged model and an undefined prediction keep their rows, without numbers and without harm to others", async () => {
  const undefinedOnce = entrant("nan", (prompts) => {
    const answer = step(0)(prompts);
    answer.data[3] = Number.NaN;
    return answer;
  });
  const mixer = linearAttention.make(linearAttention.options.parse({}), { features, context });
  const rows = await measure([modelEntrant("lsa", mixer, null), undefinedOnce, entrant("zero", step(0))], test8);
  expect(rows[0]).toMatchObject({ status: "diverged", risk: null, standardError: null, excess: null });
  expect(rows[1]).toMatchObject({ status: "undefined", risk: null, standardError: null });
  expect(rows[2]).toMatchObject({ status: "ok", "covariance.nan": null, "covariance.lsa": null });
  expect(rows[2]!.risk).toBeGreaterThan(0);
});

test("one prompt is refused, because it has no error", async () => {
  await expect(measure([entrant("zero", step(0))], { ...test8, prompts: 1 })).rejects.toThrow(RangeError);
});

const prompts = law.draw(keyOf(3), { from: 0, count: 50 }, context);

test("the sensitivity of a gradient step is its implied weight vector, to rounding over the difference step", () => {
  const [batch, n, d] = prompts.x.shape;
  const measured = sensitivity(step(0.6), prompts);
  for (let b = 0; b < batch; b++)
    for (let i = 0; i < d; i++) {
      let implied = 0;
      for (let j = 0; j < n; j++)
        implied += (0.6 / n) * prompts.y.data[b * n + j]! * prompts.x.data[(b * n + j) * d + i]!;
      // Predictions of size 10 carry errors of 10 * 2^-53, divided by a step of 6e-6.
      expect(Math.abs(measured.data[b * d + i]! - implied)).toBeLessThan((100 * 2 ** -53) / 6e-6);
    }
});

test("agreement with oneself is distance 0 and cosine 1; with the opposite, cosine -1", () => {
  const same = agreement(step(0.6), step(0.6), prompts);
  expect(same.distance.mean).toBe(0);
  expect(same.cosine.mean).toBeCloseTo(1, 12);
  expect(agreement(step(0.6), step(-0.3), prompts).cosine.mean).toBeCloseTo(-1, 12);
});

test("no angle is made up where a sensitivity vanishes", () => {
  const { cosine, angles } = agreement(step(0.6), step(0), prompts);
  expect(angles).toBe(0);
  expect(cosine.mean).toBeNaN();
});

const optionsOf = (unit: typeof linearAttention | typeof softmaxAttention, given: object) =>
  unit.options.parse(given) as never;
const merged = linearAttention.make(optionsOf(linearAttention, { heads: 2 }), { features, context });
const D = features + 1;
const weightsOf = (key = keyOf(11)) => ({
  KQ: nd(["head", "key", "query"], [2, D, D], normals(foldIn(key, 0), 2 * D * D)),
  OV: nd(["head", "token"], [2, D], normals(foldIn(key, 1), 2 * D)),
});

test("the effective tensor is all that a linear layer computes: rebuilt predictions agree to rounding", () => {
  const weights = weightsOf();
  const tensor = effectiveTensor(merged.products(weights));
  const predicted = merged.forward(weights, prompts).data;
  const [batch, n, d] = prompts.x.shape;
  for (let b = 0; b < batch; b++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      const e = [...prompts.x.data.subarray((b * n + j) * d, (b * n + j + 1) * d), prompts.y.data[b * n + j]!];
      for (let a = 0; a < D; a++)
        for (let k = 0; k < D; k++)
          for (let c = 0; c < d; c++)
            sum += (tensor[(a * D + k) * d + c]! * e[a]! * e[k]! * prompts.query.data[b * d + c]!) / n;
    }
    expect(Math.abs(sum - predicted[b]!)).toBeLessThan(1000 * 2 ** -53 * (1 + Math.abs(sum)) * 10);
  }
});

test("weight distance is 0 for the optimum in any gauge, 1 for zero weights, and sees a wrong entry", () => {
  const optimum = [
    [0.5, 0.1, 0],
    [0.1, 0.7, 0.2],
    [0, 0.2, 0.9],
  ];
  const layer = (gauge: number, wrong = 0) => {
    const KQ = nd(["head", "key", "query"], [1, D, D]);
    for (let b = 0; b < features; b++) for (let c = 0; c < features; c++) KQ.data[b * D + c] = gauge * optimum[c]![b]!;
    KQ.data[features * D] = wrong;
    // Column D meets the empty place of the query's label: any value there is the same map.
    KQ.data[D - 1] = 17;
    const OV = nd(["head", "token"], [1, D], Float64Array.from([0, 0, 0, 1 / gauge]));
    return { KQ, OV };
  };
  expect(weightDistance(layer(1), optimum)).toBeLessThan(10 * 2 ** -53);
  expect(weightDistance(layer(-3), optimum)).toBeLessThan(10 * 2 ** -53);
  expect(effectivePreconditioner(layer(-3))).toEqual(
    optimum.map((row) => row.map((value) => expect.closeTo(value, 14))),
  );
  expect(weightDistance(layer(1, 0.5), optimum)).toBeGreaterThan(0.3);
  const zero = { KQ: nd(["head", "key", "query"], [1, D, D]), OV: nd(["head", "token"], [1, D]) };
  expect(weightDistance(zero, optimum)).toBe(1);
});

test("a trial stops at 1 % excess over the optimum and not before", () => {
  const g = context / (context + features + 1 + 0.25);
  const mixer = merged as Mixer;
  const snapshot = (rate: number): Snapshot => {
    const KQ = nd(["head", "key", "query"], [2, D, D]);
    for (let i = 0; i < features; i++) KQ.data[i * D + i] = rate;
    const OV = nd(["head", "token"], [2, D], Float64Array.from([0, 0, 0, 1, 0, 0, 0, 0]));
    return { trial: 0, step: 1, loss: null, weights: { KQ, OV }, status: "ok" };
  };
  const done = stopAtExcess({ mixer, law, context }, step(g), 0.01, keyOf(5));
  // R(g + e) - R(g) = d e^2 (1 + (d + 1 + s2) / n): an excess of 4 % and of 0.25 % of R(g) = 1.29.
  const size = Math.sqrt(stepRisk(g) / (features * (1 + (features + 1.25) / context)));
  expect(done(snapshot(g + 0.2 * size))).toBe(false);
  expect(done(snapshot(g + 0.05 * size))).toBe(true);
});

test("a model's snapshots are measured on the prompts that each would see alone, and hold no covariances", async () => {
  const mixer = linearAttention.make(linearAttention.options.parse({ init: { scale: 1 } }), { features, context });
  const snapshots = [0, 5, 9].map((step) => {
    const weights = mixer.init(foldIn(keyOf(3), String(step)), features);
    return { trial: 0, step, loss: null, weights, status: "ok" as const };
  });
  const run = { trial: { mixer }, snapshots, status: "ok" } as unknown as Run;
  const rows = await measureSnapshots("lsa", run, test8);
  for (const [i, { step, weights }] of snapshots.entries()) {
    const [alone] = await measure([modelEntrant("lsa", mixer, weights)], test8);
    const { "covariance.lsa": _, ...columns } = alone!;
    expect(rows[i]).toEqual({ ...columns, step });
  }
  expect(new Set(rows.map(({ risk }) => risk)).size).toBe(3);
  expect(await measureSnapshots("lsa", { ...run, snapshots: [] }, test8)).toEqual([]);
});

test("beside the sampled risk of a snapshot stands the exact one, or the sentence why there is none", async () => {
  const mixer = linearAttention.make(linearAttention.options.parse({ init: { scale: 0.5 } }), { features, context });
  const snapshots = [0, 5, 9].map((step) => {
    const weights = mixer.init(foldIn(keyOf(4), String(step)), features);
    return { trial: 0, step, loss: null, weights, status: "ok" as const };
  });
  const run = { trial: { mixer }, snapshots, status: "ok" } as unknown as Run;
  const told: Answer[] = snapshots.map(({ weights }) => {
    const at = { layer: mixer.products(weights), context };
    return { value: layerRisk.value(law.population, at), kind: layerRisk.kind, source: layerRisk.source };
  });
  const next = [...told];
  const rows = await measureSnapshots("lsa", run, test8, () => next.shift()!);
  for (const [i, { risk, standardError, exactRisk, exactExcess, exactWhy }] of rows.entries()) {
    expect(exactRisk).toBe((told[i] as { value: number }).value);
    expect((exactRisk as number) - (exactExcess as number)).toBeCloseTo(0.25, 13);
    expect(Math.abs(risk! - (exactRisk as number))).toBeLessThan(4 * standardError!);
    expect(exactWhy).toBeNull();
  }
  const why = "no closed form here";
  const others: Answer[] = [{ why }, { value: Number.NaN, kind: "exact", source }, told[2]!];
  const declined = await measureSnapshots("lsa", run, test8, () => others.shift()!);
  expect(declined.map(({ exactRisk, exactExcess, exactWhy }) => [exactRisk, exactExcess, exactWhy])).toEqual([
    [null, null, why],
    [null, null, "the closed form is NaN"],
    [rows[2]!.exactRisk, rows[2]!.exactExcess, null],
  ]);
  expect(Object.keys((await measureSnapshots("lsa", run, test8))[0]!)).not.toContain("exactRisk");
});

test("a curve falls to a level between two looks, and to none that it does not reach before it breaks", () => {
  expect(crossingTime([0, 1, 2, 3], [8, 7, 3, 9], 4)).toBe(1.75);
  expect(crossingTime([0, 1, 2, 3], [8, 7, 4, 1], 4)).toBe(2);
  expect(crossingTime([5, 6], [3, 2], 4)).toBe(5);
  expect(crossingTime([0, 1], [8, 7], 4)).toBeNull();
  for (const broken of [null, Number.NaN, Number.POSITIVE_INFINITY])
    expect(crossingTime([0, 1, 2], [8, broken, 2], 4)).toBeNull();
  expect(crossingTime([0, 1, 2], [8, 2, null], 5)).toBe(0.5);
  expect(crossingTime([], [], 4)).toBeNull();
  expect(() => crossingTime([0], [], 4)).toThrow("a curve has as many values as times: 0 and 1");
});
