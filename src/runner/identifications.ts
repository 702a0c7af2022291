import { labelOf } from "../claims/cell.js";
import type { Identified, Near } from "../report/material.js";
import type { Study } from "../studies/study.js";
import type { Measurement, Row } from "../types.js";

/**
 * What `identify` found of each model in each cell and seed of a study: once, as it does not depend on the test. Empty
 * where the study does not ask.
 */
export function identifications({ cells }: Pick<Study, "cells">, rows: readonly Measurement[]): Identified[] {
  const columns = Object.keys(cells[0]?.columns ?? {});
  const found = new Map<string, Identified>();
  for (const row of rows) {
    const { name, seed, identified, identifiedAlike, identifiedSays } = row;
    if (typeof identifiedSays !== "string") continue;
    const cell = labelOf({ ...Object.fromEntries(columns.map((column) => [column, row[column] ?? null])), seed });
    // Models of no predictor have no list; neither have rows of versions that stored the sentence only.
    const alike =
      typeof identifiedAlike === "string" ? identifiedAlike.split(", ").filter((each) => each !== "") : null;
    found.set(JSON.stringify([name, cell]), {
      ...{ model: name, cell, is: identified as string | null, says: identifiedSays, alike },
      best: near(row, "identified", identified),
      next: near(row, "identifiedNext", row.identifiedNext),
    });
  }
  return [...found.values()];
}

function near(row: Row, column: string, name: Row[string] | undefined): Near | null {
  const [distance, standardError, constant] = ["Distance", "Error", "Constant"].map((of) => row[`${column}${of}`]);
  if (typeof name !== "string" || distance === undefined) return null;
  return {
    name,
    distance: distance as number | null,
    standardError: standardError as number | null,
    constant: (constant ?? null) as number | null,
  };
}
