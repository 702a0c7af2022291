import { z } from "zod";
import { add, mul } from "../kernels/arithmetic.js";
import type { F32, U32 } from "../kernels/node.js";
import { randomStream, type Stream } from "../kernels/random.js";
import { sum, vector } from "../kernels/vector.js";
import { addWord, mulWord } from "../kernels/words.js";
import type { Law, PromptProgram, Unit } from "../types.js";
import { drawn, drawnRecipe } from "./drawn.js";
import { drawPairs } from "./lengths.js";
import { checkNoise } from "./pairwise-law.js";
import type { PairMoments, Regression } from "./regression.js";
import { type Scales, shiftedScales, unscaled } from "./scales.js";

/** Several linear regressions in one prompt, each on features of its own, which may overlap. */
export interface SeveralTasks extends Regression {
  readonly family: "several-tasks-regression";
  /** The features of each task, from 0. */
  readonly supports: readonly (readonly number[])[];
}

/**
 * Several tasks in one prompt. Every pair, and the query, belongs to one of K tasks, each as likely: task k has features S_k
 * and weights w_k ~ N(0, I) of its own, and its inputs are zero elsewhere,
 *
 *   x ~ N(0, P_k),   y = w_k . x + noise e,   P_k the projection on S_k
 *
 * Features that two tasks share carry what one task taught into the other: with m_k = |S_k|, o = |S_k and S_q| and means over
 * tasks k and q, moments of pairs are
 *
 *   label E m + s2,   cross E m / K,   between E o / K,   within E o (m_k + 2 + s2)
 *
 * He, Pan, Chen, Yang 2025, Section 6, show all labels of one input in one token; labels here are one a token, and there each
 * task by itself is `gaussian-linear` with tasks on its features alone.
 *
 * @throws RangeError on negative noise, or features that are none or named twice.
 */
export function severalTasksLaw(
  features: number,
  supports: readonly (readonly number[])[],
  noise = 0,
  scales: Scales = unscaled,
): Law<SeveralTasks> {
  checkNoise(noise);
  if (supports.length === 0) throw new RangeError("a prompt has one task or more");
  for (const support of supports) {
    const isFine = support.every((i) => Number.isInteger(i) && i >= 0 && i < features);
    if (support.length === 0 || !isFine || new Set(support).size < support.length)
      throw new RangeError(`a task has features from 0 to ${features - 1}, each once, not ${JSON.stringify(support)}`);
  }
  const program = severalProgram(features, supports, noise, scales);
  return {
    name: "several-tasks",
    features,
    population: {
      ...{ family: "several-tasks-regression", features, noise, supports },
      symmetric: supports.every((support) => support.length === features),
      pairs: moments(supports, noise, scales),
    },
    program,
    draw: drawn(program, features),
    recipe: drawnRecipe(program, features),
    shifted: (shift) => severalTasksLaw(features, supports, noise, shiftedScales(scales, shift)),
  };
}

function moments(supports: readonly (readonly number[])[], noise: number, scales: Scales): PairMoments {
  const [c2, q2, t2, s2] = [scales.input ** 2, scales.query ** 2, scales.task ** 2, noise ** 2];
  const mean = (of: readonly number[]) => of.reduce((total, value) => total + value, 0) / of.length;
  const size = mean(supports.map((support) => support.length));
  const both = supports.flatMap((left) =>
    supports.map((right) => ({ m: left.length, o: left.filter((i) => right.includes(i)).length })),
  );
  return {
    label: q2 * c2 * t2 * size + s2,
    cross: (q2 * c2 ** 2 * t2 * size) / supports.length,
    between: (q2 * c2 ** 3 * t2 * mean(both.map(({ o }) => o))) / supports.length,
    within: q2 * c2 * mean(both.map(({ m, o }) => o * (t2 * c2 ** 2 * (m + 2) + s2 * c2))),
  };
}

/** Draws: length | w of all tasks | task, z, e of the query;   of pair j: task | z | e. */
function severalProgram(
  features: number,
  supports: readonly (readonly number[])[],
  noise: number,
  scales: Scales,
): PromptProgram {
  const count = supports.length;
  const mask = supports.flatMap((support) => Array.from({ length: features }, (_, i) => Number(support.includes(i))));
  return {
    structure: `${count} tasks, ${features} features, ${noise === 0 ? "no noise" : "noise"}`,
    settings: Float64Array.from([noise, scales.input, scales.input * scales.query, scales.task]),
    tables: { supports: Float64Array.from(mask) },
    build(inputs, random, context) {
      const { settings } = inputs;
      const stream = randomStream(random, inputs);
      const pairs = drawPairs(context, stream);
      const tasks = stream.normals(count * features);
      const shown = inputs.table("supports");
      const example = (own: Stream, scale: F32) => {
        const start: U32 = mulWord(own.integer(count), features);
        const z = own.normals(features);
        const x = vector(features, (i) => mul(mul(scale, shown.at(addWord(start, i))), z.at(i)));
        const clean = mul(
          settings.at(3),
          sum(features, (i) => mul(tasks.at(addWord(start, i)), x.at(i))),
        );
        const e = own.normals(1).at(0);
        return { x, y: noise === 0 ? clean : add(clean, mul(settings.at(0), e)) };
      };
      const { x: query, y: answer } = example(stream, settings.at(2));
      return { features, ...pairs, pair: (j) => example(stream.at(j), settings.at(1)), query, answer };
    },
  };
}

const options = z
  .strictObject({
    features: z.int().min(1).max(1024).describe("number d of entries of an input, 1 to 1024"),
    noise: z.number().min(0).default(0).describe("standard deviation of the label noise, 0 or more"),
    tasks: z
      .array(z.array(z.int().min(1)).min(1))
      .min(1)
      .max(32)
      .describe("a list for each task: the numbers of its features, from 1"),
  })
  .superRefine(({ features, tasks }, context) => {
    for (const [k, task] of tasks.entries()) {
      const beyond = task.find((feature) => feature > features);
      const message =
        beyond !== undefined
          ? `feature ${beyond} of task ${k + 1} contradicts features: ${features}`
          : `task ${k + 1} names a feature twice`;
      if (beyond !== undefined || new Set(task).size < task.length)
        context.addIssue({ code: "custom", path: ["tasks", k], message, params: { against: "features" } });
    }
  });

const unit: Unit<z.infer<typeof options>, Law<SeveralTasks>> = {
  name: "several-tasks",
  says: "Pairs of several linear regressions in one prompt, each on features of its own, which may overlap.",
  options,
  make: ({ features, noise, tasks }) =>
    severalTasksLaw(
      features,
      tasks.map((task) => task.map((feature) => feature - 1)),
      noise,
    ),
};

export default unit;
