import type { About, ErrorParts } from "../types.js";
import type { Estimate } from "./estimate.js";
import { twoSidedTail } from "./tail.js";

/** Closed forms are compared to this part of the larger side: their own roundoff, with digits to spare. */
export const ROUNDOFF = 1e-12;

/** What one cell says of a claim, before the family of cells is looked at. */
export interface Finding {
  readonly cell: string;
  readonly measured: number | null;
  readonly expected: number | null;
  /** Distance to the edge of the claim: positive inside, negative outside. */
  readonly margin: number | null;
  readonly standardError: number | null;
  readonly about: About;
  /** What the error is made of, where it is over seeds or pools. */
  readonly errors?: ErrorParts;
  readonly rows: number;
  /** The side on which the cell lies; null where it cannot be told. */
  readonly side: boolean | null;
  /** Two-sided probability of lying so far on this side if the truth were on the edge; 0 where nothing is random. */
  readonly probability: number;
  /** Why `side` is null. */
  readonly why: string;
}

/** The two sides of a comparison, as they are printed. */
export interface Sides {
  readonly cell: string;
  readonly measured: number | null;
  readonly expected: number | null;
}

/**
 * A finding from an estimated margin. A margin that may be random decides by its distance to 0 in standard errors, and
 * only beyond the roundoff of the two sides; an exact one (or one whose error is below roundoff) decides by its sign,
 * where a tie within roundoff is inside if the claim allows equality. A margin that is infinite because an operand is can refute, and never support.
 */
export function findingOf(margin: Estimate, sides: Sides, tieIsInside: boolean): Finding {
  if ("why" in margin) return undecided(sides, margin.about, margin.rows, margin.why);
  const { value, standardError, about, rows } = margin;
  if (value === Number.POSITIVE_INFINITY) return undecided(sides, about, rows, "an operand is infinite");
  if (value === Number.NEGATIVE_INFINITY) return { ...undecided(sides, about, rows, ""), side: false, probability: 0 };
  const scale = Math.max(Math.abs(sides.measured ?? 0), Math.abs(sides.expected ?? 0));
  const tie = Math.abs(value) <= ROUNDOFF * scale;
  const errors = margin.errors && { errors: margin.errors };
  const common = { ...sides, margin: value, standardError, about, ...errors, rows, why: "" };
  const settled = about === "exact" || (tie && standardError <= ROUNDOFF * scale);
  if (settled) return { ...common, side: tie ? tieIsInside : value > 0, probability: 0 };
  if (tie) return { ...common, side: null, probability: 1, why: "the two sides agree to roundoff" };
  return { ...common, side: value > 0, probability: twoSidedTail(value / standardError, margin.degrees) };
}

/** A cell of which nothing can be said. */
export function undecided(sides: Sides, about: About, rows: number, why: string): Finding {
  return { ...sides, margin: null, standardError: null, about, rows, side: null, probability: 1, why };
}
