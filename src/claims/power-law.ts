import type { Row } from "../types.js";
import type { Group } from "./cell.js";
import { add, constant, type Dual, log, multiply, undefinedDual } from "./dual.js";
import { equivalence, type Within } from "./equivalence.js";
import { estimateOf, type Quantity } from "./estimate.js";
import type { Finding } from "./finding.js";
import type { Judge } from "./inequality.js";
import { promptError } from "./prompt-error.js";
import { weaker } from "./weaker.js";

/** One point of a curve: y over the cell's column x, which must be a positive number. */
export interface CurvePoint {
  readonly x: Row[string] | undefined;
  readonly y: Dual;
}

/**
 * The exponent p of y = c x^p: slope of the weighted least-squares line of log y over log x,
 * sum w (u - mean u) v / sum w (u - mean u)^2 with u = log x, v = log y, mean u = sum w u / sum w. A point's weight is
 * 1 / s^2 of its v by its error over prompts, s(v) = s(y) / y; all weights are 1 where any point has no error. Weights
 * are taken as constants, so that a wrong one costs precision and no bias. Undefined unless all y and x are positive and
 * two x differ.
 */
export function exponentOf(points: readonly CurvePoint[]): Dual {
  const why = unfit(points, "a slope", 2);
  if (why !== null) return undefinedDual(why);
  const { logs, weights } = weighted(points);
  return combination(lineOver(logs, weights), points);
}

/**
 * By how much the exponent changes from the least x to the largest, (u_max - u_min) d^2 v / du^2 of the weighted
 * least-squares parabola: 0 for a power law. The parabola's leading coefficient is that of q = t^2 - a t - b alone, with
 * t = u - mean u, made orthogonal to the line: c = sum w q v / sum w q^2, and d^2 v / du^2 = 2 c. Undefined below three
 * different x.
 */
export function bendOf(points: readonly CurvePoint[]): Dual {
  const why = unfit(points, "a bend", 3);
  if (why !== null) return undefinedDual(why);
  const { logs, weights } = weighted(points);
  const centred = fromMean(logs, weights);
  const moment = (power: number) => sum(centred.map((t, i) => weights[i]! * t ** power)) / sum(weights);
  const parabola = centred.map((t) => t ** 2 - (moment(3) / moment(2)) * t - moment(2));
  const size = sum(parabola.map((q, i) => weights[i]! * q ** 2));
  const range = Math.max(...logs) - Math.min(...logs);
  const coefficients = parabola.map((q, i) => (2 * range * weights[i]! * q) / size);
  return combination(coefficients, points);
}

/** What a claim of a power law says. */
export interface PowerLaw {
  /** The number over x, from each cell's reading. */
  readonly y: Quantity;
  /** The column that is x. */
  readonly x: string;
  /** The exponent that is claimed; any where left out. */
  readonly exponent?: number;
  /** How far the exponent may be off, and change from the middle of the range to an end: absolute, or a part of it. */
  readonly within: Within;
}

/**
 * y = c x^p over all cells of a group, as two equivalence tests: the fitted exponent lies within the margin of the
 * claimed one; and the exponent at the end of the range, the fitted one and half the bend, lies within the margin of
 * the fitted one: the curvature test. Holds where both hold (an intersection-union test needs no correction: Berger
 * 1982), is refuted where either is refuted (at twice its probability, for there are two), and is else undecided: a line
 * through noise is no power law.
 */
export function powerLaw({ y, x, exponent, within }: PowerLaw): Judge {
  const points = (cells: Parameters<Quantity>) => cells.map((cell) => ({ x: cell.columns[x], y: y(cell) }));
  const slope: Quantity = (...cells) => exponentOf(points(cells));
  const bend: Quantity = (...cells) => bendOf(points(cells));
  const end: Quantity = (...cells) => add(slope(...cells), multiply(constant(0.5), bend(...cells)));
  const straight = equivalence(end, slope, within);
  const right = exponent === undefined ? null : equivalence(slope, () => constant(exponent), within);
  return (group) => {
    const why = `exponent ${told(slope, group)}, bent by ${told(bend, group)} over the range`;
    const findings = [straight(group), ...(right === null ? [] : [right(group)])];
    const decisive = together(findings);
    return { ...decisive, why: [decisive.why, why].filter((part) => part !== "").join("; ") };
  };
}

/** All of several sentences: the weakest, or the clearest that is refuted, at as many times its probability. */
function together(findings: readonly Finding[]): Finding {
  const refuted = findings.filter(({ side }) => side === false);
  if (refuted.length === 0) return findings.find(({ side }) => side === null) ?? findings.reduce(weaker);
  const clearest = refuted.reduce((one, other) => (other.probability < one.probability ? other : one));
  return { ...clearest, probability: Math.min(1, findings.length * clearest.probability) };
}

function told(quantity: Quantity, group: Group): string {
  const found = estimateOf(quantity, group);
  if ("why" in found) return "undefined";
  const text = (value: number) => String(Number(value.toPrecision(3)));
  return found.standardError === 0 ? text(found.value) : `${text(found.value)} ± ${text(found.standardError)}`;
}

/** log x of all points, and their weights. */
function weighted(points: readonly CurvePoint[]): { readonly logs: number[]; readonly weights: number[] } {
  const variances = points.map(({ y }) => (promptError(log(y)) ?? Number.NaN) ** 2);
  const known = variances.every((variance) => Number.isFinite(variance) && variance > 0);
  return {
    logs: points.map(({ x }) => Math.log(x as number)),
    weights: variances.map((variance) => (known ? 1 / variance : 1)),
  };
}

/** The coefficients by which the line's slope is a sum of the v. */
function lineOver(logs: readonly number[], weights: readonly number[]): number[] {
  const centred = fromMean(logs, weights);
  const spread = sum(centred.map((t, i) => weights[i]! * t ** 2));
  return centred.map((t, i) => (weights[i]! * t) / spread);
}

function fromMean(logs: readonly number[], weights: readonly number[]): number[] {
  const mean = sum(logs.map((u, i) => weights[i]! * u)) / sum(weights);
  return logs.map((u) => u - mean);
}

function combination(coefficients: readonly number[], points: readonly CurvePoint[]): Dual {
  return points.map(({ y }, i) => multiply(constant(coefficients[i]!), log(y))).reduce(add, constant(0));
}

/** Why no curve can be laid through the points; null where one can. */
function unfit(points: readonly CurvePoint[], what: string, least: number): string | null {
  const odd = points.find(({ x }) => !(typeof x === "number" && x > 0 && Number.isFinite(x)));
  if (odd) return `${what} on logarithmic axes is over positive numbers, not over ${odd.x}`;
  const different = new Set(points.map(({ x }) => x)).size;
  return different < least ? `${what} needs at least ${least === 2 ? "two" : "three"} different x` : null;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
