import { z } from "zod";
import { less, select } from "../kernels/arithmetic.js";
import type { Inputs } from "../kernels/program.js";
import { randomStream } from "../kernels/random.js";
import { type Vector, vector } from "../kernels/vector.js";
import { word, xor } from "../kernels/words.js";
import type { Law, PromptProgram, Unit } from "../types.js";
import { type CovarianceOption, covarianceOption, covarianceProblem, covarianceRows } from "./covariance.js";
import { drawn, drawnRecipe } from "./drawn.js";
import { linearQuery } from "./drawn-tasks.js";
import { type LinearRegression, linearRegressionLaw } from "./gaussian-linear.js";
import { gaussianPairs, isIsotropic } from "./gaussian-pairs.js";
import type { Regression } from "./regression.js";

/** Prompts of one of two linear regressions. */
export interface Mixture extends Regression {
  readonly family: "mixture-regression";
  /** Probability of the first component. */
  readonly share: number;
  readonly components: readonly [LinearRegression, LinearRegression];
}

/** The coin is drawn from a stream of its own, under the key with this constant on it. */
const COIN = 0x452821e6;

/**
 * A mixture of two laws of linear regression: a coin of the prompt's own, heads with probability `share`, says which law all
 * of it comes from. All moments of pairs are means of the components'. Which component it was must be inferred from
 * labels (and inputs, where their covariances differ): the Bayes predictor is `mixture-posterior`. Both components' draws are
 * made with the same random numbers, of which one prompt shows one.
 * Source: Bai, Chen, Wang, Xiong, Mei 2023, Section 4 (two noise levels).
 *
 * @throws RangeError on a share outside of [0, 1], other numbers of features, or inputs that are not Gaussian.
 */
export function mixtureLaw(share: number, first: Law<LinearRegression>, second: Law<LinearRegression>): Law<Mixture> {
  if (!(share >= 0 && share <= 1)) throw new RangeError(`a share is a number from 0 to 1, not ${share}`);
  if (first.features !== second.features)
    throw new RangeError(`the components of a mixture have ${first.features} and ${second.features} features`);
  const [one, other] = [gaussianPairs(first.population), gaussianPairs(second.population)];
  const mean = (a: number, b: number) => share * a + (1 - share) * b;
  const program = mixedProgram(share, first.program, second.program);
  const components = [first.population, second.population] as const;
  return {
    name: "mixture",
    features: first.features,
    population: {
      family: "mixture-regression",
      features: first.features,
      noise: Math.sqrt(mean(first.population.noise ** 2, second.population.noise ** 2)),
      symmetric: components.every(isIsotropic),
      share,
      components,
      pairs: {
        label: mean(one.label, other.label),
        cross: mean(one.cross, other.cross),
        between: mean(one.between, other.between),
        within: mean(one.within, other.within),
      },
    },
    program,
    draw: drawn(program, first.features),
    recipe: drawnRecipe(program, first.features),
    // With one query covariance; noise levels that differ have their mean square in every prompt's stead.
    ...(JSON.stringify(components[0].queryCovariance) === JSON.stringify(components[1].queryCovariance) && {
      query: linearQuery(program, components[0].queryCovariance),
    }),
    shifted: (shift) => mixtureLaw(share, first.shifted(shift), second.shifted(shift)),
  };
}

/** Two programs with their settings one behind the other and their tables under names of their own. */
function mixedProgram(share: number, first: PromptProgram, second: PromptProgram): PromptProgram {
  const sizes = [first.settings.length, second.settings.length] as const;
  const named = (prefix: string, { tables }: PromptProgram) =>
    Object.fromEntries(Object.entries(tables).map(([name, table]) => [`${prefix} ${name}`, table]));
  return {
    structure: `mixture of ${first.structure} (${sizes[0]} settings) and ${second.structure}`,
    settings: Float64Array.from([share, ...first.settings, ...second.settings]),
    tables: { ...named("first", first), ...named("second", second) },
    build(inputs, random, context) {
      const { settings, key, prompt } = inputs;
      const seen = (prefix: string, from: number, length: number): Inputs => ({
        ...inputs,
        settings: settings.block(from, length),
        table: (name) => inputs.table(`${prefix} ${name}`),
      });
      const one = first.build(seen("first", 1, sizes[0]), random, context);
      const other = second.build(seen("second", 1 + sizes[0], sizes[1]), random, context);
      const coin = randomStream(random, { key: [word(xor(key[0], COIN)), key[1]], prompt });
      const isFirst = less(coin.uniforms(1).at(0), settings.at(0));
      const either = (a: Vector, b: Vector) => vector(a.length, (i) => select(isFirst, a.at(i), b.at(i)));
      return {
        features: one.features,
        pairs: one.pairs,
        length: one.length,
        pair(j) {
          const [a, b] = [one.pair(j), other.pair(j)];
          return { x: either(a.x, b.x), y: select(isFirst, a.y, b.y) };
        },
        query: either(one.query, other.query),
        answer: select(isFirst, one.answer, other.answer),
        task: () => either(one.task!(), other.task!()),
      };
    },
  };
}

const component = z.strictObject({
  noise: z.number().min(0).default(0).describe("standard deviation of the label noise, 0 or more"),
  covariance: covarianceOption.default("identity").describe("covariance of the inputs"),
  taskCovariance: covarianceOption.default("identity").describe("covariance of the tasks"),
});

const options = z
  .strictObject({
    features: z.int().min(1).max(1024).describe("number d of entries of an input, 1 to 1024"),
    share: z.number().min(0).max(1).default(0.5).describe("probability of the first component, 0 to 1"),
    first: component.describe("noise, covariance and taskCovariance of one component"),
    second: component.describe("noise, covariance and taskCovariance of the other"),
  })
  .superRefine(({ features, first, second }, context) => {
    const check = (path: readonly string[], option: CovarianceOption) => {
      const problem = covarianceProblem(option, features);
      if (!problem) return;
      const { message, against } = problem;
      context.addIssue({
        code: "custom",
        path: [...path, ...problem.path],
        message,
        ...(against && { params: { against } }),
      });
    };
    for (const [name, { covariance, taskCovariance }] of Object.entries({ first, second })) {
      check([name, "covariance"], covariance);
      check([name, "taskCovariance"], taskCovariance);
    }
  });

const unit: Unit<z.infer<typeof options>, Law<Mixture>> = {
  name: "mixture",
  says: "Every prompt comes from one of two linear regressions with noise, inputs and tasks of their own.",
  options,
  make({ features, share, first, second }) {
    const law = ({ noise, covariance, taskCovariance }: z.infer<typeof component>) =>
      linearRegressionLaw({
        ...{ features, noise },
        covariance: covarianceRows(covariance, features),
        taskCovariance: covarianceRows(taskCovariance, features),
      });
    return mixtureLaw(share, law(first), law(second));
  },
};

export default unit;
