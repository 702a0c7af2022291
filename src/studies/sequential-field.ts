import { z } from "zod";
import { percent } from "./percent.js";

/** How a study asks that seeds or prompts are added until enough is known. */
export const precisionField = z
  .union([
    z.literal("decided").describe("until every hypothesis is decided"),
    z.strictObject({
      risk: percent
        .refine((part) => part > 0, "a precision is more than 0%")
        .describe(
          "until every hypothesis is decided and every sampled risk has a standard error of at most this part of it",
        ),
    }),
  ])
  .describe("decided, or { risk: 0.5% }: adds seeds, or prompts where there are fewer than 3 seeds, until then");

/** How a study bounds what may be added. */
export const budgetField = z
  .strictObject({
    seeds: z
      .int()
      .min(1)
      .max(10_000)
      .optional()
      .describe("most seeds, from 3 seeds on; 16 times `seeds` where left out"),
    prompts: z
      .int()
      .min(2)
      .max(100_000_000)
      .optional()
      .describe("most prompts per cell, test and seed, below 3 seeds; 16 times `prompts` where left out"),
    minutes: z.number().positive().optional().describe("no look is begun after so many minutes of a run"),
  })
  .describe("what `precision` may spend");

export type PrecisionField = z.infer<typeof precisionField>;
export type BudgetField = z.infer<typeof budgetField>;

/** How much more than at the look before is measured at a look. */
const GROWTH = 1.5;

/** What a budget allows beyond what a study begins with, where it says nothing. */
const DEFAULT_BUDGET = 16;

/** Looks at what grows: decided before the first, as the level is spent over them. */
export interface Sequential {
  /** What is added: seeds where the error is over seeds, else prompts. */
  readonly unit: "seeds" | "prompts";
  /** How many there are at each look: half as many more than at the one before, the last at the budget. */
  readonly sizes: readonly number[];
  /** The part of every sampled risk that its standard error is to come down to; null where only hypotheses count. */
  readonly risk: number | null;
  readonly minutes: number | null;
}

/** What is asked for, beside the fields themselves. */
interface Asked {
  readonly precision?: PrecisionField | undefined;
  readonly budget?: BudgetField | undefined;
  readonly seeds: number;
  readonly prompts: number;
  readonly hypotheses: number;
}

/**
 * The looks that a study asks for; null where it asks for none.
 *
 * @param fail told the field at fault and the sentence @throws what `fail` throws
 */
export function sequentialOf(
  { precision, budget, seeds, prompts, hypotheses }: Asked,
  fail: (field: readonly string[], sentence: string) => never,
): Sequential | null {
  if (precision === undefined)
    return budget === undefined ? null : fail(["budget"], "`budget` bounds what `precision` adds; give that too");
  if (precision === "decided" && hypotheses === 0)
    fail(["precision"], "there are no hypotheses to decide; allowed: { risk: 0.5% }");
  const unit = seeds >= 3 ? "seeds" : "prompts";
  const other = unit === "seeds" ? "prompts" : "seeds";
  if (budget?.[other] !== undefined)
    fail(
      ["budget", other],
      `with ${seeds} ${seeds === 1 ? "seed" : "seeds"}, ${unit} are added; allowed: { ${unit}, minutes }`,
    );
  const first = unit === "seeds" ? seeds : prompts;
  const most = budget?.[unit] ?? DEFAULT_BUDGET * first;
  if (most < first) fail(["budget", unit], `the study begins with ${first} ${unit}; allowed: that many or more`);
  const risk = precision === "decided" ? null : precision.risk;
  return { unit, sizes: sizesTo(first, most), risk, minutes: budget?.minutes ?? null };
}

/** Half as many more at each look; what would be left for a last small one is taken at once. */
function sizesTo(first: number, most: number): number[] {
  const sizes = [first];
  while (sizes.at(-1)! < most) {
    const next = Math.ceil(GROWTH * sizes.at(-1)!);
    sizes.push(next * 1.2 >= most ? most : next);
  }
  return sizes;
}
