import type { BackendName } from "../types.js";
import type { LimitChoices } from "./limit-options.js";

/** What every command that trains is told. */
export interface RunOptions extends LimitChoices {
  readonly backend: BackendName | "auto";
  readonly seed: number;
  /** Folder for rows, figures and the report. */
  readonly out: string;
  /** Compute everything again; without it, what is in the folder is kept. */
  readonly fresh?: boolean;
  /** Keep it, whatever `fresh` says. */
  readonly resume?: boolean;
  /** Compute cells again that failed in an earlier run. */
  readonly retry?: boolean;
  readonly json?: boolean;
}

/** Whether finished cells are kept. */
export const isKept = ({ resume = false, fresh = false }: Pick<RunOptions, "resume" | "fresh">): boolean =>
  resume || !fresh;
