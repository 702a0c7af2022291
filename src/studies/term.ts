import * as dual from "../claims/dual.js";
import type { Quantity } from "../claims/estimate.js";
import { bendOf, exponentOf } from "../claims/power-law.js";

/** What an expression may read of a row by its name. */
export const READS = { risk: 1, exact: 1, excess: 1, distance: 2, cosine: 2 } as const;

/** What an expression may say of a number over all cells, on logarithmic axes: its exponent, and how much that changes. */
export const CURVES = { slope: exponentOf, bend: bendOf } as const;

/** An expression of a hypothesis, checked: plain data that nothing but `quantityOf` evaluates. */
export type Term =
  | { readonly kind: "number"; readonly value: number }
  | { readonly kind: "column"; readonly column: string }
  | { readonly kind: "read"; readonly what: keyof typeof READS; readonly names: readonly string[] }
  | { readonly kind: "apply"; readonly operation: Operation; readonly to: readonly Term[] }
  | { readonly kind: "power"; readonly base: Term; readonly exponent: number }
  | { readonly kind: "curve"; readonly what: keyof typeof CURVES; readonly y: Term; readonly x: string };

export type Operation = keyof typeof operations;

const operations = {
  add: (a: dual.Dual, b: dual.Dual) => dual.add(a, b),
  subtract: (a: dual.Dual, b: dual.Dual) => dual.subtract(a, b),
  multiply: (a: dual.Dual, b: dual.Dual) => dual.multiply(a, b),
  divide: (a: dual.Dual, b: dual.Dual) => dual.divide(a, b),
  log: (a: dual.Dual) => dual.log(a),
  abs: (a: dual.Dual) => dual.abs(a),
  min: (...all: dual.Dual[]) => dual.min(...all),
  max: (...all: dual.Dual[]) => dual.max(...all),
};

/** The term as a quantity with derivatives; a curve runs over all cells it is given, everything else reads the first. */
export function quantityOf(term: Term): Quantity {
  if (term.kind === "number") return () => dual.constant(term.value);
  if (term.kind === "column") return (cell) => cell!.column(term.column);
  if (term.kind === "read") {
    const [one, other] = term.names as [string, string];
    return (cell) => cell![term.what](one, other);
  }
  if (term.kind === "power") {
    const base = quantityOf(term.base);
    return (...cells) => dual.power(base(...cells), term.exponent);
  }
  if (term.kind === "curve") {
    const y = quantityOf(term.y);
    return (...cells) => CURVES[term.what](cells.map((cell) => ({ x: cell.columns[term.x], y: y(cell) })));
  }
  const parts = term.to.map(quantityOf);
  const operation = operations[term.operation] as (...all: dual.Dual[]) => dual.Dual;
  return (...cells) => operation(...parts.map((part) => part(...cells)));
}

/** The terms directly inside a term. */
export function inside(term: Term): readonly Term[] {
  if (term.kind === "apply") return term.to;
  if (term.kind === "power") return [term.base];
  return term.kind === "curve" ? [term.y] : [];
}

/** All terms of an expression, itself among them. */
export function everyTerm(term: Term): Term[] {
  return [term, ...inside(term).flatMap(everyTerm)];
}
