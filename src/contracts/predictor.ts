import { keyOf } from "../math/keys.js";
import { Moments } from "../math/moments.js";
import type { Law, Lengths, Nd, Predictor, Prompts, Tuned } from "../types.js";
import { type Clause, demand } from "./clause.js";
import { demandSame, short } from "./gap.js";
import type { Restore } from "./law.js";
import { isSeries } from "./predictor-laws.js";

const key = keyOf(20);

/** Prompts that a risk is measured on. */
const MANY = 2000;

/** What a predictor is checked under. */
export interface Trials {
  /** Laws by name; the predictor must apply to one of them. */
  readonly laws: readonly (readonly [name: string, law: Law])[];
  /** Contexts that it is tuned at. */
  readonly contexts: readonly Lengths[];
}

/**
 * What a predictor owes: it applies or says why not, answers every prompt finitely, by its own pairs alone and the same on a
 * thread, and its risk in closed form is the sampled one.
 */
export function predictorContract(
  predictor: Predictor,
  { laws, contexts }: Trials,
  restore: Restore,
): readonly Clause[] {
  const applicable = laws.filter(([, law]) => predictor.applies(law.population) === true);
  const home = () => {
    const noisy = applicable.find(([, law]) => law.population.noise > 0) ?? applicable[0];
    demand(noisy !== undefined, "it applies to none of the laws that it is checked under");
    return noisy[1];
  };
  return [
    {
      says: "has a row name, a source and a kind, and is called retuned where it is",
      check() {
        const { name, source, kind, retuned = false } = predictor;
        demand(/^[a-z][a-z0-9-]*$/.test(name), `\`${name}\` is no name of small letters, digits and hyphens`);
        demand(/\d{4}$/.test(source.paper), `the source's paper, ${source.paper}, does not end in a year`);
        demand(/^[A-Z][a-z]+ /.test(source.where), `${source.where} is no place such as "Section 3"`);
        demand(["predictor", "theory"].includes(kind), `the kind is ${kind}; allowed: predictor, theory`);
        demand(retuned === name.endsWith("retuned"), `retuned is ${retuned}, and it is called ${name}`);
      },
    },
    {
      says: "applies to a law or says in a sentence why not",
      check() {
        home();
        for (const [title, { population }] of laws) {
          const answer = predictor.applies(population);
          demand(answer === true || /^\w.{20,}$/.test(answer), `to ${title} it answers ${JSON.stringify(answer)}`);
        }
      },
    },
    {
      says: "answers finite numbers, one a prompt, and leaves the prompts as they are",
      check() {
        for (const [title, law] of applicable)
          for (const context of contexts) {
            const prompts = law.draw(key, { from: 0, count: 12 }, context);
            const before = structuredClone(prompts);
            const { data, shape } = predictor.tune(law.population, context).predict(prompts);
            const where = `under ${title} at context ${JSON.stringify(context)}`;
            demand(shape.join() === "12", `${where} it answers [${shape.join(", ")}] to 12 prompts`);
            demand([...data].every(Number.isFinite), `${where} an answer is not finite`);
            for (const what of ["x", "y", "query", "answer"] as const)
              demandSame(`${where}, ${what} after it has answered`, prompts[what].data, before[what].data);
          }
      },
    },
    {
      says: "has a risk at every law and length, a number that is none below the noise, or says why not",
      check() {
        const shifts = (law: Law) => (isSeries(law) ? [] : [{ queryScale: 2 }, { inputScale: 0.5, taskScale: 3 }]);
        for (const [title, law] of applicable)
          for (const training of contexts.slice(1)) {
            const { risk } = predictor.tune(law.population, training);
            const tests = [...shifts(law).map((shift) => law.shifted(shift)), ...laws.map(([, other]) => other)];
            for (const test of tests)
              for (const context of [0, 1, 2, 3, 4, 9]) refuseRisk(risk, test, context, `tuned under ${title}`);
          }
      },
    },
    {
      says: "answers a prompt the same in any batch, and by its own pairs alone",
      check() {
        demandAlone(predictor, home());
      },
    },
    {
      says: "takes labels of one output only, and says so",
      check() {
        const law = home();
        const prompts = law.draw(key, { from: 0, count: 1 }, 2);
        const two = { ...prompts, y: { ...prompts.y, shape: [1, 1, 2] as const } };
        let said = "answers";
        try {
          predictor.tune(law.population, 2).predict(two);
        } catch (error) {
          said = (error as Error).message;
        }
        demand(/one label, not 2/.test(said), `of two labels it ${said}; allowed: a RangeError "... one label, not 2"`);
      },
    },
    {
      says: "its recipe can be posted to a thread, which then answers the same",
      async check() {
        const law = home();
        const tuned = predictor.tune(law.population, 2);
        if (tuned.recipe === undefined) return;
        const predict = await restore<Tuned["predict"]>(structuredClone(tuned.recipe));
        const prompts = law.draw(key, { from: 0, count: 12 }, 2);
        demandSame("answers by the recipe", predict(prompts).data, tuned.predict(prompts).data);
      },
    },
    {
      says: "its exact risk is the sampled one within 4 standard errors",
      check() {
        for (const [title, law] of applicable) demandRisk(predictor, law, title);
      },
    },
  ];
}

