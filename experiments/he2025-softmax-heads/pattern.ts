import type { Mixer, Row, Rows } from "../../src/types.js";

/** A head by the published pattern KQ = diag(omega I, *), OV = (0, .., 0, mu), and how much of it is of that form. */
export interface Head {
  /** Mean diagonal entry of the x-part of KQ, the scale of the scores included. */
  readonly omega: number;
  /** Last entry of OV. */
  readonly mu: number;
  /** The part of KQ's squared size (without the query's empty label) that is omega I. */
  readonly diagonal: number;
  /** The part of OV's squared size that is mu. */
  readonly last: number;
  /** The x-part of KQ. */
  readonly scores: Rows;
}

/** The heads of one layer. */
export function headsOf({ KQ, OV }: ReturnType<Mixer["products"]>): Head[] {
  const [heads, D] = OV.shape;
  const d = D - 1;
  return Array.from({ length: heads }, (_, h) => {
    const row = (a: number) => Array.from({ length: d }, (_, b) => KQ.data[(h * D + a) * D + b]!);
    const scores = Array.from({ length: d }, (_, a) => row(a));
    const omega = scores.reduce((sum, entries, a) => sum + entries[a]!, 0) / d;
    const values = Array.from(OV.data.subarray(h * D, (h + 1) * D));
    const mu = values[d]!;
    const square = (entries: readonly number[]) => entries.reduce((sum, entry) => sum + entry ** 2, 0);
    const size = square(scores.flat()) + square(row(d));
    return { omega, mu, diagonal: (d * omega ** 2) / size, last: mu ** 2 / square(values), scores };
  });
}

/** The pattern of all heads; a head whose part in sum |omega mu| is below a twentieth is a dummy and says nothing. */
export function patternOf(heads: readonly Head[]): Row {
  const sum = (of: (head: Head) => number, over = heads) => over.reduce((total, head) => total + of(head), 0);
  const work = sum(({ omega, mu }) => Math.abs(omega * mu));
  const active = heads.filter(({ omega, mu }) => Math.abs(omega * mu) > work / 20);
  const sizes = active.map(({ omega }) => Math.abs(omega));
  const positive = active.filter(({ omega }) => omega > 0).length;
  return {
    active: active.length,
    signs: positive === 0 || positive === active.length ? "one" : "both",
    omega: sizes.reduce((a, b) => a + b, 0) / sizes.length,
    /** Largest over smallest |omega|, less 1. */
    omegaSpread: Math.max(...sizes) / Math.min(...sizes) - 1,
    sumMu: sum(({ mu }) => mu) / sum(({ mu }) => Math.abs(mu)),
    sumOmegaMu: sum(({ omega, mu }) => omega * mu),
    absoluteMu: sum(({ mu }) => Math.abs(mu), active) / active.length,
    signsMatch: active.every(({ omega, mu }) => omega * mu > 0),
    leastDiagonal: Math.min(...active.map(({ diagonal }) => diagonal)),
    leastLast: Math.min(...active.map(({ last }) => last)),
  };
}
