import tfjsCpu from "../src/backends/tfjs-cpu.js";
import { mixerContract } from "../src/contracts/mixer.js";
import { context, features } from "../src/contracts/mixer-prompts.js";
import linear from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import { nd } from "../src/math/nd.js";
import { descentForm } from "../src/mixers/descent-form.js";
import type { StackWeights } from "../src/mixers/layer.js";
import { linearLayer } from "../src/mixers/linear-layer.js";
import { stack } from "../src/mixers/stack.js";
import type { OpenTfjs } from "../src/types.js";

let backend: OpenTfjs;
beforeAll(async () => {
  backend = (await tfjsCpu.open()) as OpenTfjs;
});
afterAll(() => backend.close());

const common = { tied: false, heads: 1, damping: 0.25, init: { scale: 0.1 } };

describe.each([false, true])("a stack of descent, curved %s,", (curved) => {
  const mixer = stack(linearLayer("own"), { ...common, depth: 2, weights: descentForm(curved) });

  for (const { says, check } of mixerContract(mixer, () => backend)) test(says, async () => check());

  test("predicts as the merged stack of its own layers", () => {
    const weights = mixer.init(keyOf(3), features) as StackWeights;
    const D = features + 1;
    // Entries outside of the form are not read: they may hold anything.
    const noisy = (array: StackWeights["KQ"] | StackWeights["PV"]) =>
      nd(
        array.axes,
        array.shape,
        Float64Array.from(array.data, (value, i) => (value === 0 ? 7 + (i % D) : value)),
      );
    const law = linear.make(linear.options.parse({ features }), { features, context });
    const prompts = law.draw(keyOf(4), { from: 0, count: 8 }, context);
    const merged = stack(linearLayer("own"), { ...common, depth: 2, damping: 1, weights: "merged" });
    const layers = mixer.layers!(weights);
    const own = mixer.forward({ KQ: noisy(weights.KQ), PV: weights.PV }, prompts).data;
    const other = merged.forward({ KQ: layers.KQ, PV: layers.PV }, prompts).data;
    for (const [b, prediction] of own.entries()) expect(prediction).toBeCloseTo(other[b]!, 12);
    expect(Math.max(...own.map(Math.abs))).toBeGreaterThan(0.01);
  });
});