function refuseRisk(risk: Tuned["risk"], { population }: Law, context: number, where: string): void {
  const answer = risk(population, context);
  if ("why" in answer) {
    demand(/^\w.{20,}/.test(answer.why), `${where}, it says no more than ${JSON.stringify(answer.why)}`);
    return;
  }
  const least = population.noise ** 2;
  demand(
    answer.value >= least * (1 - 1e-12),
    `${where}, its risk with ${context} pairs is ${short(answer.value)}, below the noise's ${short(least)}`,
  );
  demand(/\d{4}$/.test(answer.source.paper), `${where}, the source of its risk does not end in a year`);
}

/** Every prompt of a batch of mixed lengths is answered the same in halves, alone, and with rubbish behind its pairs. */
function demandAlone(predictor: Predictor, law: Law): void {
  const prompts = law.draw(key, { from: 0, count: 24 }, { uniform: [0, 6] });
  const lengths = prompts.length!.data;
  const d = law.features;
  const { predict } = predictor.tune(law.population, { uniform: [0, 6] });
  const whole = [...predict(prompts).data];
  const littered = structuredClone(prompts);
  for (const [b, n] of lengths.entries()) {
    littered.x.data.fill(1e3, (b * 6 + n) * d, (b + 1) * 6 * d);
    littered.y.data.fill(-7, b * 6 + n, (b + 1) * 6);
  }
  demandSame("answers where rubbish stands behind a prompt's pairs", predict(littered).data, whole);
  const halves = [part(prompts, 0, 9), part(prompts, 9, 24)].flatMap((batch) => [...predict(batch).data]);
  demandSame("answers to the batch in two halves", halves, whole);
  const alone = whole.map((_, b) => {
    const { length: _length, ...own } = part(prompts, b, b + 1, lengths[b]!);
    return predict(own).data[0]!;
  });
  demandSame("answers to each prompt alone", alone, whole);
}

function demandRisk(predictor: Predictor, law: Law, title: string): void {
  // Whether a risk has a closed form is told by any tuning, and for no pairs there is nothing to seek.
  if ("why" in predictor.tune(law.population, 0).risk(law.population, 4)) return;
  const tuned = predictor.tune(law.population, 4);
  const answer = tuned.risk(law.population, 4);
  if ("why" in answer || !Number.isFinite(answer.value) || answer.kind !== "exact") return;
  const prompts = law.draw(key, { from: 0, count: MANY }, 4);
  const moments = new Moments(1);
  for (const [b, prediction] of tuned.predict(prompts).data.entries())
    moments.add([(prediction - prompts.answer.data[b]!) ** 2]);
  const [mean, error] = [moments.mean(0), moments.standardError(0)];
  demand(
    Math.abs(mean - answer.value) <= 4 * error + 64 * Number.EPSILON * Math.abs(answer.value) + Number.EPSILON,
    `under ${title} with 4 pairs the risk is ${short(mean)} ± ${short(error)}, the closed form says ${short(answer.value)}`,
  );
}

function slice<Axes extends readonly string[]>({ axes, shape, data }: Nd<Axes>, from: number, to: number): Nd<Axes> {
  const stride = data.length / (shape[0] as number);
  const cut = [to - from, ...shape.slice(1)] as unknown as Nd<Axes>["shape"];
  return { axes, shape: cut, data: data.slice(from * stride, to * stride) };
}

/** The prompts [from, to) of a batch, their context axis cut to `pairs`. */
function part(prompts: Prompts, from: number, to: number, pairs = prompts.x.shape[1]): Prompts {
  const { x, y, query, answer, length } = prompts;
  const cut = <Axes extends readonly [string, string, string]>(array: Nd<Axes>): Nd<Axes> => {
    const [, context, width] = array.shape;
    const rows = Array.from({ length: to - from }, (_, b) => {
      const at = (from + b) * context * width;
      return [...array.data.subarray(at, at + pairs * width)];
    });
    return { ...array, shape: [to - from, pairs, width] as Nd<Axes>["shape"], data: Float64Array.from(rows.flat()) };
  };
  return {
    ...{ x: cut(x), y: cut(y), query: slice(query, from, to), answer: slice(answer, from, to) },
    ...(length && { length: slice(length, from, to) }),
  };
}
