import type { Draws } from "../src/math/draws.js";
import { loadCatalogue } from "../src/runner/catalogue.js";
import { parseStudy } from "../src/studies/parse-study.js";
import type { Measurement } from "../src/types.js";

const catalogue = await loadCatalogue();

/** The true risks, and the margin of the equivalence: the false sentences are false by nothing at all. */
const [A, B] = [1, 1.25];

/** Four true sentences and four false ones; all but one of each lie on the edge, where a wrong verdict is likeliest. */
export const sentences: readonly (readonly [isTrue: boolean, text: string])[] = [
  [true, 'expect: "risk(ridge) <= 0.8 * risk(zero)"'],
  [true, 'expect: "risk(ridge) >= 0.8 * risk(zero)"'],
  [true, 'expect: "1.25 <= risk(zero)"'],
  [true, 'equals: ["risk(ridge)", "0.8 * risk(zero)"], within: 0.2'],
  [false, 'expect: "risk(ridge) < 0.8 * risk(zero)"'],
  [false, 'expect: "risk(zero) > 1.25"'],
  [false, 'equals: ["risk(ridge)", "risk(zero)"], within: 0.25'],
  [false, 'expect: "risk(zero) < risk(ridge)"'],
];

export const truths = sentences.map(([isTrue]) => isTrue);

/** A study of these sentences; `more` are further lines of it. */
export const studyOf = (seeds: number, contexts: readonly number[], hypotheses: typeof sentences, more = "") =>
  parseStudy(
    `title: calibration
law: { kind: gaussian-linear, features: 2, noise: 0.5 }
context: [${contexts}]
predictors: [zero, ridge]
evaluate: { prompts: 400 }
seeds: ${seeds}
${more}
hypotheses: [${hypotheses.map(([, text]) => `{ says: it, ${text} }`).join(", ")}]`,
    "calibration.yaml",
    catalogue,
  );

/** The factor, of mean 1, by which a seed's training changes both risks. */
export type Training = (draws: Draws) => number;

/** Rows as a study stores them: risks of two names on common prompts (correlation 0.9). */
export function drawnRows(
  draws: Draws,
  contexts: readonly number[],
  seeds: number,
  training: Training,
  prompts = 400,
): Measurement[] {
  const [error, correlation] = [0.02 * Math.sqrt(400 / prompts), 0.9];
  return contexts.flatMap((context) =>
    Array.from({ length: seeds }, (_, seed) => {
      const [own, common] = [training(draws), draws.normal()];
      return [
        ["ridge", A],
        ["zero", B],
      ].map(([name, truth]) => {
        const noise = Math.sqrt(correlation) * common + Math.sqrt(1 - correlation) * draws.normal();
        const risk = (truth as number) * own + error * noise;
        const row = {
          kind: "predictor",
          exact: false,
          seed,
          context,
          testContext: context,
          status: "ok",
          prompts,
        };
        const covariance = (other: string) => (other === name ? 1 : correlation) * error ** 2;
        const pairs = { "covariance.ridge": covariance("ridge"), "covariance.zero": covariance("zero") };
        return { ...row, name, risk, excess: risk, standardError: error, ...pairs } as Measurement;
      });
    }).flat(),
  );
}

/** What came of many studies: how many had any wrong verdict, and how the hypotheses came out. */
export interface Counts {
  readonly wrongStudies: number;
  readonly falselyRefuted: number;
  readonly falselyHeld: number;
  readonly right: number;
}

export function counted(verdicts: readonly (readonly (boolean | null)[])[], truths: readonly boolean[]): Counts {
  const all = verdicts.flatMap((study) => study.map((holds, i) => ({ holds, isTrue: truths[i]! })));
  const isWrong = (holds: boolean | null, isTrue: boolean) => holds !== null && holds !== isTrue;
  return {
    wrongStudies: verdicts.filter((study) => study.some((holds, i) => isWrong(holds, truths[i]!))).length,
    falselyRefuted: all.filter(({ holds, isTrue }) => isTrue && holds === false).length,
    falselyHeld: all.filter(({ holds, isTrue }) => !isTrue && holds === true).length,
    right: all.filter(({ holds, isTrue }) => holds === isTrue).length,
  };
}
