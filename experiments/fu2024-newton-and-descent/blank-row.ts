import type { Measurement, Row } from "../../src/types.js";
import type { Cell } from "./cells.js";

/** What every row of a cell says of where it is from; `part` is the kind of the row. */
export const columnsOf = ({ inputs, features, context, depth }: Cell, part: string) => ({
  ...{ part, inputs, features, context, depth },
});

/** A row that holds a number of another kind than a risk. */
export function blankRow(cell: Cell, part: string, name: string): Measurement {
  return {
    ...columnsOf(cell, part),
    ...{
      testContext: cell.context,
      name,
      kind: name === "stack" ? "model" : "predictor",
      exact: false,
      seed: cell.seed,
    },
    ...{ risk: null, status: "ok", standardError: null, prompts: null, excess: null },
  };
}

/** A row whose risk is never compared with another's on common prompts. */
export function withoutCovariances(row: Measurement): Measurement {
  const columns: Row = Object.fromEntries(Object.entries(row).filter(([column]) => !column.startsWith("covariance.")));
  return columns as Measurement;
}
