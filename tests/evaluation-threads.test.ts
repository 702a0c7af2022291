import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";
import { type Entrant, modelEntrant, predictorEntrant } from "../src/evaluation/entrant.js";
import { measure, type Test } from "../src/evaluation/measure.js";
import { threads } from "../src/evaluation/threads.js";
import { linearRegressionLaw } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import linear from "../src/mixers/linear-attention.js";
import softmax from "../src/mixers/softmax-attention.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import type { Lengths, Mixer, Prompts, Tuned, Unit } from "../src/types.js";

// Searches for best steps and starts of threads take a second, or ten where others work.
jest.setTimeout(60_000);

const features = 3;
const law = linearRegressionLaw({
  features,
  noise: 0.3,
  covariance: [2, 1, 0.5].map((v, i) => [0, 1, 2].map((j) => (i === j ? v : 0))),
});
const place = (context: Lengths): Test => ({
  law,
  context,
  prompts: 2100,
  key: keyOf(4),
  seed: 0,
  columns: { context: 5 },
});
/** A recipe whose module is this text. */
const recipeOf = (text: string) => () => ({
  module: `data:text/javascript,${encodeURIComponent(text)}`,
  constants: null,
});
const nothing = ({ answer }: Prompts) => nd(["batch"], [answer.shape[0]]);
const stranger = (text: string): Entrant => ({
  name: "stranger",
  kind: "model",
  predict: nothing,
  exact: null,
  recipe: recipeOf(text),
});

const context = 5;

/** Every predictor that applies to the law, a model of each attention, and one whose training diverged. */
async function everyone(): Promise<Entrant[]> {
  const { predictors } = await loadCatalogue();
  const at = { population: law.population, context };
  const algorithms = [...predictors.values()].flatMap((unit) => {
    const options = [{}, undefined, 2].map((given) => unit.options.safeParse(given)).find(({ success }) => success);
    if (!options?.success) return [];
    const predictor = unit.make(options.data, { features, context });
    return predictor.applies(law.population) === true ? [predictorEntrant(predictor, at, at)] : [];
  });
  const models = ([linear, softmax] as Unit<unknown, Mixer>[]).map((unit) => {
    const mixer = unit.make(unit.options.parse({ init: { scale: 0.5 } }), { features, context });
    return modelEntrant(mixer.name, mixer, mixer.init(keyOf(1), features));
  });
  return [...algorithms, ...models, { ...models[0]!, name: "diverged", predict: null }];
}

const made = everyone();
beforeAll(async () => void (await made));
afterAll(() => threads.close());

describe("measuring on threads", () => {
  test.each<[string, Lengths]>([
    ["one length", context],
    ["a range of lengths", { uniform: [0, 6] }],
  ])("gives the rows of one thread bit for bit, on 2 and on 3: %s", async (_, lengths) => {
    const entrants = await made;
    const here = entrants.map((entrant) => ({ ...entrant, recipe: () => undefined }));
    const alone = await measure(here, { ...place(lengths), threads: 1 });
    expect(alone.filter(({ exact, status }) => !exact && status === "ok").length).toBe(entrants.length - 1);
    expect(entrants.length).toBeGreaterThanOrEqual(10);
    for (const count of [2, 3]) expect(await measure(entrants, { ...place(lengths), threads: count })).toEqual(alone);
  });

  test("is of the entrants' recipes: another one gives another number", async () => {
    const half = "export const restore = () => ({ answer }) => ({ data: answer.data.map((y) => y / 2) })";
    const [row] = await measure([stranger(half)], { ...place(5), threads: 2 });
    const [zero] = await measure([stranger(half)], { ...place(5), threads: 1 });
    expect(Math.abs(row!.risk! / (zero!.risk! / 4) - 1)).toBeLessThan(2 ** -50);
  });

  test("stays on this thread with an entrant that is a function only", async () => {
    let calls = 0;
    const own: Entrant = {
      name: "own",
      kind: "model",
      exact: null,
      predict: (prompts) => {
        calls++;
        return nothing(prompts);
      },
    };
    await measure([own, ...(await made)], { ...place(5), threads: 2 });
    expect(calls).toBe(3);
  });

  test("says in one sentence that a thread has ended, and starts it anew for the next measurement", async () => {
    const mortal = stranger("export const restore = () => () => process.exit(3)");
    const measured = measure([mortal], { ...place(5), threads: 2 });
    await expect(measured).rejects.toThrow(/^a thread that measures ended: it left with status 3$/);
    const entrants = (await made).slice(0, 2);
    expect((await measure(entrants, { ...place(5), threads: 2 })).length).toBeGreaterThan(1);
  });

  test("throws what a thread meets, in its own words", async () => {
    const failing = stranger('export const restore = () => () => { throw new RangeError("no such prompt") }');
    await expect(measure([failing], { ...place(5), threads: 2 })).rejects.toMatchObject({
      name: "RangeError",
      message: "no such prompt",
    });
    const absent = { ...stranger(""), recipe: () => ({ module: "file:///no/such/module.js", constants: null }) };
    await expect(measure([absent], { ...place(5), threads: 2 })).rejects.toThrow("Cannot find module");
  });

  test.each([1, 2])("ends at once when its signal is aborted, on %d", async (count) => {
    const large = linearRegressionLaw({ features: 100 });
    const unit = (await loadCatalogue()).predictors.get("ols")!;
    const at = { population: large.population, context: 1000 };
    const entrant = predictorEntrant(unit.make({}, { features: 100, context: 1000 }), at, at);
    const controller = new AbortController();
    const where = {
      ...place(1000),
      law: large,
      context: 1000,
      prompts: 100_000,
      threads: count,
      signal: controller.signal,
    };
    const measured = measure([entrant], where);
    const asked = new Promise<number>((resolve) => {
      setTimeout(() => {
        controller.abort(new Error("enough"));
        resolve(performance.now());
      }, 200);
    });
    await expect(measured).rejects.toThrow("enough");
    expect(performance.now() - (await asked)).toBeLessThan(2000);
  });
});

test("every predictor has a recipe: what its module makes of the posted constants predicts the same bit for bit", async () => {
  const prompts = law.draw(keyOf(8), { from: 3, count: 20 }, { uniform: [0, 5] });
  for (const { name, predict, recipe } of await made) {
    if (predict === null) continue;
    const { module, constants } = recipe!(prompts)!;
    const { restore } = (await import(module)) as { restore(constants: unknown): Tuned["predict"] };
    expect({ name, data: [...restore(structuredClone(constants))(prompts).data] }).toEqual({
      name,
      data: [...predict(prompts).data],
    });
  }
});
