import { float64 } from "../kernels/float64.js";
import { instantiate } from "../kernels/instance.js";
import { wasm } from "../kernels/webassembly.js";
import { drawingProgram } from "../laws/drawn.js";
import { keyOf } from "../math/keys.js";
import { Moments } from "../math/moments.js";
import { type AnyRegression, hasStepMoments, stepMoments } from "../theory/step-moments.js";
import type { Key, Law, Lengths, Prompts, Recipe, Slice } from "../types.js";
import { type Clause, demand } from "./clause.js";
import { demandClose, demandSame, short } from "./gap.js";

/** What another thread does with a recipe: imports the module, and has its `restore` make the function. */
export type Restore = <Made>(recipe: Recipe) => Promise<Made>;

const key = keyOf(61);
const float32 = 2 ** -24;
const lengths: readonly Lengths[] = [0, 3, { uniform: [0, 4] }];

/** Prompts that moments are taken over. */
const MANY = 10_000;

/**
 * What a law owes: prompts of the stated shapes, the same for the same key however they are sliced, on every target and on
 * a thread; and a population whose moments are its prompts', where it is a regression that closed forms speak of.
 */
export function lawContract(law: Law, restore: Restore): readonly Clause[] {
  const draw = (count: number, context: Lengths, from = 0) => law.draw(key, { from, count }, context);
  return [
    {
      says: "its population names a family, and the noise of the query's label: a standard deviation of 0 or more",
      check() {
        const { family, noise } = law.population;
        demand(typeof family === "string" && family !== "", `the family is ${JSON.stringify(family)}`);
        demand(noise >= 0 && Number.isFinite(noise), `the noise is ${noise}`);
      },
    },
    {
      says: "prompts have the shapes that they state, finite numbers, and zeros behind their own lengths",
      check() {
        for (const context of lengths) refuseShapes(law, draw(12, context), context);
      },
    },
    {
      says: "the same key gives the same prompts in any slices, another key others",
      check() {
        const whole = draw(4, 3, 3);
        const parts = [draw(1, 3, 3), draw(3, 3, 4)];
        for (const what of ["x", "y", "query", "answer"] as const)
          demandSame(
            `${what} of prompts 3 to 6 drawn in two slices`,
            parts.flatMap((prompts) => [...prompts[what].data]),
            whole[what].data,
          );
        const other = law.draw(keyOf(62), { from: 3, count: 4 }, 3);
        demand(String(other.x.data) !== String(whole.x.data), "another key gives the same inputs");
      },
    },
    {
      says: "a longer context continues a shorter one, unless prompts are cut out of data",
      check() {
        if (law.excerpt) return;
        const [d, short_, long] = [law.features, draw(5, 2), draw(5, 6)];
        for (let b = 0; b < 5; b++) {
          const [few, many] = [short_.x.data.subarray(b * 2 * d, (b + 1) * 2 * d), long.x.data.subarray(b * 6 * d)];
          demandSame(`inputs of the first 2 pairs of prompt ${b}`, few, many.subarray(0, 2 * d));
          demandSame(
            `labels of the first 2 pairs of prompt ${b}`,
            short_.y.data.subarray(b * 2, b * 2 + 2),
            long.y.data.subarray(b * 6, b * 6 + 2),
          );
        }
      },
    },
    {
      says: "float32 on WebAssembly draws the prompts of float64 within 64 roundoffs, vectors rolled or not",
      check() {
        for (const unroll of [32, 2]) demandSameTargets(law, unroll);
      },
    },
    {
      says: "its recipe can be posted to a thread, which then draws the same prompts",
      async check() {
        const recipe = law.recipe?.(3);
        if (recipe === undefined) return;
        const drawn = await restore<(key: Key, slice: Slice) => Prompts>(structuredClone(recipe));
        const [there, here] = [drawn(key, { from: 2, count: 4 }), draw(4, 3, 2)];
        for (const what of ["x", "y", "query", "answer"] as const)
          demandSame(`${what} by the recipe`, there[what].data, here[what].data);
      },
    },
    {
      says: "a shift of nothing changes nothing, one of the query scales it alone, and what it cannot do is a RangeError",
      check() {
        const plain = draw(4, 3);
        demandSame(
          "inputs shifted by nothing",
          law.shifted({}).draw(key, { from: 0, count: 4 }, 3).x.data,
          plain.x.data,
        );
        const scaled = orRefused(() => law.shifted({ queryScale: 3 }));
        if (scaled) {
          const far = scaled.draw(key, { from: 0, count: 4 }, 3);
          demandSame("inputs where only the query is scaled", far.x.data, plain.x.data);
          demandSame("labels where only the query is scaled", far.y.data, plain.y.data);
          const three = plain.query.data.map((entry) => 3 * entry);
          demandClose("queries scaled by 3", far.query.data, three, 16, Number.EPSILON);
        }
        const negative = orRefused(() => law.shifted({ taskScale: -1 }));
        demand(negative === null, "a taskScale of -1 is not refused");
      },
    },
    {
      says: "the mean square of answers is no less than that of their noise",
      check() {
        const moments = new Moments(1);
        for (const answer of draw(MANY, 1).answer.data) moments.add([answer ** 2]);
        const floor = law.population.noise ** 2;
        demand(
          moments.mean(0) > floor - 4 * moments.standardError(0) - Number.EPSILON,
          `it is ${short(moments.mean(0))} ± ${short(moments.standardError(0))}, the noise's is ${short(floor)}`,
        );
      },
    },
    {
      says: "a regression's population has the moments of its prompts within 4 standard errors, shifted or not",
      check() {
        if (hasStepMoments(law.population as AnyRegression) !== true) return;
        const shift = { inputScale: 0.7, queryScale: 1.5, taskScale: 2 };
        for (const context of [1, 4]) {
          demandMoments(law as Law<AnyRegression>, context, {});
          demandMoments(law.shifted(shift) as Law<AnyRegression>, context, shift);
        }
      },
    },
  ];
}

