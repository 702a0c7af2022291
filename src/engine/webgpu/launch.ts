import type { Tensor } from "@tensorflow/tfjs-core";
import type { OpenWebgpu } from "./backend.js";
import type { Models, Records } from "./entrants.js";
import { paceTable } from "./paces.js";
import type { Plan } from "./plan.js";
import { MEMORY, Tail } from "./shader-frame.js";
import { compile, forget, type Given, trainSteps } from "./train-steps.js";

/** The device has no room for a launch. */
export class OutOfMemory extends Error {}

/** How a model's training stands after a launch. */
export interface Standing {
  readonly status: number;
  readonly step: number;
  readonly loss: number;
}

/** Models of one structure on the device, and the dispatches that train them. */
export class Launch {
  private given: Given | null = null;

  constructor(
    private readonly backend: OpenWebgpu,
    private readonly plan: Plan,
    private readonly records: Records,
  ) {}

  /** Brings models onto the device. @throws OutOfMemory; Error where the device refuses the kernel */
  async load({ weights, memory }: Models): Promise<void> {
    const { tf, device } = this.backend;
    const { trials, words, numbers } = this.records;
    const models = trials.length / words;
    await this.checked(async () => {
      await compile(device, this.plan);
      this.given = {
        weights: tf.tensor2d(weights, [models, weights.length / models]),
        memory: tf.tensor2d(memory, [models, memory.length / models]),
        trials: tf.tensor2d(trials, [models, words], "int32"),
        numbers: tf.tensor1d(numbers.length > 0 ? numbers : new Float32Array(1)),
        paces: this.pacesOf(1, 1),
      };
      // No updates: whatever a launch needs is there, or is found not to be.
      this.replace(trainSteps(tf, this.plan, this.given, { first: 1, last: 0, origin: 1 }));
    });
  }

  /** Makes updates first .. last of all models and answers when the device has made them. */
  async advance(first: number, last: number): Promise<void> {
    const { tf, device } = this.backend;
    await this.checked(async () => {
      const paces = this.pacesOf(first, last);
      this.loaded.paces.dispose();
      this.given = { ...this.loaded, paces };
      this.replace(trainSteps(tf, this.plan, this.loaded, { first, last, origin: first }));
      await device.queue.onSubmittedWorkDone();
    });
  }

  /** The weights of all models, and how each stands. */
  async read(): Promise<{ readonly weights: Float32Array; readonly standings: readonly Standing[] }> {
    const { tf } = this.backend;
    const { weights, memory } = this.loaded;
    const [models, size] = weights.shape as [number, number];
    const tails = tf.slice(memory, [0, MEMORY * size], [models, Tail.length]);
    const [numbers, found] = (await Promise.all([tails.data(), weights.data()])) as [Float32Array, Float32Array];
    tails.dispose();
    const standings = Array.from({ length: models }, (_, m) => {
      const at = m * Tail.length;
      return { status: numbers[at + Tail.status]!, step: numbers[at + Tail.step]!, loss: numbers[at + Tail.loss]! };
    });
    return { weights: found, standings };
  }

  /** All that it takes to go on from here on another device. */
  async checkpoint(): Promise<Models> {
    const { weights, memory } = this.loaded;
    const [high, rest] = (await Promise.all([weights.data(), memory.data()])) as [Float32Array, Float32Array];
    return { weights: high.slice(), memory: rest.slice() };
  }

  /** Leaves only some of the models on the device, by their places among those that are there. */
  keep(places: readonly number[], records: Records): Launch {
    const { tf } = this.backend;
    const kept = new Launch(this.backend, this.plan, records);
    const { weights, memory, ...rest } = this.loaded;
    const chosen = tf.tensor1d([...places], "int32");
    kept.given = {
      ...rest,
      weights: tf.gather(weights, chosen),
      memory: tf.gather(memory, chosen),
      trials: tf.tensor2d(records.trials, [places.length, records.words], "int32"),
      numbers: tf.tensor1d(records.numbers.length > 0 ? records.numbers : new Float32Array(1)),
    };
    for (const tensor of [chosen, weights, memory, rest.trials, rest.numbers]) tensor.dispose();
    this.given = null;
    return kept;
  }

  /** Frees the device's memory. After a loss there is nothing left to free. */
  close(): void {
    for (const tensor of Object.values(this.given ?? {}) as Tensor[]) tensor.dispose();
    this.given = null;
    forget(this.backend.device, this.plan);
  }

  private get loaded(): Given {
    if (this.given === null) throw new Error("a launch is loaded before it is used");
    return this.given;
  }

  private replace(trained: Pick<Given, "weights" | "memory">): void {
    const { weights, memory } = this.loaded;
    this.given = { ...this.loaded, ...trained };
    weights.dispose();
    memory.dispose();
  }

  private pacesOf(first: number, last: number): Tensor {
    const { paces } = this.records;
    return this.backend.tf.tensor3d(paceTable(paces, first, last), [paces.length, last - first + 1, 3]);
  }

  /** Runs work of the device with its complaints turned into errors. */
  private async checked(work: () => Promise<void>): Promise<void> {
    const { device } = this.backend;
    device.pushErrorScope("validation");
    device.pushErrorScope("out-of-memory");
    let failure: unknown = null;
    try {
      await work();
    } catch (error) {
      failure = error;
    }
    const full = await device.popErrorScope();
    const refused = await device.popErrorScope();
    if (full) throw new OutOfMemory(`the GPU has no room for this launch: ${firstLine(full.message)}`);
    if (failure !== null) throw failure;
    if (refused) throw new Error(`the GPU refuses the launch: ${firstLine(refused.message)}`);
  }
}

const firstLine = (message: string): string => message.split("\n")[0]!;
