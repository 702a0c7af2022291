import { trialProgram } from "../engine/trial-program.js";
import { float64 } from "../kernels/float64.js";
import { instantiate } from "../kernels/instance.js";
import { type Program, squaredError } from "../kernels/program.js";
import { wasm } from "../kernels/webassembly.js";
import { linearRegressionLaw } from "../laws/gaussian-linear.js";
import { keyOf } from "../math/keys.js";
import type { Lengths, Mixer, OpenTfjs } from "../types.js";
import { type Clause, demand } from "./clause.js";
import { demandClose, gap, largest, short } from "./gap.js";
import { context, features, randomWeights } from "./mixer-prompts.js";
import { tensorGradient } from "./tensor-gradient.js";

const key = keyOf(17);
const batch = 40;
const float32 = 2 ** -24;

/** Prompts that finite differences are taken over: each parameter costs four sums over them. */
const few = 8;

const law = linearRegressionLaw({
  features,
  noise: 0.5,
  covariance: [0, 1, 2].map((i) => [0, 1, 2].map((j) => 0.5 ** Math.abs(i - j))),
});

/**
 * What a mixer's text in the kernel language owes: on prompts of a law it is `forward`, in float64 and on WebAssembly, and
 * its gradient by reverse mode is the finite difference and tfjs's.
 *
 * @param degree how many times as sensitive to roundings of the prompt as one layer the mixer is
 * @param backend opened by the time a clause is checked
 */
export function mixerProgramContract(mixer: Mixer, degree: number, backend: () => OpenTfjs): readonly Clause[] {
  const weights = randomWeights(mixer, 17, 0.5);
  const parameters = Float64Array.from(Object.values(weights).flatMap(({ data }) => [...data]));
  const { settings } = law.program;
  const given = { parameters, settings, key };

  const at = (lengths: Lengths, where: string): Clause[] => {
    // Nothing is compiled before a clause asks for it: a text that cannot be built breaks a clause, not the contract.
    const model = () => trialProgram(law.program, mixer.program, features, lengths);
    const prompts = () => law.draw(key, { from: 0, count: batch }, lengths);
    const sums = () => float64(squaredError(model())).sums(given, 0, batch);
    return [
      {
        says: `a trial's predictions and answers are forward's and draw's on the same prompts, ${where}`,
        check() {
          const outputs = float64(model()).each(given, 0, batch);
          const [predictions, answers] = [0, 1].map((odd) => outputs.filter((_, i) => i % 2 === odd));
          const reference = mixer.forward(weights, prompts()).data;
          demand(largest(reference) > 0.1, `forward predicts no more than ${short(largest(reference))}`);
          demandClose("predictions of the text and of forward", predictions!, reference, 16, Number.EPSILON);
          demandClose("answers of the text and of draw", prompts().answer.data, answers!, 16, Number.EPSILON);
        },
      },
      ...[32, 2].map((unroll) => ({
        says: `WebAssembly gives the float64 predictions, loss and gradient, vectors unrolled to ${unroll}, ${where}`,
        check() {
          const exact = float64(model()).each(given, 0, batch);
          const rounded = instantiate(wasm(model(), { unroll })).each(given, 0, batch);
          demandClose("predictions on WebAssembly and in float64", rounded, exact, 16 * degree, float32);
          const [right, ...slopes] = sums();
          const [loss, ...gradient] = instantiate(wasm(squaredError(model()), { unroll })).sums(given, 0, batch);
          demandClose("losses on WebAssembly and in float64", [loss!], [right!], 16 * degree, float32);
          demandClose("gradients on WebAssembly and in float64", gradient, slopes, 32 * degree, float32);
        },
      })),
      {
        says: `the gradient by reverse mode is the finite difference of the loss to 1e-6, ${where}`,
        check() {
          const expected = differences(model(), parameters, settings);
          demand(
            largest(expected) > 1,
            `finite differences of the loss are no larger than ${short(largest(expected))}`,
          );
          const found = float64(squaredError(model())).sums(given, 0, few).slice(1);
          const apart = gap(found, expected) / largest(expected);
          demand(apart < 1e-6, `the gradient is ${short(apart)} of its size from the finite difference`);
        },
      },
      {
        says: `the gradient by reverse mode is tfjs's within 64 roundoffs, ${where}`,
        async check() {
          const gradients = await tensorGradient(backend().tf, mixer, weights, prompts());
          const actual = gradients.flatMap((gradient) => Array.from(gradient, (slope) => slope * batch));
          demandClose("gradients of tfjs and by reverse mode", actual, sums().slice(1), 64, backend().roundoff);
        },
      },
    ];
  };

  return [
    {
      says: "its text reads as many parameters as its weights have entries",
      check() {
        const read = mixer.program.parameters(features);
        demand(read === parameters.length, `the text reads ${read}, the weights have ${parameters.length}`);
      },
    },
    ...at(context, `${context} pairs`),
    ...at({ uniform: [0, context] }, `0 to ${context} pairs`),
    {
      says: "without pairs predictions and gradients of the text are 0",
      check() {
        for (const none of [0, { uniform: [0, 0] }] as const) {
          const model = trialProgram(law.program, mixer.program, features, none);
          for (const kernel of [float64(model), instantiate(wasm(model))]) {
            const predictions = [...kernel.each(given, 0, 4)].filter((_, i) => i % 2 === 0);
            demand(largest(predictions) === 0, `it predicts ${short(largest(predictions))}`);
          }
          for (const kernel of [float64(squaredError(model)), instantiate(wasm(squaredError(model)))]) {
            const slope = largest(kernel.sums(given, 0, 4).slice(1));
            demand(slope === 0, `the largest slope is ${short(slope)}`);
          }
        }
      },
    },
  ];
}

/** Central differences of fourth order of the loss summed over `few` prompts, by every parameter. */
function differences(of: Program, parameters: Float64Array, settings: Float64Array): Float64Array {
  const kernel = float64({
    ...of,
    body: (inputs) =>
      squaredError({ ...of, parameters: 0 })
        .body(inputs)
        .slice(0, 1),
  });
  return parameters.map((_, i) => {
    const at = (by: number): number => {
      const moved = parameters.map((value, k) => (k === i ? value + by : value));
      return kernel.sums({ parameters: moved, settings, key }, 0, few)[0]!;
    };
    const h = 2 ** -12;
    return (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
  });
}