function refuseShapes({ features }: Law, prompts: Prompts, context: Lengths): void {
  const { x, y, query, answer, length } = prompts;
  const most = typeof context === "number" ? context : context.uniform[1];
  const right = { x: [12, most, features], y: [12, most, 1], query: [12, features], answer: [12, 1] };
  for (const [name, shape] of Object.entries(right)) {
    const { shape: found, data } = prompts[name as keyof typeof right];
    demand(
      found.join() === shape.join(),
      `at context ${most} ${name} is [${found.join(", ")}], not [${shape.join(", ")}]`,
    );
    demand(data.length === shape.reduce((a, b) => a * b, 1), `${name} has ${data.length} numbers`);
  }
  for (const { data } of [x, y, query, answer])
    demand(Array.from(data).every(Number.isFinite), `at context ${most} not all numbers are finite`);
  demand(typeof context === "number" || length !== undefined, "prompts of several lengths do not say theirs");
  for (const [b, n] of Array.from(length?.data ?? []).entries()) {
    demand(Number.isInteger(n) && n >= 0 && n <= most, `a prompt of 0 to ${most} pairs says that it has ${n}`);
    const behind = [...x.data.subarray((b * most + n) * features, (b + 1) * most * features)];
    demand(
      [...behind, ...y.data.subarray(b * most + n, (b + 1) * most)].every((value) => value === 0),
      `behind the ${n} pairs of a prompt stand numbers that are not 0`,
    );
  }
}

/** Prompts 5 to 104 on both targets. */
function demandSameTargets({ program, features }: Law, unroll: number): void {
  const text = drawingProgram(program, features, 4);
  const given = { parameters: [], settings: program.settings, tables: program.tables, key };
  const exact = float64(text).each(given, 5, 105);
  const rounded = instantiate(wasm(text, { unroll })).each(given, 5, 105);
  const width = exact.length / 100;
  for (let b = 0; b < 100; b++) {
    const row = [...exact.subarray(b * width, (b + 1) * width)].map((value) => (Number.isNaN(value) ? 0 : value));
    const other = [...rounded.subarray(b * width, (b + 1) * width)].map((value) => (Number.isNaN(value) ? 0 : value));
    demandClose(`the numbers of prompt ${b + 5}`, other, row, 64, float32);
  }
}

/** What `work` makes, or null where it refuses with a RangeError; another error is thrown on. */
function orRefused<Made>(work: () => Made): Made | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** E y_q^2, E y_q s, E s^2 of s = x_q . (1/n) sum_j y_j x_j, sampled and in closed form. */
function demandMoments(law: Law<AnyRegression>, context: number, shift: object): void {
  const { x, y, query, answer } = law.draw(key, { from: 0, count: MANY }, context);
  const d = law.features;
  const moments = new Moments(3);
  for (let b = 0; b < MANY; b++) {
    let score = 0;
    for (let j = 0; j < context; j++)
      for (let i = 0; i < d; i++)
        score += (y.data[b * context + j]! * x.data[(b * context + j) * d + i]! * query.data[b * d + i]!) / context;
    moments.add([answer.data[b]! ** 2, answer.data[b]! * score, score ** 2]);
  }
  const { label, gain, spread } = stepMoments(law.population, context);
  const names = ["E y_q^2", "E y_q s", "E s^2"];
  for (const [i, exact] of [label, gain, spread].entries()) {
    const [mean, error] = [moments.mean(i), moments.standardError(i)];
    demand(
      Math.abs(mean - exact) <= 4 * error + 64 * Number.EPSILON * Math.abs(exact),
      `${names[i]} with ${context} pairs, shifted by ${JSON.stringify(shift)}, is ${short(mean)} ± ${short(error)}; ` +
        `the population says ${short(exact)}`,
    );
  }
}
