import { uploadPrompts, uploadWeights } from "../backends/upload.js";
import { keyOf } from "../math/keys.js";
import { nd } from "../math/nd.js";
import type { Mixer, OpenTfjs, Prompts, Symmetry, Weights } from "../types.js";
import { type Clause, demand } from "./clause.js";
import { demandClose, demandSame, largest, short } from "./gap.js";
import { batch, features, part, randomPrompts, randomWeights } from "./mixer-prompts.js";
import { symmetryGap } from "./mixer-symmetries.js";
import { tensorGradient } from "./tensor-gradient.js";

/**
 * What a mixer owes on a backend of tfjs: its two forms are one function with one gradient, prompts do not hear of each
 * other, and it is as symmetric as it says. `mixer` was made for `features` and `context` of mixer-prompts.
 *
 * @param backend opened by the time a clause is checked
 */
export function mixerContract(mixer: Mixer, backend: () => OpenTfjs): readonly Clause[] {
  const weights = randomWeights(mixer, 5);
  const names = Object.keys(weights);
  const forward = (prompts: Prompts) => mixer.forward(weights, prompts).data;
  const apply = async (given: Prompts): Promise<Float32Array> => {
    const { tf } = backend();
    const answer = tf.tidy(() => mixer.apply(tf, uploadWeights(tf, weights), uploadPrompts(tf, given)));
    const [count] = given.query.shape;
    demand(
      answer.shape.length === 1 && answer.shape[0] === count,
      `apply answers ${JSON.stringify(answer.shape)} to a batch of ${count}; allowed: [${count}]`,
    );
    const data = (await answer.data()) as Float32Array;
    answer.dispose();
    return data;
  };
  const agreement = (lengths: "equal" | "mixed"): Clause => ({
    says: `apply agrees with forward within 16 roundoffs of the largest prediction, ${lengths} lengths`,
    async check() {
      const prompts = randomPrompts(7, lengths === "mixed");
      const reference = forward(prompts);
      demand(
        largest(reference) > 0.1,
        `forward predicts no more than ${short(largest(reference))} of weights of size 1`,
      );
      demandClose("predictions of apply and of forward", await apply(prompts), reference, 16, backend().roundoff);
    },
  });

  return [
    agreement("equal"),
    agreement("mixed"),
    {
      says: "the gradient of the mean squared error is the finite difference of forward, within 32 roundoffs",
      async check() {
        const prompts = randomPrompts(8, true);
        const actual = await tensorGradient(backend().tf, mixer, weights, prompts);
        const differences = names.map((name) => differencesOf(mixer, weights, name, prompts));
        const scale = Math.max(...differences.map(largest));
        demand(scale > 0.1, `finite differences of forward are no larger than ${short(scale)}`);
        for (const [i, name] of names.entries()) {
          const apart = largest(Array.from(actual[i]!, (slope, at) => slope - differences[i]![at]!));
          demand(
            apart < 32 * backend().roundoff * scale,
            `tfjs's slopes by ${name} are ${short(apart)} off, where the largest is ${short(scale)}`,
          );
        }
      },
    },
    {
      says: "a prompt's answer depends neither on its batch nor on its padding",
      async check() {
        const mixed = randomPrompts(9, true);
        const together = forward(mixed);
        const applied = await apply(mixed);
        for (let b = 0; b < batch; b++) {
          const alone = part(mixed, b, b + 1, mixed.length!.data[b]!);
          demandSame(`forward of prompt ${b} alone`, forward(alone), [together[b]!]);
          const apart = Math.abs((await apply(alone))[0]! - applied[b]!);
          demand(
            apart < 16 * backend().roundoff * largest(together),
            `apply of prompt ${b} alone is ${short(apart)} from what it is beside others and with padding`,
          );
        }
      },
    },
    {
      says: "no pairs predict exactly 0",
      async check() {
        const empty = part(randomPrompts(10, false), 0, batch, 0);
        demand(largest(forward(empty)) === 0, `forward predicts ${short(largest(forward(empty)))} without pairs`);
        const applied = largest(await apply(empty));
        demand(applied === 0, `apply predicts ${short(applied)} without pairs`);
      },
    },
    {
      says: "it has the symmetries that it declares, and no other",
      check() {
        const scale = largest(forward(randomPrompts(31, false)));
        for (const [symmetry, measure] of Object.entries(symmetryGap)) {
          const apart = measure(forward);
          const broken = !(apart <= 64 * 2 ** -53 * scale);
          const declared = mixer.symmetries.includes(symmetry as Symmetry);
          demand(!(declared && broken), `${symmetry} is declared and broken by ${short(apart)}`);
          demand(declared || broken, `${symmetry} holds and is not declared in \`symmetries\``);
        }
      },
    },
    {
      says: "the same key gives the same weights, all finite",
      check() {
        const [one, other] = [mixer.init(keyOf(1), features), mixer.init(keyOf(1), features)];
        for (const [name, { data }] of Object.entries(one)) {
          demandSame(`weights ${name} drawn twice`, other[name]!.data, data);
          demand(Array.from(data).every(Number.isFinite), `weights ${name} start with numbers that are not finite`);
        }
      },
    },
    {
      says: "its products are one KQ (D x D) and one OV (D) a head",
      check() {
        const { KQ, OV } = mixer.products(weights);
        const D = features + 1;
        const [heads] = OV.shape;
        const found = `KQ is ${JSON.stringify(KQ.shape)} and OV ${JSON.stringify(OV.shape)}`;
        const right = [heads, D, D].join() === KQ.shape.join() && [heads, D].join() === OV.shape.join();
        demand(right, `${found}; allowed: [heads, ${D}, ${D}] and [heads, ${D}]`);
        demand(KQ.data.length === heads * D * D, `KQ has ${KQ.data.length} numbers, not ${heads * D * D}`);
      },
    },
    {
      says: "apply and its gradient leave no tensor behind",
      async check() {
        const { tf } = backend();
        const before = tf.memory().numTensors;
        await apply(randomPrompts(11, true));
        await tensorGradient(tf, mixer, weights, randomPrompts(11, true));
        const left = tf.memory().numTensors - before;
        demand(left === 0, `${left} tensors are left`);
      },
    },
  ];
}

/** Central differences of the mean squared error of `forward`, by the entries of one weight. */
function differencesOf(mixer: Mixer, weights: Weights, name: string, prompts: Prompts): Float64Array {
  const answers = prompts.answer.data;
  const { axes, shape, data } = weights[name]!;
  const loss = (i: number, by: number): number => {
    const shifted = Float64Array.from(data, (value, at) => (at === i ? value + by : value));
    const predictions = Array.from(mixer.forward({ ...weights, [name]: nd(axes, shape, shifted) }, prompts).data);
    return predictions.reduce((sum, prediction, b) => sum + (prediction - answers[b]!) ** 2 / batch, 0);
  };
  const step = 2 ** -14;
  return Float64Array.from(data, (_, i) => (loss(i, step) - loss(i, -step)) / (2 * step));
}
