import type { Section } from "../report/material.js";
import { outcomeOf } from "../report/outcome.js";
import { textTable } from "../report/verdict-table.js";

/**
 * What a command that judges ends with: the verdicts on stdout, or the one JSON document in their place, and the exit
 * status: 0 where every sentence came out as expected, else 1; also 1 where nothing was measured.
 *
 * @param page the report's path
 * @param document printed in place of the table where it is given
 */
export function conclude(sections: readonly Section[], page: string, rows: number, document?: object): void {
  const named = sections.length > 1 || sections[0]?.text === undefined;
  const judged = sections.flatMap(({ id, claims }) =>
    claims.map((each) => (named ? { ...each, experiment: id } : each)),
  );
  if (document) process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  else process.stdout.write(`${[textTable(judged), ...sections.flatMap(remarks)].join("\n")}\nreport: ${page}\n`);
  const asExpected = judged.map(outcomeOf).every((outcome) => outcome === "holds" || outcome === "refuted as expected");
  process.exitCode = rows > 0 && asExpected ? 0 : 1;
}

/** How many sentences of a section were tested, and its warnings, a line each. */
function remarks({ id, tested, warnings = [] }: Section, _: number, all: readonly Section[]): string[] {
  const said = [...(tested === undefined ? [] : [tested]), ...warnings.map((warning) => `warning: ${warning}`)];
  return all.length > 1 ? said.map((sentence) => `${id}: ${sentence}`) : said;
}
