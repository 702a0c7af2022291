import { z } from "zod";
import { contextField } from "./context-field.js";
import { hypothesisField } from "./hypothesis.js";
import { budgetField, precisionField } from "./sequential-field.js";
import { trainField } from "./train-field.js";
import { useField } from "./use-field.js";

/** What rows are called. */
export const rowName = z
  .string()
  .regex(/^[a-z][a-z0-9-]*$/)
  .describe("a name of small letters, digits and hyphens that begins with a letter");

const scale = z.number().min(0);
const scales = z.union([scale, z.array(scale).min(1).max(1000)]).describe("a factor of 0 or more, or a list of them");

/** How a study writes where its models and predictors are evaluated. */
export const evaluateField = z.strictObject({
  prompts: z
    .int()
    .min(2)
    .max(100_000_000)
    .default(20_000)
    .describe("fresh prompts per cell, test and seed; default 20000"),
  query: z
    .enum(["sampled", "integrated"])
    .default("sampled")
    .describe(
      "integrated: the mean over the query and its label in closed form, where predictions are linear in the query; " +
        "sampled, the default: one query a prompt",
    ),
  context: z
    .union([z.literal("same"), contextField, z.array(contextField).min(1).max(1000)])
    .default("same")
    .describe("same as in training, or the lengths to test at"),
  shift: z
    .strictObject({
      inputScale: scales.optional(),
      queryScale: scales.optional(),
      taskScale: scales.optional(),
      law: z.looseObject({}).optional().describe("the options of the law that differ at the test"),
    })
    .optional()
    .describe("changes of the law at the test"),
});

/** How a study asks which of its predictors each trained model is. */
const identifyField = z
  .union([
    z.literal(true),
    z.strictObject({
      prompts: z.int().min(2).max(100_000).describe("prompts of each law that distances are taken on"),
    }),
  ])
  .describe("true, or { prompts: number of each law }; true takes 500");

/** One point of a study: everything but the options of units, which their own schemas check. */
export const frame = z.strictObject({
  title: z.string().min(1).describe("one line"),
  law: z.looseObject({ kind: z.string() }).describe("{ kind: ..., and the law's own options }"),
  context: contextField,
  models: z
    .array(z.looseObject({ name: rowName, mixer: z.string(), train: trainField }))
    .min(1)
    .max(1000)
    .optional()
    .describe("what is trained: a list of { name, mixer, train, and the mixer's own options }"),
  predictors: z
    .array(z.union([z.string(), z.record(z.string(), z.unknown())]))
    .min(1)
    .max(1000)
    .optional()
    .describe("a list of names, or of { name: option }"),
  evaluate: evaluateField.prefault({}),
  identify: identifyField.optional(),
  pools: z
    .int()
    .min(3)
    .max(1000)
    .optional()
    .describe("number of task pools, each with all seeds; hypotheses then speak of the mean over pools"),
  seeds: z.int().min(1).max(10_000).default(5).describe("number of seeds; default 5"),
  precision: precisionField.optional(),
  budget: budgetField.optional(),
  hypotheses: z.array(hypothesisField).min(1).max(1000).optional(),
  use: useField.optional(),
});

export type Frame = z.infer<typeof frame>;
