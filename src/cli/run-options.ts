import type { BackendName } from "../types.js";

/** What every command that trains is told. */
export interface RunOptions {
  readonly backend: BackendName | "auto";
  readonly seed: number;
  /** Folder for rows, figures and the report. */
  readonly out: string;
  readonly resume?: boolean;
  /** With `resume`: compute cells again that failed. */
  readonly retry?: boolean;
  readonly json?: boolean;
}
