import { nd } from "../math/nd.js";
import type { Nd, Weights } from "../types.js";

/**
 * Weights between two models of one merged form (KQ and OV, or the KQ and PV of a stack), head by head in one gauge:
 * as (c KQ, PV / c) predict alike, both are scaled so that the x-part of KQ has mean diagonal 1 before they are mixed.
 *
 *   KQ = (1 - t) KQ_0 / b_0 + t KQ_1 / b_1,   PV = (1 - t) b_0 PV_0 + t b_1 PV_1,    b = mean diagonal of KQ's x-part
 *
 * Source: von Oswald et al. 2023, Appendix A.3, with t = 1/2.
 *
 * @throws RangeError where the forms differ, or where a head has no mean diagonal to be scaled by.
 */
export function interpolated(zero: Weights, one: Weights, t: number): Weights {
  const [from, to] = [inGauge(zero), inGauge(one)];
  const mixed = Object.entries(from).map(([name, array]) => {
    const other = to[name];
    if (!other || String(other.shape) !== String(array.shape))
      throw new RangeError(
        `models are mixed entry by entry: ${name} has shapes (${array.shape}) and (${other?.shape})`,
      );
    const data = Float64Array.from(array.data, (value, i) => (1 - t) * value + t * other.data[i]!);
    return [name, nd(array.axes, array.shape, data)];
  });
  return Object.fromEntries(mixed);
}

/** The same model with the x-part of every head's KQ of mean diagonal 1. */
function inGauge(weights: Weights): Weights {
  const { KQ } = weights;
  const name = "PV" in weights ? "PV" : "OV";
  const values = weights[name];
  if (!KQ || !values)
    throw new RangeError(`weights have a gauge to be fixed in as KQ and OV or PV, not as ${Object.keys(weights)}`);
  const D = KQ.shape.at(-1)!;
  const heads = KQ.data.length / (D * D);
  const width = values.data.length / heads;
  const diagonals = Array.from({ length: heads }, (_, h) => {
    let sum = 0;
    for (let a = 0; a < D - 1; a++) sum += KQ.data[h * D * D + a * (D + 1)]!;
    if (sum === 0) throw new RangeError("a head whose KQ has mean diagonal 0 cannot be scaled to one of 1");
    return sum / (D - 1);
  });
  const scaled = (array: Nd, size: number, factor: (diagonal: number) => number) =>
    nd(
      array.axes,
      array.shape,
      Float64Array.from(array.data, (value, i) => value * factor(diagonals[Math.floor(i / size)]!)),
    );
  return { KQ: scaled(KQ, D * D, (b) => 1 / b), [name]: scaled(values, width, (b) => b) };
}
