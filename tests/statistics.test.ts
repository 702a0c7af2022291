import { isHeavyTailed } from "../src/claims/heavy-tail.js";
import { lossTrend, stillFalling } from "../src/claims/loss-trend.js";
import { meansOf } from "../src/claims/means.js";
import { warningsOf } from "../src/claims/warnings.js";
import { measure } from "../src/evaluation/measure.js";
import gaussianLinear from "../src/laws/gaussian-linear.js";
import { Draws } from "../src/math/draws.js";
import { foldIn, keyOf } from "../src/math/keys.js";
import { claimsTested, hypothesesTested } from "../src/report/tested.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { reliability } from "../src/runner/publish.js";
import { heavyLaws } from "../src/studies/heavy-law.js";
import { parseStudy } from "../src/studies/parse-study.js";
import type { Measurement, Prompts, Verdict } from "../src/types.js";

function row(seed: number, risk: number, more: object = {}): Measurement {
  const base = { name: "lsa", kind: "model", exact: false, context: 10, testContext: 10, status: "ok", prompts: 1000 };
  return { ...base, seed, risk, excess: risk, standardError: 0.1, ...more } as Measurement;
}

const catalogue = await loadCatalogue();
const studyOf = (law: string) =>
  parseStudy(`title: tails\nlaw: ${law}\ncontext: [4, 8]\npredictors: [zero]`, "study.yaml", catalogue);

const by = ["context", "testContext"];
const warned = (rows: readonly Measurement[]) => warningsOf(rows, meansOf(rows, by), by);

describe("the error of a mean", () => {
  test("is told over seeds and over prompts apart", () => {
    const [mean] = meansOf([row(0, 1), row(1, 2), row(2, 4)], by);
    // s = sqrt(7 / 3) over three seeds; sqrt(3) 0.1 / 3 over prompts.
    expect(mean).toMatchObject({ name: "lsa", cell: "context 10", seeds: [0, 1, 2], carriedBy: null });
    expect(mean!.risk).toBeCloseTo(7 / 3, 12);
    expect(mean!.errorOverSeeds).toBeCloseTo(Math.sqrt(7 / 9), 12);
    expect(mean!.errorOverPrompts).toBeCloseTo(0.1 / Math.sqrt(3), 12);
  });

  test("is undefined where a seed diverged, and over seeds where there is one", () => {
    const diverged = row(1, 2, { risk: null, status: "diverged", standardError: null });
    expect(meansOf([row(0, 1), diverged], by)[0]).toMatchObject({ risk: null, errorOverSeeds: null });
    expect(meansOf([row(0, 1)], by)[0]).toMatchObject({ risk: 1, errorOverSeeds: null, errorOverPrompts: 0.1 });
  });
});

describe("a mean that one seed carries", () => {
  test("is told with the means without each seed", () => {
    expect(warned([1, 1.02, 10].map((risk, seed) => row(seed, risk)))).toEqual([
      "lsa (context 10): its mean risk 4.007 is carried by seed 2; it is 5.51 without seed 0, 5.5 without seed 1, " +
        "1.01 without seed 2",
    ]);
  });

  test("is told with the range of the others where there are many seeds, of which one that is merely odd carries none", () => {
    const wave = (seed: number) => 1 + 0.1 * Math.sin(seed);
    const of = (last: number) =>
      warned(Array.from({ length: 40 }, (_, seed) => row(seed, seed === 39 ? last : wave(seed))));
    expect(of(1.4)).toEqual([]);
    expect(of(9)).toEqual([
      expect.stringMatching(/ carried by seed 39; it is 1 without seed 39, 1\.20\d to 1\.20\d without another$/),
    ]);
  });

  test("is not seen in seeds that are merely spread, nor in seeds that agree", () => {
    expect(warned([1, 2, 4].map((risk, seed) => row(seed, risk)))).toEqual([]);
    expect(warned([1, 1, 1].map((risk, seed) => row(seed, risk)))).toEqual([]);
  });

  test("is seen in one mean of a hundred where seeds are normal", () => {
    const draws = new Draws(keyOf(3));
    const means = 4000;
    let alarms = 0;
    for (let i = 0; i < means; i++)
      alarms += warned(Array.from({ length: 5 }, (_, seed) => row(seed, 3 + draws.normal()))).length;
    expect(Math.abs(alarms / means - 0.01)).toBeLessThan(4 * Math.sqrt(0.01 / means));
  });
});

