import type { LinearRegression } from "../laws/gaussian-linear.js";
import { applied, product, scaled, traceOfProduct, transpose } from "../math/matrix.js";
import { nd } from "../math/nd.js";
import { root } from "../math/roots.js";
import { eigen } from "../math/symmetric.js";
import type { ClosedForm, Lengths, Nd, Rows } from "../types.js";
import { labelMoments } from "./label-moments.js";
import { layerFlow } from "./layer-flow.js";
import { layerApplies } from "./layer-risk.js";
import { mergedWeights } from "./layer-weights.js";
import { leastRisk } from "./least-risk.js";
import { optimalPreconditioner } from "./optimal-preconditioner.js";
import { priorRisk } from "./prior-risk.js";
import type { HeadProducts } from "./query-forms.js";

/** A small start of merged weights, and how far the risk is to fall. */
export interface AtPlateau {
  readonly start: HeadProducts;
  readonly context: Lengths;
  /** Share of the way from the risk of predicting 0 to the least risk; 1/2 where left out. */
  readonly share?: number;
  /** The loss is this factor times the mean squared error: 1/2 where left out. */
  readonly lossFactor?: number;
}

/** The largest size of the other mode at the end of the plateau, beside the optimum: it moves the time by its square. */
const LEFT_BEHIND = 0.3;
/** How far below the optimum, as a share of it, the linear growth is followed: what it leaves out is of this size. */
const FOLLOWED = 1e-8;

/**
 * The time at which gradient flow of a small start leaves the plateau of predicting 0. At zero weights the flow is linear,
 * and its fastest mode is the x-block of KQ along N = L W Lq together with the label's entry of OV,
 *
 *   c(t) = c_0 exp(r t),   r = 2 factor ||N||_F,   c_0^2 = sum_h (<KQ_h, N> / ||N||_F + OV_h,label)^2 / 2
 *
 * Heads keep their shares, so that they act as one of size c_0. Every small start therefore follows one curve, which is
 * integrated from c = a deep in the plateau: the time is ln(a / c_0) / r + T(a). In the isotropic case L = v I, W = I
 *
 *   T = ln(2 sqrt(d) x / ((1 - x) g c_0^2)) / (2 r),   x = 1 - sqrt(1 - share),   g as in `timeCourse`.
 *
 * The x-part of OV with the label's row of KQ grows too, at the rate r s / ||N||_F of N's largest singular value s. Where
 * one direction holds most of N the two rates are close, and a start has to be very small indeed for this mode to be left
 * behind; otherwise it leaves first, to a saddle where one direction is learned, and `applies` says so.
 *
 * Asymptotic as c_0 -> 0. Derived here from the flow of all weights.
 */
export const plateauTime: ClosedForm<LinearRegression, AtPlateau> = {
  name: "time on the plateau",
  source: { paper: "Zhang, Frei, Bartlett 2024", where: "Section 3.3" },
  kind: "asymptotic",
  applies(population, { start, context, share = 1 / 2 }) {
    const applies = layerApplies(population, { layer: start });
    if (applies !== true) return applies;
    if (!(share > 0 && share < 1)) return `the risk falls by a share between 0 and 1 of its way, not by ${share}`;
    const N = drive(population, context);
    const amplitude = amplitudeOf(start, N);
    if (amplitude === 0) return "the start has no part along the growing mode, and stays where it is";
    const optimum = frobenius(optimalPreconditioner.value(population, { context }));
    if (!(amplitude ** 2 / 2 < optimum / 100))
      return `a start of amplitude ${amplitude} is not small: its product is above 1 % of the optimum's`;
    const others = othersAtEnd(start, N, Math.sqrt(2 * optimum) / amplitude) / Math.sqrt(2 * optimum);
    return (
      others <= LEFT_BEHIND ||
      `the label's row of KQ leaves the plateau too: it would reach ${Number(others.toPrecision(2))} of the optimum, ` +
        `and ${LEFT_BEHIND} is allowed`
    );
  },
  value(population, { start, context, share = 1 / 2, lossFactor = 1 / 2 }) {
    const N = drive(population, context);
    const rate = 2 * lossFactor * frobenius(N);
    const optimum = frobenius(optimalPreconditioner.value(population, { context }));
    const deep = Math.sqrt(2 * FOLLOWED * optimum);
    const prior = priorRisk.value(population, {});
    const target = prior - share * (prior - leastRisk.value(population, { context }));
    const flow = layerFlow(mergedWeights);
    const after = (from: HeadProducts, time: number) =>
      flow.value(population, { start: from, context, times: [time], lossFactor })[0]!;
    let [elapsed, state] = [0, { weights: modeOf(N, deep), risk: prior }];
    for (;;) {
      const next = after(state.weights, 1 / rate);
      if (next.risk <= target) break;
      elapsed += 1 / rate;
      state = next;
    }
    const { weights } = state;
    const left = root((time) => after(weights, time).risk - target, 0, 1 / rate, 1e-9 / rate);
    return Math.log(deep / amplitudeOf(start, N)) / rate + elapsed + left;
  },
};

