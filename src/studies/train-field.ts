import { z } from "zod";
import { randomNames } from "../laws/random-names.js";
import type { Optimizer, Schedule, Trial } from "../types.js";
import { percent } from "./percent.js";

const steps = z.int().min(0).max(100_000_000);
const positive = z.number().positive();
const share = z.number().min(0).lt(1);

/** How a study writes the training of one model. What is left out has the value that is said. */
export const trainField = z
  .strictObject({
    steps: steps.min(1).describe("number of updates"),
    batch: z.int().min(1).max(1_000_000).default(256).describe("fresh prompts per update; default 256"),
    optimizer: z.enum(["adam", "adamw", "sgd"]).default("adam"),
    rate: positive.default(0.001).describe("learning rate; default 0.001"),
    betas: z.tuple([share, share]).optional().describe("of adam and adamw; default [0.9, 0.999]"),
    epsilon: positive.optional().describe("of adam and adamw, added to the root of the second moment; default 1e-8"),
    momentum: share.optional().describe("of sgd; default 0"),
    weightDecay: z.number().min(0).optional().describe("of adamw, decoupled; default 0.01"),
    clip: z.union([positive, z.null()]).default(null).describe("largest global norm of the gradient; default null"),
    warmup: steps.default(0).describe("updates of linear warm-up; default 0"),
    decay: z
      .union([z.enum(["constant", "cosine", "linear"]), z.strictObject({ halveEvery: z.int().min(1) })])
      .default("constant")
      .describe("constant, cosine or linear (to 0 at the last step), or { halveEvery: steps }"),
    lossFactor: positive.default(1).describe("the loss is this times the mean squared error; default 1"),
    until: z
      .strictObject({ excess: z.union([percent, positive]) })
      .optional()
      .describe("{ excess: 1% }: stop once the excess over the known optimum is below this part of it"),
    record: z
      .union([z.literal("log"), z.array(steps).min(1).max(10_000)])
      .default("log")
      .describe("steps at which weights are kept: log (8 a decade), or a list"),
    prompts: z
      .enum(["pairs", "gram"])
      .default("pairs")
      .describe("draw every pair, or as many as there are features plus one with the same Gram matrix; default pairs"),
    random: z
      .enum(randomNames)
      .default(randomNames[0]!)
      .describe(`random numbers of the prompts; default ${randomNames[0]}`),
  })
  .superRefine((train, context) => {
    const belongsTo = {
      betas: ["adam", "adamw"],
      epsilon: ["adam", "adamw"],
      momentum: ["sgd"],
      weightDecay: ["adamw"],
    };
    for (const [field, optimizers] of Object.entries(belongsTo))
      if (train[field as keyof typeof belongsTo] !== undefined && !optimizers.includes(train.optimizer))
        context.addIssue({
          code: "custom",
          path: [field],
          message: `optimizer ${train.optimizer} has no \`${field}\`; allowed: only with ${optimizers.join(" and ")}`,
        });
    if (train.warmup > train.steps)
      context.addIssue({ code: "custom", path: ["warmup"], message: `warmup is longer than steps, ${train.steps}` });
    const late = train.record === "log" ? -1 : train.record.findIndex((step) => step > train.steps);
    if (late >= 0)
      context.addIssue({ code: "custom", path: ["record", late], message: `there are only ${train.steps} steps` });
  });

export type TrainField = z.infer<typeof trainField>;

/** What a trial says of the drawing of its prompts. */
export type Drawing = Pick<Trial, "prompts" | "random">;

/** How prompts are drawn, where it is not the default: so a study that does not say has the identity it always had. */
export function drawingOf({ prompts, random }: TrainField): Drawing {
  return { ...(prompts !== "pairs" && { prompts }), ...(random !== randomNames[0] && { random }) };
}

/** The schedule that a field means. */
export function scheduleOf(train: TrainField): Schedule {
  const { steps, batch, rate, clip, warmup, decay, lossFactor } = train;
  return { steps, batch, rate, clip, warmup, decay, lossFactor, optimizer: optimizerOf(train) };
}

function optimizerOf({
  optimizer: kind,
  betas,
  epsilon = 1e-8,
  momentum = 0,
  weightDecay = 0.01,
}: TrainField): Optimizer {
  const [first, second] = betas ?? [0.9, 0.999];
  if (kind === "sgd") return { kind, momentum };
  return kind === "adam"
    ? { kind, betas: [first, second], epsilon }
    : { kind, betas: [first, second], epsilon, weightDecay };
}

/** The steps at which weights are kept: 0, then 8 a decade, then the last; or those of a list, in order. */
export function recordOf({ record, steps }: TrainField): number[] {
  const decades = Math.ceil(8 * Math.log10(steps)) + 1;
  const spaced = Array.from({ length: decades }, (_, i) => Math.min(steps, Math.round(10 ** (i / 8))));
  const wanted = record === "log" ? [0, ...spaced, steps] : record;
  return [...new Set(wanted)].sort((a, b) => a - b);
}
