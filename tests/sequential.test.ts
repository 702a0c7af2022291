import type { Finding } from "../src/claims/finding.js";
import { overLooks } from "../src/claims/looks.js";
import { pooledLooks } from "../src/claims/pooled.js";
import { Draws } from "../src/math/draws.js";
import { keyOf } from "../src/math/keys.js";
import { Moments } from "../src/math/moments.js";
import { hypothesesTested } from "../src/report/tested.js";
import { canonical } from "../src/runner/canonical.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { cellKey, type Job, planOf } from "../src/runner/cell-plan.js";
import { cellSettings, keyColumns, studyExperiment } from "../src/runner/study-experiment.js";
import { judgeStudy, looksOf } from "../src/studies/judge-study.js";
import { cellsOfLook, cellsOfLooks, looksMade } from "../src/studies/looks.js";
import { parseStudy } from "../src/studies/parse-study.js";
import type { Study } from "../src/studies/study.js";
import type { Claim, Measurement, Predictor, Row, Run, Trial } from "../src/types.js";

const catalogue = await loadCatalogue();
const optimum = catalogue.predictors.get("lsa-optimum")!.make({}, { features: 1, context: 1 }) as Predictor;

const studyOf = (more: string, { models = "", hypothesis = "risk(ols) < risk(zero)" } = {}) =>
  parseStudy(
    `title: looks
law: { kind: gaussian-linear, features: 2, noise: 0.5 }
context: [8, 16]
${models}
predictors: [zero, ols]
evaluate: { prompts: 50 }
${more}
${hypothesis === "" ? "" : `hypotheses: [{ says: it, expect: "${hypothesis}" }]`}`,
    "study.yaml",
    catalogue,
  );

const jobOf = (study: Study): Omit<Job, "cells"> => ({
  ...{ id: "study", experiment: studyExperiment(study, optimum), seed: 0, keyed: keyColumns },
  settings: (columns: Row) => cellSettings(study, columns),
});

/** Measures what every look adds until the study stops, with no store and no training. */
async function looked(study: Study): Promise<Measurement[]> {
  const job = jobOf(study);
  const rows: Measurement[] = [];
  for (let look = 1; ; look++) {
    for (const { columns } of cellsOfLook(study, look)) {
      const { key } = planOf({ ...job, cells: [] }, columns);
      rows.push(...((await job.experiment.measure(columns, [], { key })) as Measurement[]));
    }
    if (looksOf(study, rows)?.stopped !== null) return rows;
  }
}

function finding(probability: number, side: boolean | null = true, margin = 1): Finding {
  return {
    ...{ cell: "", measured: 1, expected: 2, margin, standardError: 0.1, about: "weights", rows: 2, why: "" },
    ...{ side, probability },
  };
}

describe("a finding at several looks", () => {
  test("is as probable as its clearest look, times the looks that were planned", () => {
    const found = overLooks([finding(0.01), finding(0.001, true, 3), finding(0.002, true, 5)], 8);
    expect(found).toMatchObject({ side: true, probability: 0.008, margin: 5, why: "clearest at look 2 of 3" });
    expect(overLooks([finding(0.5)], 8).probability).toBe(1);
    expect(overLooks([finding(0.001)], 1)).toEqual(finding(0.001));
    expect(overLooks([finding(0)], 8)).toEqual(finding(0));
  });

  test("stays on the side on which it was clearest, with the numbers of then", () => {
    const found = overLooks([finding(1e-5, false, -4), finding(0.2, true, 1)], 2);
    expect(found).toMatchObject({ side: false, probability: 2e-5, margin: -4 });
  });

  test("is undefined once it has become so", () => {
    expect(overLooks([finding(1e-9), finding(1, null)], 4).side).toBeNull();
    expect(overLooks([finding(1, null), finding(1e-9)], 4)).toMatchObject({ side: true, probability: 4e-9 });
    expect(() => overLooks([], 4)).toThrow("1 to 4 looks");
  });
});

