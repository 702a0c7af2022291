import { errorsText } from "./errors-text.js";
import { marginText } from "./margin-text.js";
import type { Judged } from "./material.js";
import { countsText, outcomeOf, outcomeText, SIGN } from "./outcome.js";
import { numberText, plusMinus } from "./plus-minus.js";
import { wrapText } from "./wrap-text.js";

const HEADER = ["verdict", "measured ± error", "expected", "margin", "about"];

/**
 * The verdicts as text for a terminal: per sentence its words, then one aligned line of numbers; a verdict that did not
 * come out as expected says why. Sentences stand below the experiment's name wherever it changes. Ends with the counts.
 *
 * @param width columns to wrap sentences at; brought into 80..120. The numbers take what they need, rarely over 90.
 */
export function textTable(judged: readonly (Judged & { readonly experiment?: string })[], width = 100): string {
  const columns = Math.min(120, Math.max(80, width));
  const numbers = judged.map(numbersOf);
  const widths = HEADER.map((head, i) => Math.max(head.length, ...numbers.map((line) => line[i]!.length)));
  const aligned = (line: readonly string[]) =>
    `  ${line.map((text, i) => text.padEnd(widths[i]!)).join("  ")}`.trimEnd();
  const lines = judged.length === 0 ? ["no claims were judged"] : [aligned(HEADER)];
  for (const [i, each] of judged.entries()) {
    const { experiment, claim, verdict } = each;
    if (experiment !== undefined && experiment !== judged[i - 1]?.experiment) lines.push("", experiment);
    else if (i > 0) lines.push("");
    const origin = claim.source ? ` [${claim.source.where}]` : "";
    lines.push(...wrapText(`${claim.says}${origin}`, columns - 2).map((line) => `  ${line}`));
    lines.push(aligned(numbers[i]!));
    if (verdict.errors && verdict.errors.pools !== null) lines.push(`    error from ${errorsText(verdict.errors)}`);
    const asExpected = outcomeOf(each) === "holds" || outcomeOf(each) === "refuted as expected";
    if (!asExpected && verdict.why !== "")
      lines.push(...wrapText(verdict.why, columns - 4).map((line) => `    ${line}`));
  }
  return [...lines, "", countsText(judged)].join("\n");
}

function numbersOf(judged: Judged): string[] {
  const { verdict } = judged;
  return [
    `${SIGN[outcomeOf(judged)]} ${outcomeText(judged)}`,
    plusMinus(verdict.measured, verdict.standardError),
    numberText(verdict.expected),
    marginText(verdict),
    verdict.about,
  ];
}
