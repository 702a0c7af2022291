import { numberText } from "../report/plus-minus.js";
import { type FolderDifference, folderDifference, type RowDifference } from "../runner/row-differences.js";
import { storedCells } from "./stored-rows.js";

/** `iclab diff`: which rows of two folders differ by more than their error, and why they may. Status 1 where any does. */
export async function diff(here: string, there: string, { json }: { readonly json?: boolean }): Promise<void> {
  const found = folderDifference(await storedCells(here), await storedCells(there));
  process.stdout.write(json ? `${JSON.stringify(found, null, 2)}\n` : asText(found));
  if (found.different.length > 0 || found.compared === 0) process.exitCode = 1;
}

function asText({ compared, identical, onlyHere, onlyThere, threshold, different, reasons }: FolderDifference): string {
  const lines = [
    ...different.map(lineOf),
    `${compared} rows in both: ${identical} the same to the last bit, ${different.length} beyond their error (${numberText(threshold, 3)} SE over all)`,
    ...(onlyHere + onlyThere > 0 ? [`${onlyHere} rows only in the first, ${onlyThere} only in the second`] : []),
    ...reasons.map((reason) => `perhaps because ${reason}`),
  ];
  return `${lines.join("\n")}\n`;
}

function lineOf({
  experiment,
  settings,
  name,
  exact,
  testContext,
  here,
  there,
  standardErrors,
}: RowDifference): string {
  const place = Object.entries({ ...settings, ...(testContext !== settings.context && { testContext }) });
  const at = place.map(([column, value]) => `${column} ${value}`).join(", ");
  const text = (value: number | string | null) => (typeof value === "number" ? numberText(value) : (value ?? "–"));
  const far = standardErrors === null ? "" : ` (${numberText(Math.abs(standardErrors), 2)} SE)`;
  return `${experiment} ${at}: ${exact ? "exact " : ""}risk of ${name} is ${text(here)} here and ${text(there)} there${far}`;
}
