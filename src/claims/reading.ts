import type { Measurement, Row } from "../types.js";
import { constant, type Dual, type Operand, undefinedDual, variable } from "./dual.js";

/**
 * The rows of one cell seen from one seed: what a quantity is computed from. Sampled numbers are the seed's own, closed
 * forms are the cell's (or the seed's, where a closed form of trained weights was stored with it).
 *
 * Nothing is guessed: a row that is missing, doubled, diverged or undefined gives an undefined number that says so.
 */
export class Reading {
  private readonly operands = new Map<string, Operand>();

  /**
   * @param seed null where only closed forms are to be had
   * @param stream names the stream of the cell's prompts, where that is known
   */
  constructor(
    readonly columns: Row,
    private readonly rows: readonly Measurement[],
    readonly seed: number | null,
    private readonly stream?: string,
  ) {}

  /** Sampled risk, with its error over prompts. */
  risk(name: string): Dual {
    return this.number(this.sampled(name), "risk", `risk(${name})`, "standardError");
  }

  /** Sampled excess risk: the risk less a constant, so that the two share one error. */
  excess(name: string): Dual {
    return this.number(this.sampled(name), "excess", `excess(${name})`, "standardError");
  }

  /** Risk in closed form, without error. */
  exact(name: string): Dual {
    const forms = this.rows.filter((row) => row.name === name && row.exact);
    const own = forms.filter((row) => row.seed !== null && row.seed === this.seed);
    return this.number(own.length > 0 ? own : forms.filter((row) => row.seed === null), "risk", `exact(${name})`, null);
  }

  /** E |prediction - other prediction|, from the row of either. */
  distance(one: string, other: string): Dual {
    return this.pair("distance", one, other);
  }

  /** Cosine of the two sensitivities dy/dx_query, from the row of either. */
  cosine(one: string, other: string): Dual {
    return this.pair("cosine", one, other);
  }

  /** A number computed from a model's weights alone, such as their distance from an optimum: exact for these weights. */
  ofWeights(name: string, column: string): Dual {
    const rows = this.sampled(name).map((row) => ({ ...row, exact: true }));
    return this.number(rows, column, `${column} of ${name}`, null);
  }

  /** A number of the cell itself, such as its context length. */
  column(name: string): Dual {
    const value = this.columns[name];
    return typeof value === "number" ? constant(value) : undefinedDual(`column ${name} is ${value}, not a number`);
  }

  private pair(what: "distance" | "cosine", one: string, other: string): Dual {
    const stored = this.sampled(one).some((row) => row[`${what}.${other}`] !== undefined);
    const [name, beside] = stored ? [one, other] : [other, one];
    return this.number(this.sampled(name), `${what}.${beside}`, `${what}(${one}, ${other})`, `${what}Error.${beside}`);
  }

  private sampled(name: string): Measurement[] {
    return this.rows.filter((row) => row.name === name && !row.exact && row.seed === this.seed);
  }

  /** @param error the column of the standard error, null for a closed form. */
  private number(rows: readonly Measurement[], column: string, label: string, error: string | null): Dual {
    const which = this.seed === null ? label : `${label} of seed ${this.seed}`;
    const row = rows[0];
    if (!row) return undefinedDual(`there is no row for ${which}`);
    if (rows.length > 1) return undefinedDual(`there are ${rows.length} rows for ${which} in one cell`);
    const operand = this.operand(row, column, error);
    if (row.status === "infinite") return variable(Number.POSITIVE_INFINITY, operand);
    if (row.status !== "ok") return undefinedDual(`${which} is ${row.status}`, operand);
    const value = finite(row[column]);
    return value === null ? undefinedDual(`${which} has no value`, operand) : variable(value, operand);
  }

  private operand(row: Measurement, column: string, error: string | null): Operand {
    const isRisk = column === "risk" || column === "excess";
    const key = `${row.name} ${row.exact} ${isRisk ? "risk" : column}`;
    const known = this.operands.get(key);
    if (known) return known;
    const standardError = error === null ? 0 : finite(row[error]);
    const { stream } = this;
    const operand: Operand = {
      row,
      standardError,
      ...(stream !== undefined && { stream }),
      covariance: (other) => {
        if (stream !== undefined && other.stream !== undefined && other.stream !== stream) return 0;
        return isRisk && this.isRisk(other) ? finite(row[`covariance.${other.row.name}`]) : null;
      },
    };
    this.operands.set(key, operand);
    return operand;
  }

  /** Whether an operand is a risk of this cell and seed: only those share a covariance column. */
  private isRisk(operand: Operand): boolean {
    return this.operands.get(`${operand.row.name} ${operand.row.exact} risk`) === operand;
  }
}

function finite(value: number | string | boolean | null | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}