describe("the looks of a study", () => {
  test.each([
    ["precision: decided", { unit: "seeds", sizes: [5, 8, 12, 18, 27, 41, 62, 80], risk: null, minutes: null }],
    [
      "seeds: 3\nprecision: { risk: 2% }\nbudget: { seeds: 10, minutes: 5 }",
      { unit: "seeds", sizes: [3, 5, 8, 10], risk: 0.02, minutes: 5 },
    ],
    ["seeds: 1\nprecision: { risk: 2% }\nbudget: { prompts: 160 }", { unit: "prompts", sizes: [50, 75, 113, 160] }],
    ["seeds: 4\nprecision: decided\nbudget: { seeds: 4 }", { unit: "seeds", sizes: [4] }],
  ])("with %j are told before the first", async (more, expected) => {
    expect((await studyOf(more)).sequential).toMatchObject(expected);
  });

  test.each([
    ["budget: { seeds: 9 }", "study.yaml:7:9: `budget` bounds what `precision` adds"],
    ["precision: { risk: 0% }", "study.yaml:7:20: a precision is more than 0%"],
    ["precision: { risk: 0.5 }", "study.yaml:7:20: `risk` is 0.5 (quote it "],
    ["precision: soon", 'study.yaml:7:12: `precision` is the text "soon"; allowed: decided, or { risk: 0.5% }'],
    ["precision: decided\nbudget: { prompts: 100 }", "study.yaml:8:20: with 5 seeds, seeds are added"],
    ["seeds: 1\nprecision: decided\nbudget: { seeds: 9 }", "study.yaml:9:18: with 1 seed, prompts are added"],
    ["precision: decided\nbudget: { seeds: 3 }", "study.yaml:8:18: the study begins with 5 seeds; allowed: that many"],
  ])("with %j are told their fault", async (more, expected) => {
    const message = await studyOf(more).then(
      () => "no fault",
      (error: Error) => error.message,
    );
    expect(message.slice(0, expected.length)).toBe(expected);
  });

  test("need a hypothesis to decide, or a precision", async () => {
    await expect(studyOf("precision: decided", { hypothesis: "" })).rejects.toThrow(
      "there are no hypotheses to decide",
    );
  });

  test("are for hypotheses: claims of a study's own know of none", async () => {
    const text = `title: t\nuse: ./mine.ts\nlaw: { kind: gaussian-linear, features: 2 }\ncontext: 4\npredictors: [zero]`;
    const bring = async () => ({ catalogue, claims: [{ id: "mine" } as Claim] });
    const parsed = (more: string) => parseStudy(`${text}\n${more}`, "study.yaml", catalogue, undefined, bring);
    expect((await parsed("seeds: 3")).claims).toHaveLength(1);
    await expect(parsed("precision: { risk: 1% }")).rejects.toThrow(
      "study.yaml:6:12: the level over looks is kept for hypotheses, and this study has claims of its own too",
    );
  });

  test("begin with the cells of the study without looks, by key and identity, and never compute one twice", async () => {
    for (const more of ["seeds: 3", "seeds: 2"]) {
      const [plain, study] = [await studyOf(more), await studyOf(`${more}\nprecision: decided`)];
      const plans = (of: Study, looks: number) =>
        cellsOfLooks(of, looks).map(({ columns }) => planOf({ ...jobOf(of), cells: [] }, columns));
      const identities = (of: Study, looks: number) => plans(of, looks).map(({ key, identity }) => ({ key, identity }));
      expect(identities(study, 1)).toEqual(identities(plain, 1));
      expect(plain.settings).not.toHaveProperty("sequential");
      const all = plans(study, study.sequential!.sizes.length);
      expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
      expect(all.length).toBe(more === "seeds: 3" ? 2 * 48 : 2 * 2 * study.sequential!.sizes.length);
    }
  });
});

describe("prompts of several looks", () => {
  test("are put together as if they had been measured at once", () => {
    const draws = new Draws(keyOf(5));
    const whole = new Moments(2);
    const parts = [400, 200, 300].map((prompts, i) => {
      const part = new Moments(2);
      for (let b = 0; b < prompts; b++) {
        const common = draws.normal();
        const pair = [1 + (common + draws.normal()) ** 2, 2 + common ** 2];
        part.add(pair);
        whole.add(pair);
      }
      return rowsOf(part, prompts, i + 1);
    });
    const [a, b] = pooledLooks(parts.flat(), ["context"]);
    expect(a).toMatchObject({ name: "a", prompts: 900, status: "ok", trainedSteps: 7 });
    expect(a).not.toHaveProperty("look");
    expect(a!.risk).toBeCloseTo(whole.mean(0), 12);
    expect(b!.excess).toBeCloseTo(whole.mean(1) - 1, 12);
    // Deviations from the means of the parts, not of the whole, with variances of the parts: nearly the same.
    expect(a!.standardError! / whole.standardError(0)).toBeCloseTo(1, 1);
    expect((a!["covariance.b"] as number) / whole.covarianceOfMeans(0, 1)).toBeCloseTo(1, 1);
  });

  test("are undefined where any of them are", () => {
    const moments = new Moments(2);
    moments.add([1, 2]);
    moments.add([2, 3]);
    const rows = [...rowsOf(moments, 2, 1), ...rowsOf(moments, 2, 2)];
    const broken = rows.map((row) =>
      row.look === 2 && row.name === "a" ? { ...row, risk: null, status: "undefined" } : row,
    );
    expect(pooledLooks(broken as Measurement[], ["context"])[0]).toMatchObject({ risk: null, status: "undefined" });
  });

  function rowsOf(moments: Moments, prompts: number, look: number): Measurement[] {
    return ["a", "b"].map((name, i) => {
      const base = {
        name,
        kind: "predictor",
        exact: false,
        seed: 0,
        context: 8,
        testContext: 8,
        status: "ok",
        prompts,
      };
      const covariances = {
        "covariance.a": moments.covarianceOfMeans(i, 0),
        "covariance.b": moments.covarianceOfMeans(i, 1),
      };
      const numbers = { risk: moments.mean(i), excess: moments.mean(i) - 1, standardError: moments.standardError(i) };
      const first = look === 1 ? { trainedSteps: 7 } : { look };
      return { ...base, ...numbers, ...covariances, ...first } as Measurement;
    });
  }
});