/** N = E[m w^T] Lq: what pulls the x-block of KQ at zero weights. */
function drive(population: LinearRegression, context: Lengths): Rows {
  return product(labelMoments(population, context).cross, population.queryCovariance);
}

function frobenius(matrix: Rows): number {
  return Math.sqrt(traceOfProduct(matrix, transpose(matrix)));
}

/** c_0 of a start. */
function amplitudeOf({ KQ, OV }: HeadProducts, N: Rows): number {
  const [heads, tokens] = OV.shape;
  const size = frobenius(N);
  const squares = Array.from({ length: heads }, (_, h) => {
    const entry = (b: number, c: number) => KQ.data[(h * tokens + b) * tokens + c]!;
    const along = N.reduce((total, row, b) => row.reduce((sum, n, c) => sum + n * entry(b, c), total), 0) / size;
    return (along + OV.data[h * tokens + tokens - 1]!) ** 2 / 2;
  });
  return Math.sqrt(squares.reduce((total, square) => total + square, 0));
}

/**
 * Size of the other growing modes when the fastest has grown by `growth`: with N = sum_k s_k u_k v_k^T each head has
 * (OV_x . u_k + KQ_label . v_k) / sqrt(2) along mode k, which grows by growth^(s_k / ||N||_F).
 */
function othersAtEnd({ KQ, OV }: HeadProducts, N: Rows, growth: number): number {
  const [heads, tokens] = OV.shape;
  const { values, vectors } = eigen(product(transpose(N), N));
  const size = frobenius(N);
  const squares = vectors.flatMap((right, k) => {
    const s = Math.sqrt(Math.max(values[k]!, 0));
    const left = applied(N, right).map((entry) => (s === 0 ? 0 : entry / s));
    return Array.from({ length: heads }, (_, h) => {
      const row = (h * tokens + tokens - 1) * tokens;
      const along = (data: Nd["data"], at: number, vector: readonly number[]) =>
        vector.reduce((total, entry, i) => total + entry * data[at + i]!, 0);
      const amplitude = (along(OV.data, h * tokens, left) + along(KQ.data, row, right)) / Math.SQRT2;
      return (amplitude * growth ** (s / size)) ** 2;
    });
  });
  return Math.sqrt(squares.reduce((total, square) => total + square, 0));
}

/** One head of amplitude a in the growing mode. */
function modeOf(N: Rows, amplitude: number): HeadProducts {
  const tokens = N.length + 1;
  const KQ = nd(["head", "key", "query"], [1, tokens, tokens]);
  const OV = nd(["head", "token"], [1, tokens]);
  const share = amplitude / Math.SQRT2;
  const unit = scaled(N, share / frobenius(N));
  for (const [b, row] of unit.entries()) for (const [c, entry] of row.entries()) KQ.data[b * tokens + c] = entry;
  OV.data[tokens - 1] = share;
  return { KQ, OV };
}
