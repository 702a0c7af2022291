import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { create, globals } from "webgpu";
import { trainingProgram } from "../../src/engine/training-program.js";
import { trialProgram } from "../../src/engine/trial-program.js";
import { fusedPlan } from "../../src/engine/webgpu/fused-plan.js";
import { type Plan, planOf, type Request } from "../../src/engine/webgpu/plan.js";
import { splitPlan } from "../../src/engine/webgpu/split-plan.js";
import type { Traits } from "../../src/engine/webgpu/traits.js";
import { linearRegressionLaw } from "../../src/laws/gaussian-linear.js";
import linear from "../../src/mixers/linear-attention.js";
import softmax from "../../src/mixers/softmax-attention.js";
import type { Law, Lengths, Mixer } from "../../src/types.js";
import { lawCases } from "../law-cases.js";
import { mixerCases } from "../mixer-cases.js";

/** Dawn without a GPU underneath: its compiler checks WGSL as any other's would. */
let device: GPUDevice;
/** Collected, it would take the device with it. */
let gpu: GPU | null = null;
beforeAll(async () => {
  Object.assign(globalThis, globals);
  gpu = create(["backend=null"]);
  const adapter = await gpu.requestAdapter();
  device = await adapter!.requestDevice({ requiredFeatures: ["subgroups" as GPUFeatureName] });
});
afterAll(() => {
  device.destroy();
  gpu = null;
});

async function complaints({ kernels }: Plan): Promise<string[]> {
  const found: string[] = [];
  for (const { text } of kernels) {
    const { messages } = await device.createShaderModule({ code: text }).getCompilationInfo();
    for (const { message, lineNum } of messages) found.push(`${message}: ${text.split("\n")[lineNum - 1]}`);
  }
  return found;
}

/** The least that WebGPU guarantees, and a GPU that can do more. */
const least: Traits = {
  ...{ workgroupBytes: 16384, invocations: 256, subgroup: null, turns: "polynomial" },
  ...{ together: false, software: false },
};
const large: Traits = {
  ...{ workgroupBytes: 49152, invocations: 1024, subgroup: 32, turns: "native" },
  ...{ together: true, software: false },
};

function requestOf(law: Law, mixer: Mixer, context: Lengths, batch: number, models: number): Request {
  const program = trainingProgram(trialProgram(law.program, mixer.program, law.features, context));
  return { program, batches: [batch], models };
}

const features = 2;
const context = 3;
const pairs = lawCases().flatMap(({ title, law }, l) =>
  mixerCases({ features, context }).map((of, m) => ({
    title: `${of.title} on ${title}`,
    law,
    mixer: of.mixer,
    at: l + m,
  })),
);

/** The kernels of many models, of one whose workgroups wait for each other, and of two dispatches, and of hidden bounds, in turn. */
const ways: readonly ((request: Request) => Plan)[] = [
  (request) => planOf({ ...request, models: 1000 }, least),
  (request) => planOf(request, large),
  (request) => splitPlan(request, least, { lanes: 64, groups: 3 }),
  (request) => {
    const shape = { lanes: 32, perPrompt: 2, groups: 1, resident: false, opaque: true };
    return fusedPlan(request, large, shape) ?? splitPlan(request, large, { lanes: 32, groups: 1 });
  },
];

test.each(pairs)("the kernel of $title is WGSL that compiles without a word", async ({ law, mixer, at }) => {
  expect(await complaints(ways[at % ways.length]!(requestOf(law, mixer, context, 300, 1)))).toEqual([]);
});

test("the check sees a kernel that is no WGSL", async () => {
  const [{ law, mixer }] = pairs as [(typeof pairs)[0]];
  const plan = planOf(requestOf(law, mixer, context, 300, 1), least);
  const broken = {
    ...plan,
    kernels: plan.kernels.map((kernel) => ({ ...kernel, text: kernel.text.replace("f32", "u32") })),
  };
  expect(await complaints(broken)).not.toEqual([]);
});

describe("the plan of a training", () => {
  const law = linearRegressionLaw({ features: 10 });
  const site = { features: 10, context: 20 };
  const layer = linear.make(linear.options.parse({}), site);
  const factored = softmax.make(softmax.options.parse({ heads: 2, weights: "factored" }), site);
  const wide = linear.make(linear.options.parse({}), { features: 40, context: 20 });

  test("gives many models a workgroup each, and all their updates to one dispatch", () => {
    const plan = planOf(requestOf(law, layer, 20, 256, 1024), large);
    expect(plan).toMatchObject({ says: "128 lanes a model", together: 1, partials: 1 });
    expect(plan.kernels.map(({ groups }) => groups)).toEqual([1]);
  });

  test("lets workgroups share one model where they run together, and makes two dispatches where they do not", () => {
    const request = requestOf(law, layer, 20, 2048, 1);
    const shared = planOf(request, large);
    expect(shared.together).toBe(64);
    expect(shared.kernels[0]!.text).toContain("subgroupShuffleXor");
    const split = planOf(request, { ...large, together: false });
    expect(split.kernels.map(({ groups }) => groups)).toEqual([32, 1]);
    expect(split.together).toBe(1);
  });

  test("needs no more workgroup memory than there is", () => {
    for (const [model, on] of [
      [layer, law],
      [factored, law],
      [wide, linearRegressionLaw({ features: 40 })],
    ] as const)
      for (const traits of [least, large])
        for (const models of [1, 1000])
          for (const { text } of planOf(requestOf(on, model, 20, 256, models), traits).kernels) {
            const arrays = [...text.matchAll(/var<workgroup> \w+: array<f32, (\d+)>/g)];
            const bytes = arrays.reduce((sum, [, length]) => sum + 4 * Number(length), 0);
            expect(bytes).toBeGreaterThan(0);
            expect(bytes).toBeLessThanOrEqual(traits.workgroupBytes);
          }
  });

  test("puts every output of the program into exactly one sum", () => {
    const request = requestOf(law, factored, 20, 256, 1000);
    const outputs = 2 + request.program.parameters;
    for (const plan of [
      fusedPlan(request, large, { lanes: 64, perPrompt: 1, groups: 1, resident: true })!,
      planOf(request, least),
    ]) {
      const made = Array.from({ length: plan.places.length / 4 }, (_, e) => plan.places.subarray(4 * e, 4 * e + 4));
      const taken = made.filter(([, , , kind]) => kind! > 0).map(([, , output]) => output!);
      expect(taken.sort((a, b) => a - b)).toEqual(Array.from({ length: outputs }, (_, k) => k));
    }
  });

  test("is a function of what is asked: equal requests have equal texts", () => {
    const [first, second] = [0, 1].map(() => planOf(requestOf(law, layer, 20, 256, 1024), large));
    expect(second!.kernels).toEqual(first!.kernels);
  });
});