describe("a study that looks", () => {
  test("adds prompts until the hypothesis is decided and the risk is known as well as was asked", async () => {
    const study = await studyOf("seeds: 1\nprecision: { risk: 6% }\nbudget: { prompts: 100000 }");
    const rows = await looked(study);
    const looks = looksOf(study, rows)!;
    expect(looks).toMatchObject({ unit: "prompts", stopped: "enough is known" });
    expect(looks.made.length).toBeGreaterThan(3);
    expect(looks.leastPrecise!.part).toBeLessThanOrEqual(0.06);
    const [verdict] = judgeStudy(study, rows);
    expect(verdict).toMatchObject({ holds: true, about: "weights", rows: 4 });
    expect(verdict!.why).toMatch(/: clearest at look \d+ of \d+$/);
    // One look less was not enough: what a fixed study with as many prompts would have to say.
    const before = rows.filter(({ look = 1 }) => (look as number) < looks.made.length);
    expect(looksOf(study, before)).toMatchObject({ stopped: null, made: looks.made.slice(0, -1) });
    expect(rows.filter(({ exact, look }) => exact && look !== undefined)).toEqual([]);
  });

  test("adds seeds until the budget is spent, where nothing can be decided", async () => {
    const study = await studyOf("seeds: 3\nprecision: decided\nbudget: { seeds: 6 }", {
      hypothesis: "risk(zero) <= exact(zero)",
    });
    const rows = await looked(study);
    expect(looksOf(study, rows)).toMatchObject({
      unit: "seeds",
      made: [3, 6],
      planned: 2,
      stopped: "the budget is spent",
    });
    expect(judgeStudy(study, rows)).toMatchObject([{ holds: null, about: "training" }]);
    // A look that is not whole is not looked at.
    const torn = rows.filter(({ seed }) => seed !== 5);
    expect(looksMade(study, torn)).toBe(1);
    expect(judgeStudy(study, torn)).toEqual(
      judgeStudy(
        study,
        rows.filter(({ seed }) => seed === null || seed < 3),
      ),
    );
  });

  test("looks at the same trained models again, whether they are still there or trained once more", async () => {
    const models = "models: [{ name: lsa, mixer: linear-attention, train: { steps: 3, batch: 4 } }]";
    const study = await studyOf("seeds: 1\nprecision: decided", { models });
    const job = jobOf(study);
    const [first, again] = [cellsOfLook(study, 1)[0]!, cellsOfLook(study, 2)[0]!].map(({ columns }) => ({
      columns,
      plan: planOf({ ...job, cells: [] }, columns),
    }));
    expect(again!.columns).toEqual({ ...first!.columns, look: 2 });
    expect(canonical(again!.plan.trials[0]!.key)).toBe(canonical(first!.plan.trials[0]!.key));
    expect(first!.plan.key).toEqual(cellKey("study", 0, first!.columns));
    const run = (trial: Trial): Run => {
      const weights = trial.mixer.init(trial.key, trial.law.features);
      return { trial, snapshots: [{ trial: 0, step: 3, loss: 1, weights, status: "ok" }], status: "ok" };
    };
    const measured = async (
      of: Omit<Job, "cells">,
      { columns, plan }: NonNullable<typeof again>,
      given: readonly Run[],
    ) => (await of.experiment.measure(columns, given, { key: plan.key })) as Measurement[];
    const runs = first!.plan.trials.map(run);
    const rows = await measured(job, first!, runs);
    expect(planOf({ ...job, cells: [] }, again!.columns).trials).toEqual([]);
    const kept = await measured(job, again!, []);
    const anew = await measured(jobOf(study), again!, again!.plan.trials.map(run));
    expect(kept).toEqual(anew);
    expect(kept[0]).toMatchObject({ name: "lsa", look: 2, prompts: 25 });
    expect(kept[0]!.risk).not.toBe(rows[0]!.risk);
    expect(kept.some(({ trainedSteps }) => trainedSteps !== undefined)).toBe(false);
  });
});

test("how many looks were made is said, by which bound, and what is known worst", () => {
  const worst = { name: "lsa", cell: "context 8", part: 0.0042 };
  const looks = {
    unit: "seeds",
    made: [5, 8],
    planned: 7,
    bound: "some bound",
    stopped: "enough is known",
    leastPrecise: worst,
  } as const;
  expect(hypothesesTested([], 0.0027, looks)).toMatch(
    "at most; 2 of at most 7 looks were made, at 5, 8 seeds, then enough is known; the level is kept over all of them by " +
      "some bound; every risk is known to 0.42 %, least well lsa (context 8)",
  );
});
