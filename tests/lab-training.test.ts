import { describe, expect, test } from "@jest/globals";
import { cpuStepper } from "../src/engine/cpu/stepper.js";
import type { FromTraining } from "../src/lab/messages.js";
import type { Change } from "../src/lab/state/settings.js";
import { START } from "../src/lab/state/start.js";
import { linearLayer } from "../src/lab/work/linear-layer.js";
import { PopulationCourse } from "../src/lab/work/population-course.js";
import { Trainer } from "../src/lab/work/trainer.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import linear from "../src/mixers/linear-attention.js";
import softmax from "../src/mixers/softmax-attention.js";
import stack from "../src/mixers/stack.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { layerRisk } from "../src/theory/layer-risk.js";
import type { Mixer, Weights } from "../src/types.js";
import { openCpu, trained, trialOf } from "./engine-trials.js";

const catalogue = await loadCatalogue();

describe("a stepper on the CPU", () => {
  const trial = trialOf({ record: [5] }, { steps: 9, batch: 300 });

  test("makes the engine's own updates bit for bit, in whatever portions, also from where another one stood", async () => {
    const engine = await openCpu(2);
    const [fifth, last] = await trained(engine, [trial]);
    await engine.close();
    const first = cpuStepper(trial);
    for (const step of [1, 3, 4, 5]) expect((await first.advance(1000, step)).step).toBe(step);
    expect(await first.advance(0, 5)).toEqual({ ...fifth, trial: 0 });
    const second = cpuStepper(trial, first.standing());
    expect(second.step).toBe(5);
    expect(await second.advance(1000, 9)).toEqual({ ...last, trial: 0 });
  });

  test("stands still where training has diverged, at the last weights that had a good loss", async () => {
    const wild = trialOf({}, { rate: 1e200, optimizer: { kind: "sgd", momentum: 0 } });
    const stepper = cpuStepper(wild);
    const end = await stepper.advance(1000, 12);
    expect(end.status).toBe("diverged");
    expect(end.step).toBeLessThan(12);
    expect(await stepper.advance(1000, 12)).toEqual(end);
  });
});

type Told = Extract<FromTraining, { kind: "snapshot" }>;

/** A trainer in Node, and what it has said. */
function trainer() {
  const said: FromTraining[] = [];
  const found = new Trainer(catalogue, (message) => said.push(structuredClone(message)));
  void found.work();
  const last = <Kind extends FromTraining["kind"]>(kind: Kind) =>
    said.findLast((message): message is Extract<FromTraining, { kind: Kind }> => message.kind === kind);
  /** Waits for a snapshot, a while: a promise that is never kept would keep the test runner from ending. */
  const snapshotWhere = async (holds: (snapshot: Told) => boolean): Promise<Told> => {
    for (const end = performance.now() + 15_000; performance.now() < end; ) {
      await new Promise((resume) => setTimeout(resume, 5));
      const snapshot = last("snapshot");
      if (snapshot && holds(snapshot)) return snapshot;
    }
    throw new Error(`training stands at update ${last("snapshot")?.step}, which is not where it was to be`);
  };
  const rested = () => snapshotWhere(({ playing, step }) => !playing && step > 0);
  const reaches = (wanted: number) => snapshotWhere(({ step }) => step === wanted);
  const begin = (until: number | null, changes: readonly Change[] = [], playing = true) =>
    found.receive({
      kind: "begin",
      study: START.settings,
      state: { seed: 3, backend: "cpu", changes, until, speed: null, playing },
    });
  return { trainer: found, said, last, rested, reaches, begin };
}

describe("the lab's training", () => {
  test("pauses, steps and goes on without changing a number", async () => {
    const straight = trainer();
    straight.begin(60);
    const { weights } = await straight.rested();
    const halting = trainer();
    halting.begin(17);
    expect((await halting.rested()).step).toBe(17);
    halting.trainer.receive({ kind: "step", updates: 4 });
    await halting.reaches(21);
    for (let step = 22; step <= 60; step++) {
      halting.trainer.receive({ kind: "step", updates: 1 });
      await halting.reaches(step);
    }
    expect(halting.last("snapshot")!.weights).toEqual(weights);
  });

  test("goes on from its weights under another law, and an address with that change comes to the same weights", async () => {
    const change = { "law.noise": 1.5, context: 7, "model.train.rate": 0.001 };
    const live = trainer();
    live.begin(20);
    await live.rested();
    live.trainer.receive({ kind: "change", set: change });
    live.trainer.receive({ kind: "step", updates: 20 });
    const there = await live.reaches(40);
    expect(live.last("changed")).toMatchObject({ set: change, fresh: true, regime: { step: 20 } });
    const again = trainer();
    again.begin(40, [{ step: 20, set: change }]);
    const replayed = await again.rested();
    expect(again.last("changed")).toMatchObject({ fresh: false, regime: { step: 20 } });
    expect([there.step, replayed.step]).toEqual([40, 40]);
    expect(replayed.weights).toEqual(there.weights);
    const without = trainer();
    without.begin(40);
    expect((await without.rested()).weights).not.toEqual(there.weights);
  });

  test("begins anew where the weights have another shape or the model is another one", async () => {
    const { trainer: found, begin, rested, reaches, said } = trainer();
    begin(5);
    await rested();
    const begun = () => said.filter((message) => message.kind === "begun");
    const { model } = START.settings;
    const changes: Change["set"][] = [
      { "law.features": 7 },
      { "model.heads": 2 },
      // Softmax attention has weights of the same shape.
      { model: { ...model, mixer: "softmax-attention", heads: 2 } },
    ];
    for (const [k, set] of changes.entries()) {
      found.receive({ kind: "change", set });
      found.receive({ kind: "step", updates: k + 1 });
      await reaches(k + 1);
      expect(begun()).toHaveLength(k + 2);
      expect(begun().at(-1)).toMatchObject({ asked: false, regime: { step: 0 } });
    }
    expect(begun().at(-1)).toMatchObject({ regime: { settings: { model: { mixer: "softmax-attention" } } } });
  });

  test("refuses what cannot be with a sentence and goes on, and compares with what applies to the law", async () => {
    const { trainer: found, begin, rested, reaches, last } = trainer();
    begin(5);
    await rested();
    expect(last("begun")!.regime.settings.predictors).toContain("lsa-optimum");
    found.receive({ kind: "change", set: { "law.features": 0 } });
    found.receive({ kind: "step", updates: 1 });
    await reaches(6);
    expect(last("refused")!.sentence).toMatch(/features.*allowed/s);
    // Student's t of 3 degrees has no fourth moment, and the optimum no closed form.
    found.receive({ kind: "change", set: { "law.inputs": { student: 3 } } });
    found.receive({ kind: "step", updates: 1 });
    await reaches(7);
    const { predictors } = last("changed")!.regime.settings;
    expect(predictors).toContain("ridge");
    expect(predictors).not.toContain("lsa-optimum");
  });
});

