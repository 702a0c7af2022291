import { z } from "zod";
import type { Within } from "../claims/equivalence.js";
import { unknownName } from "../names/nearest.js";
import type { Row } from "../types.js";
import { type Comparison, type ExpressionParser, FUNCTIONS } from "./expression.js";
import { percent } from "./percent.js";
import { everyTerm, inside, type Term } from "./term.js";
import { ExpressionFault, type Vocabulary } from "./words.js";
import type { Path, YamlDocument } from "./yaml-document.js";

const scalar = z.union([z.number(), z.string(), z.boolean()]);

/** How a study writes a hypothesis: a comparison, an equality within a margin, or a power law. */
export const hypothesisField = z
  .strictObject({
    says: z.string().min(1).describe("the sentence, in words"),
    expect: z.string().optional().describe("a comparison, such as risk(lsa) <= 1.02 * risk(gradient-step)"),
    equals: z
      .tuple([z.string(), z.union([z.string(), z.number()])])
      .optional()
      .describe("two expressions that are equal within a margin"),
    powerLaw: z
      .strictObject({
        of: z.string().describe("the number y, such as excess(lsa)"),
        over: z.string().describe("the column x that it is a power of, such as context"),
        exponent: z.number().optional().describe("p of y = c x^p; any where left out"),
      })
      .optional()
      .describe("y = c x^p over all values of a column: the exponent, and that it does not change over the range"),
    within: z
      .union([
        percent.transform((relative): Within => ({ relative })),
        z
          .number()
          .positive()
          .transform((absolute): Within => ({ absolute })),
      ])
      .optional()
      .describe(
        "how far `equals` may be apart: 1% of the second, or a number in its unit; how far the exponent of a " +
          "`powerLaw` may be off, and change towards either end of the range",
      ),
    at: z
      .record(z.string(), z.union([scalar, z.array(scalar).min(1)]))
      .optional()
      .describe("the cells it speaks of, such as { context: 40 }; all where left out"),
  })
  .superRefine(({ expect, equals, powerLaw, within }, context) => {
    const fault = (path: string[], message: string) => context.addIssue({ code: "custom", path, message });
    if ([expect, equals, powerLaw].filter((form) => form !== undefined).length !== 1)
      fault([], "a hypothesis has either `expect`, a comparison, or `equals`, two expressions, or `powerLaw`");
    if (equals !== undefined && within === undefined) fault(["equals"], "`equals` needs `within`, such as 1% or 0.01");
    if (powerLaw !== undefined && within === undefined)
      fault(["powerLaw"], "`powerLaw` needs `within`, such as 5% or 0.05");
    if (powerLaw?.exponent === 0 && within !== undefined && "relative" in within)
      fault(["within"], "a part of the exponent 0 is no margin; allowed: a number, such as 0.05");
    if (expect !== undefined && within !== undefined)
      fault(["within"], "`within` belongs to `equals`, not to `expect`");
  });

export type HypothesisField = z.infer<typeof hypothesisField>;

/** A part of a hypothesis that is judged by itself. */
export type Check =
  | ({ readonly kind: "inequality" } & Comparison)
  | { readonly kind: "equivalence"; readonly measured: Term; readonly expected: Term; readonly within: Within }
  | {
      readonly kind: "power law";
      readonly of: Term;
      readonly over: string;
      readonly exponent?: number;
      readonly within: Within;
    };

/** The expressions of a check. */
export function termsOf(check: Check): readonly Term[] {
  if (check.kind === "inequality") return [check.less, check.than];
  return check.kind === "equivalence" ? [check.measured, check.expected] : [check.of];
}

/** A hypothesis, checked against what the study has. */
export interface Hypothesis {
  readonly says: string;
  /** In one line, as verdicts print it. */
  readonly expect: string;
  readonly checks: readonly Check[];
  /** The column over which its curves run; null where it speaks of each cell for itself. */
  readonly curveOver: string | null;
  /** Allowed values of some columns; a cell must have one of each. */
  readonly at: { readonly [column: string]: readonly (number | string | boolean)[] };
}

/** What a hypothesis may speak of. */
export interface Surroundings {
  readonly models: readonly string[];
  readonly predictors: readonly string[];
  /** The columns of every cell and test. */
  readonly points: readonly Row[];
}

