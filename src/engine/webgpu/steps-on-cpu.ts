import type { KernelFunc } from "@tensorflow/tfjs-core";
import { type Instance, instantiate } from "../../kernels/instance.js";
import { wasm } from "../../kernels/webassembly.js";
import { foldIn } from "../../math/keys.js";
import { clip } from "../../training/clip.js";
import { largestLoss } from "../../training/largest-loss.js";
import { Outputs } from "../training-program.js";
import type { Plan } from "./plan.js";
import { Word } from "./record.js";
import { MEMORY, Status, Tail } from "./shader-frame.js";
import type { Given, Steps } from "./train-steps.js";

const instances = new WeakMap<Plan, Instance>();

function instanceOf(plan: Plan): Instance {
  const known = instances.get(plan) ?? instantiate(wasm(plan.request.program));
  instances.set(plan, known);
  return known;
}

/** What tfjs's JavaScript backend offers a kernel. */
interface CpuBackend {
  readonly data: { get(id: object): { readonly values: Float32Array | Int32Array } };
  makeTensorInfo(shape: readonly number[], dtype: string, values: Float32Array): { dataId: object };
}

/** The steps of train-steps.ts on tfjs's JavaScript backend: the same records and memory, by the WebAssembly kernel. */
export const onCpu: KernelFunc = ({ inputs, attrs, backend }) => {
  const cpu = backend as unknown as CpuBackend;
  const { plan, first, last, origin } = attrs as unknown as Steps & { readonly plan: Plan };
  const given = inputs as unknown as Given;
  const valuesOf = (name: keyof Given) => cpu.data.get(given[name].dataId).values;
  const [weights, memory] = [valuesOf("weights").slice(), valuesOf("memory").slice()] as [Float32Array, Float32Array];
  const [models, size] = given.weights.shape as [number, number];
  const [words, width] = [given.trials.shape[1]!, given.memory.shape[1]!];
  const span = given.paces.shape[1]!;
  const trials = new Uint32Array(Int32Array.from(valuesOf("trials")).buffer);
  for (let model = 0; model < models; model++) {
    const of = {
      words: trials.subarray(model * words, (model + 1) * words),
      weights: weights.subarray(model * size, (model + 1) * size),
      memory: memory.subarray(model * width, (model + 1) * width),
    };
    const end = Math.min(last, of.words[Word.last]!);
    for (let step = first; step <= end && of.memory[MEMORY * size + Tail.status] === Status.running; step++) {
      const at = 3 * (of.words[Word.pace]! * span + step - origin);
      oneStep(plan, of, valuesOf("numbers") as Float32Array, valuesOf("paces").subarray(at, at + 3), step);
    }
  }
  const made = [weights, memory].map((values, i) =>
    cpu.makeTensorInfo((i === 0 ? given.weights : given.memory).shape, "float32", values),
  );
  return made as unknown as ReturnType<KernelFunc>;
};

interface Model {
  readonly words: Uint32Array;
  readonly weights: Float32Array;
  readonly memory: Float32Array;
}

function oneStep(plan: Plan, model: Model, numbers: Float32Array, pace: ArrayLike<number>, step: number): void {
  const { words, weights, memory } = model;
  const { program } = plan.request;
  const reals = new Float32Array(words.buffer, words.byteOffset, words.length);
  const taken = (at: number, length: number) => Float64Array.from(numbers.subarray(at, at + length));
  const tables = Object.entries(program.tables).map(
    ([name, length], t) => [name, taken(words[Word.tables + t]!, length)] as const,
  );
  const sums = instanceOf(plan).sums(
    {
      parameters: Float64Array.from(weights),
      settings: taken(words[Word.settings]!, program.settings),
      tables: Object.fromEntries(tables),
      key: foldIn([words[Word.keyHigh]!, words[Word.keyLow]!], step),
    },
    0,
    words[Word.batch]!,
  );
  const scaled = sums.map((sum) => sum * reals[Word.scale]!);
  const [loss, labels] = [scaled[Outputs.loss]!, scaled[Outputs.squaredAnswer]!];
  const slopes = scaled.slice(Outputs.gradient);
  const tail = MEMORY * weights.length;
  memory[tail + Tail.step] = step;
  if (!(loss <= largestLoss(labels, 1)) || !slopes.every(Number.isFinite)) {
    memory[tail + Tail.status] = Status.badLoss;
    weights.forEach((_, q) => {
      weights[q] = memory[MEMORY * q + 3]!;
    });
    return;
  }
  memory[tail + Tail.loss] = loss;
  move(model, clip(slopes, reals[Word.clip]! > 0 ? reals[Word.clip]! : null), reals, pace);
}

/** All weights by their slopes, or none where one would not be finite: the rules of training/optimizers.ts. */
function move({ words, weights, memory }: Model, slopes: Float64Array, reals: Float32Array, pace: ArrayLike<number>) {
  const rate = reals[Word.rate]! * pace[0]!;
  const moved = Array.from(slopes, (slope, q) => {
    const at = MEMORY * q;
    const weight = weights[q]! + memory[at]!;
    const first = reals[Word.first]! * memory[at + 1]! + reals[Word.firstRest]! * slope;
    if (words[Word.adapts] === 0) return [weight - rate * first, first, 0] as const;
    const second = reals[Word.second]! * memory[at + 2]! + reals[Word.secondRest]! * slope ** 2;
    const step = (rate * first * pace[1]!) / (Math.sqrt(second * pace[2]!) + reals[Word.epsilon]!);
    return [weight - step - rate * reals[Word.decay]! * weight, first, second] as const;
  });
  if (!moved.every(([weight]) => Number.isFinite(Math.fround(weight)))) {
    memory[MEMORY * weights.length + Tail.status] = Status.badUpdate;
    return;
  }
  moved.forEach(([weight, first, second], q) => {
    memory.set([weight - Math.fround(weight), first, second, weights[q]!], MEMORY * q);
    weights[q] = weight;
  });
}
