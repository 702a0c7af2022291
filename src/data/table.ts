import type { Place } from "./series-error.js";

/** One cell as it is written, without the blanks around it. */
export interface Cell extends Place {
  readonly text: string;
}

/** Cells below each other under one name; where a file names none, the name is the column's number from 1. */
export interface Column {
  readonly name: string;
  readonly cells: readonly Cell[];
}

/** What every format is read into. */
export interface Table {
  readonly columns: readonly Column[];
  /** Whether a comma may stand for the decimal point: not where it separates cells. */
  readonly commas: boolean;
}