/** Checks one hypothesis. @throws StudyError at the character at fault */
export function resolveHypothesis(
  field: HypothesisField,
  path: Path,
  { models, predictors, points }: Surroundings,
  parser: ExpressionParser,
  document: YamlDocument,
): Hypothesis {
  const columns = [...new Set(points.flatMap(Object.keys))];
  const vocabulary: Vocabulary = { names: [...models, ...predictors], columns, functions: FUNCTIONS };
  const read = <T>(at: Path, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (!(error instanceof ExpressionFault)) throw error;
      return document.failInside(at, error.offset, error.message);
    }
  };
  const at = resolveAt(field.at ?? {}, [...path, "at"], columns, points, document);
  const { expect, equals, powerLaw } = field;
  const checks = expect !== undefined ? comparisons(expect) : equals !== undefined ? equality(equals) : law(powerLaw!);
  const where = expect !== undefined ? ["expect"] : equals !== undefined ? ["equals"] : ["powerLaw", "of"];
  const terms = checks.flatMap(termsOf);
  refuseVain(terms, [...path, ...where], models, document);
  const inside = curveColumn(terms, [...path, ...where], document);
  if (powerLaw !== undefined && inside !== null)
    document.fail([...path, "powerLaw", "of"], "a slope or bend inside a power law");
  return { says: field.says, expect: inWords(field), checks, curveOver: powerLaw?.over ?? inside, at };

  function comparisons(text: string): Check[] {
    const found = read([...path, "expect"], () => parser.comparisons(text, vocabulary));
    return found.map((comparison) => ({ kind: "inequality", ...comparison }));
  }

  function equality(sides: readonly (string | number)[]): Check[] {
    const [measured, expected] = sides.map((side, i) =>
      read([...path, "equals", i], () => parser.single(String(side), vocabulary)),
    );
    return [{ kind: "equivalence", measured: measured!, expected: expected!, within: field.within! }];
  }

  function law({ of, over, exponent }: NonNullable<HypothesisField["powerLaw"]>): Check[] {
    const term = read([...path, "powerLaw", "of"], () => parser.single(of, vocabulary));
    if (!columns.includes(over))
      document.fail([...path, "powerLaw", "over"], unknownName(`\`${over}\` is no column here`, columns, over));
    const claimed = exponent === undefined ? {} : { exponent };
    return [{ kind: "power law", of: term, over, ...claimed, within: field.within! }];
  }
}

function resolveAt(
  at: NonNullable<HypothesisField["at"]>,
  path: Path,
  columns: readonly string[],
  points: readonly Row[],
  document: YamlDocument,
): Hypothesis["at"] {
  const wanted = Object.entries(at).map(([column, value]) => [column, [value].flat()] as const);
  for (const [column, values] of wanted) {
    if (!columns.includes(column))
      document.failAtKey([...path, column], unknownName(`\`${column}\` does not vary in this study`, columns, column));
    const present = [...new Set(points.map((point) => point[column]))];
    const absent = values.find((value) => !present.includes(value));
    if (absent !== undefined)
      document.fail([...path, column], `no cell has ${column} ${absent}; allowed: ${present.join(", ")}`);
  }
  if (!points.some((point) => wanted.every(([column, values]) => values.includes(point[column] as number))))
    document.fail(path, "no cell has all of these values");
  return Object.fromEntries(wanted);
}

/** Refuses what could never be decided: no measured number, or a closed form of something trained. */
function refuseVain(terms: readonly Term[], path: Path, models: readonly string[], document: YamlDocument): void {
  const reads = terms.flatMap(everyTerm).filter((term) => term.kind === "read");
  if (reads.length === 0)
    document.fail(path, "nothing here is measured; allowed: risk(...), exact(...), excess(...), ...");
  const trained = reads.find((term) => term.what === "exact" && models.includes(term.names[0]!));
  if (trained)
    document.fail(path, `exact(${trained.names[0]}): a trained model has no closed form; exact(...) takes a predictor`);
}

function curveColumn(terms: readonly Term[], path: Path, document: YamlDocument): string | null {
  const curves = terms.flatMap(everyTerm).filter((term) => term.kind === "curve");
  const x = curves[0]?.x;
  if (x === undefined) return null;
  if (curves.some((curve) => curve.x !== x)) document.fail(path, "all slopes of a hypothesis run over the same column");
  const outside = (term: Term): Term[] => (term.kind === "curve" ? [] : [term, ...inside(term).flatMap(outside)]);
  if (terms.flatMap(outside).some(({ kind }) => kind === "read" || kind === "column"))
    document.fail(path, "beside a slope, which is over all cells, only numbers are allowed");
  return x;
}

function inWords({ expect, equals, powerLaw, within, at }: HypothesisField): string {
  const cells = Object.entries(at ?? {}).map(([column, value]) => `${column} ${[value].flat().join(", ")}`);
  const where = cells.length === 0 ? "" : ` (${cells.join("; ")})`;
  if (expect !== undefined) return expect + where;
  const margin = "relative" in within! ? `${Number((100 * within.relative).toPrecision(12))}%` : within!.absolute;
  if (equals !== undefined) return `${equals[0]} = ${equals[1]} within ${margin}${where}`;
  const { of, over, exponent } = powerLaw!;
  return `${of} = c ${over}^${exponent ?? "p"}, exponent within ${margin}${where}`;
}