describe("a training that had not converged", () => {
  const losses = (loss: (t: number) => number) =>
    Array.from({ length: 30 }, (_, i) => ({ step: 10 * (i + 1), loss: loss((i + 1) / 30) }));

  test("is told by the slope of the last third, as a part of the loss", () => {
    const wave = (t: number) => 1e-3 * Math.cos(300 * Math.PI * t);
    const trend = lossTrend(
      losses((t) => 3 - t + wave(t)),
      300,
    )!;
    // The line falls by a third, from a mean over t in (2/3, 1] of 3 - 0.85.
    expect(trend.fall).toBeCloseTo(1 / 3 / 2.15, 3);
    expect(trend.degrees).toBe(8);
    expect(stillFalling(trend)).toBe(true);
    expect(lossTrend(losses((t) => 3 - t).slice(0, 23), 300)).toBeNull();
  });

  test("is not told of one that rises, or falls by less than 1 %", () => {
    const wave = (t: number) => 1e-6 * Math.cos(300 * Math.PI * t);
    expect(
      stillFalling(
        lossTrend(
          losses((t) => 3 + t + wave(t)),
          300,
        )!,
      ),
    ).toBe(false);
    expect(
      stillFalling(
        lossTrend(
          losses((t) => 3 - 0.05 * t + wave(t)),
          300,
        )!,
      ),
    ).toBe(false);
  });

  test("is told wrongly as often as 3 sigma on one side, of a loss that only scatters", () => {
    const draws = new Draws(keyOf(4));
    const runs = 20_000;
    let alarms = 0;
    for (let i = 0; i < runs; i++)
      if (
        stillFalling(
          lossTrend(
            losses(() => 1 + 0.1 * draws.normal()),
            300,
          )!,
        )
      )
        alarms++;
    expect(Math.abs(alarms / runs - 0.00135)).toBeLessThan(4 * Math.sqrt(0.00135 / runs));
  });

  test("is named once, whatever the tests of its cell", () => {
    const trend = { lossFall: 0.2, lossFallError: 0.01, lossFallDegrees: 20 };
    expect(warned([row(0, 1, trend), row(0, 2, { ...trend, testContext: 20 })])).toEqual([
      "lsa (context 10, seed 0) had not converged: its loss fell by 20 ± 1 % over the last third of its steps",
    ]);
  });
});

describe("a standard error that one prompt makes", () => {
  /** The part of the largest of `prompts` squared errors, measured as a study measures it. */
  async function shareOf(draw: (draws: Draws) => number, prompts: number, run: number): Promise<number> {
    const law = gaussianLinear.make(gaussianLinear.options.parse({ features: 1, noise: 0 }), {
      features: 1,
      context: 1,
    });
    const draws = new Draws(foldIn(keyOf(7), run));
    const predict = ({ answer }: Prompts) => ({ ...answer, data: answer.data.map((label) => label + draw(draws)) });
    const entrant = { name: "a", kind: "predictor", predict, exact: null } as never;
    const test = { law, context: 1, prompts, key: keyOf(run), seed: 0, columns: { context: 1 }, tails: true };
    const [measured] = await measure([entrant], test);
    return measured!.largestShare as number;
  }

  test("is told of squared errors without a variance, about every other time, and of Gaussian ones hardly ever", async () => {
    const runs = 40;
    const [heavy, gaussian] = [[], []] as [number[], number[]];
    for (let run = 0; run < runs; run++) {
      // Student's t of 2.5 degrees: its square has a mean and no variance.
      heavy.push(await shareOf((draws) => draws.student(2.5), 2000, run));
      gaussian.push(await shareOf((draws) => draws.normal(), 2000, run));
    }
    expect(heavy.filter((share) => isHeavyTailed(share, 2000)).length).toBeGreaterThan(0.3 * runs);
    expect(gaussian.filter((share) => isHeavyTailed(share, 2000))).toEqual([]);
  });

  test("is the largest squared deviation over the sum of all", async () => {
    // Errors 3, 0, 0, 0: squares 9, 0, 0, 0 about 2.25; 6.75^2 / (6.75^2 + 3 * 2.25^2) = 0.75.
    let at = 0;
    expect(await shareOf(() => (at++ % 4 === 0 ? 3 : 0), 4, 0)).toBeCloseTo(0.75, 12);
    expect(warned([row(0, 1, { largestShare: 0.6 })])).toEqual([
      "lsa (context 10, seed 0): do not trust its standard error; one prompt of 1000 makes 60 % of the squared errors' spread",
    ]);
  });
});

test.each([
  [
    "{ student: 3 }",
    /^the law gaussian-linear has inputs of Student's t with 4 degrees of freedom or fewer: squared errors have/,
  ],
  ["{ student: 4 }", /4 degrees of freedom or fewer: squared errors have no variance, and no standard error of a risk/],
  ["{ student: 6 }", /Student's t with 6 degrees of freedom: squared errors of what is quadratic in a context input/],
  ["{ student: 8 }", /with 8 degrees of freedom: squared errors of what is quadratic/],
])("a law of inputs %s is told to make standard errors untrustworthy", async (inputs, expected) => {
  const study = await studyOf(`{ kind: gaussian-linear, features: 2, inputs: ${inputs} }`);
  expect(heavyLaws(study)).toEqual([expect.stringMatching(expected)]);
  expect(reliability(study, [], []).warnings).toEqual(heavyLaws(study));
});

test("a law with moments enough, or of series, is told to have none too few, or the same of its innovations", async () => {
  for (const inputs of ["{ student: 9 }", "gaussian", "{ uniform: 1 }"])
    expect(heavyLaws(await studyOf(`{ kind: gaussian-linear, features: 2, inputs: ${inputs} }`))).toEqual([]);
  const series = await studyOf("{ kind: autoregressive, coefficients: [0.5], window: 2, innovations: { student: 3 } }");
  expect(heavyLaws(series)).toEqual([
    expect.stringMatching("the law autoregressive has innovations of Student's t with 4"),
  ]);
});

test("how many were tested is said, and what that was counted for", () => {
  const verdict = (about: Verdict["about"]) => ({ claim: { says: "", id: "", expected: "holds" }, verdict: { about } });
  const judged = [verdict("exact"), verdict("training"), verdict("weights")] as never;
  expect(hypothesesTested(judged, 0.0027)).toBe(
    "3 hypotheses tested together, 2 with chance in them: by Holm's step-down any is decided wrongly with probability " +
      "0.0027 at most",
  );
  expect(claimsTested(judged, 0.0027)).toContain("3 claims tested, 2 with chance in them, each at level 0.0027");
  expect(claimsTested(judged, 0.0027)).toContain("probability 0.0054 at most");
});