const features = 3;
const law = linearRegressionLaw({ features, noise: 0.3 });
const made = (options: object): Mixer => linear.make(linear.options.parse(options), { features, context: 6 });

describe("the predicted course", () => {
  const cases = {
    merged: made({ init: { scale: 0.4 }, heads: 2 }),
    factored: made({ weights: "factored", normalize: "none", init: { scale: 0.4 } }),
  };

  test.each(Object.entries(cases))("of %s weights moves against the gradient of the exact risk", (_, mixer) => {
    const start = mixer.init(keyOf(8), features);
    const layer = linearLayer(mixer, start, law, 6);
    if (typeof layer === "string") throw new Error(layer);
    const risk = (weights: Weights) => layerRisk.value(law.population, { layer: layer.products(weights), context: 6 });
    let square = 0;
    for (const [name, weight] of Object.entries(start))
      for (const k of weight.data.keys()) {
        const moved = (by: number) => ({
          ...start,
          [name]: { ...weight, data: Float64Array.from(weight.data, (w, i) => (i === k ? w + by : w)) },
        });
        square += ((risk(moved(2 ** -14)) - risk(moved(-(2 ** -14)))) / 2 ** -13) ** 2;
      }
    const schedule = {
      ...trialOf().schedule,
      steps: 1,
      rate: 1e-6,
      lossFactor: 0.5,
      optimizer: { kind: "sgd", momentum: 0 } as const,
    };
    const course = new PopulationCourse({ population: law.population, context: 6 }, layer, schedule, 0, start);
    const [before, after] = course.advance(1000);
    expect(course.finished).toBe(true);
    expect(before).toEqual({ step: 0, risk: risk(start) });
    // The second order is some curvatures times the rate.
    expect((before!.risk - after!.risk) / (1e-6 * 0.5 * square)).toBeCloseTo(1, 3);
  });

  test("is where training with large batches goes, from the same start", async () => {
    const mixer = cases.factored;
    const schedule = { ...trialOf().schedule, steps: 60, rate: 0.01, batch: 4096 };
    const trial = trialOf({ mixer, law, context: 6 }, schedule);
    const stepper = cpuStepper(trial);
    const { weights: start } = await stepper.advance(0, 0);
    const layer = linearLayer(mixer, start, law, 6);
    if (typeof layer === "string") throw new Error(layer);
    const course = new PopulationCourse({ population: law.population, context: 6 }, layer, schedule, 0, start);
    const predicted = course.advance(60_000);
    const { weights } = await stepper.advance(60_000, 60);
    const risk = layerRisk.value(law.population, { layer: layer.products(weights), context: 6 });
    const [first, last] = [predicted[0]!.risk, predicted.at(-1)!.risk];
    expect(first - last).toBeGreaterThan(0.3 * first);
    // A batch's gradient has errors of a few times 1 / sqrt(4096) of itself.
    expect(Math.abs(risk - last) / (first - last)).toBeLessThan(4 / Math.sqrt(4096));
  });
});

test("only one layer of linear attention is one, found by what it predicts", () => {
  const site = { features, context: 6 };
  const [heads, layers] = [
    softmax.make(softmax.options.parse({}), site),
    stack.make(stack.options.parse({ depth: 2 }), site),
  ];
  for (const mixer of [heads, layers])
    expect(linearLayer(mixer, mixer.init(keyOf(0), features), law, 6)).toMatch(/one layer of linear attention/);
  const products = (mixer: Mixer) => {
    const weights = { ...mixer.init(keyOf(0), features) };
    const layer = linearLayer(mixer, weights, law, 6);
    return typeof layer === "string" ? null : layer.products(weights).OV.data[0]! / mixer.products(weights).OV.data[0]!;
  };
  expect(products(made({}))).toBe(1);
  expect(products(made({ normalize: "none" }))).toBeCloseTo(6, 10);
  // Divided by nothing, prompts of mixed lengths are no layer of one factor.
  const mixed = made({ normalize: "none" });
  expect(linearLayer(mixed, mixed.init(keyOf(0), features), law, { uniform: [2, 9] })).toMatch(/one layer/);
});
