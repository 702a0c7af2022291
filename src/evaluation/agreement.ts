import { Moments } from "../math/moments.js";
import type { Nd, Prompts } from "../types.js";
import { promptChunks, type Stream } from "./prompt-chunks.js";
import { sensitivity } from "./sensitivity.js";

/** A mean over prompts with its standard error. */
export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/**
 * How much alike two maps from prompts to predictions are, prompt by prompt on the same prompts
 * (von Oswald et al. 2023, Section 3: "preds diff", "model cos", "model diff").
 */
export interface Agreement {
  /** E |prediction - other prediction|, in units of the label. */
  readonly distance: Estimate;
  /** E cos(dy/dx_query, dy'/dx_query); prompts where either sensitivity vanishes have no angle and are left out. */
  readonly cosine: Estimate;
  /** E || dy/dx_query - dy'/dx_query ||, in units of label over input. */
  readonly sensitivityDistance: Estimate;
  /** Prompts whose angle is defined. */
  readonly angles: number;
}

type Predict = (prompts: Prompts) => Nd<["batch"]>;

/** Compares two predictors on given prompts; costs 2 d + 1 passes of either. */
export function agreement(one: Predict, other: Predict, prompts: Prompts): Agreement {
  const sums = noSums();
  addTo(sums, one, other, prompts);
  return agreementOf(sums);
}

/** The same on the first prompts of a stream, in chunks that let signals in. */
export async function streamAgreement(one: Predict, other: Predict, stream: Stream): Promise<Agreement> {
  const sums = noSums();
  const passes = 2 * (2 * stream.law.features + 1);
  for await (const prompts of promptChunks(stream, passes)) addTo(sums, one, other, prompts);
  return agreementOf(sums);
}

const noSums = () => ({ distance: new Moments(1), angle: new Moments(1), gap: new Moments(1) });

type Sums = ReturnType<typeof noSums>;

function addTo({ distance, angle, gap }: Sums, one: Predict, other: Predict, prompts: Prompts): void {
  const [batch, features] = prompts.query.shape;
  const [a, b] = [one(prompts).data, other(prompts).data];
  const [da, db] = [sensitivity(one, prompts).data, sensitivity(other, prompts).data];
  for (let p = 0; p < batch; p++) {
    distance.add([Math.abs(a[p]! - b[p]!)]);
    const [u, v] = [da, db].map((s) => s.subarray(p * features, (p + 1) * features));
    const [uu, vv, uv] = [dot(u!, u!), dot(v!, v!), dot(u!, v!)];
    if (uu > 0 && vv > 0) angle.add([uv / Math.sqrt(uu * vv)]);
    gap.add([Math.sqrt(Math.max(0, uu + vv - 2 * uv))]);
  }
}

function agreementOf({ distance, angle, gap }: Sums): Agreement {
  return {
    distance: estimate(distance),
    cosine: estimate(angle),
    sensitivityDistance: estimate(gap),
    angles: angle.count,
  };
}

function dot(u: ArrayLike<number>, v: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < u.length; i++) sum += u[i]! * v[i]!;
  return sum;
}

function estimate(moments: Moments): Estimate {
  if (moments.count === 0) return { mean: Number.NaN, standardError: Number.NaN };
  return { mean: moments.mean(0), standardError: moments.standardError(0) };
}
