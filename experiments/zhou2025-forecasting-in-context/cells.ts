import { type Autoregression, autocovariancesOf, autoregressiveLaw } from "../../src/laws/autoregressive.js";
import { fixedCoefficients } from "../../src/laws/series-coefficients.js";
import { seriesWindowsLaw } from "../../src/laws/series-windows.js";
import { foldIn } from "../../src/math/keys.js";
import linearAttention from "../../src/mixers/linear-attention.js";
import type { Key, Law, Mixer, Row, Scale, Schedule, Trial } from "../../src/types.js";
import { BATCHES, bestSoFar, EPOCHS, LENGTH, seriesOf, TRAINED_SHARE } from "./held-out.js";
import { SERIES } from "./published-series.js";
import { DEPTHS, FIGURE_2, FIGURE_2_PAIRS, figure2Law, HEADS, headOf, stackOf, variantSchedule } from "./variants.js";

/**
 * `published`: a layer a series, trained as the paper's code does. `optimum`: the same layers trained to the end.
 * `constant`: starts of a layer with a constant row. `drawn`: coefficients drawn for every prompt. `rollout`: no training. `depth`: stacks of one to three layers.
 * `softmax`: softmax heads beside the layer.
 */
export interface Cell extends Row {
  readonly part: "published" | "optimum" | "constant" | "drawn" | "rollout" | "depth" | "softmax";
  /** The paper's number of a series, or what it is. */
  readonly series: number | string;
  readonly order: number;
  /** Pairs m of a prompt; the paper's history is n = m + p. */
  readonly context: number;
  readonly seed: number;
}

export const NOISE = 0.05;
export const CONTEXTS = [5, 25, 50, 100, 200];
/** Coefficients of the layer with a constant row, and the bound of the coefficient that is drawn. */
export const [WITH_CONSTANT, WITHIN] = [[0.5, 0.3], 0.9];
/** Starts of the layer with a constant row: about half of them end at another stationary point. */
const STARTS = 6;

/**
 * Order 3 in five seeds, layers trained to the end for every series; `smoke` one seed, one prompt length and two series;
 * `published` orders 5 and 7 too.
 */
export function cells(scale: Scale): readonly Cell[] {
  const smoke = scale === "smoke";
  const orders = scale === "published" ? [3, 5, 7] : [3];
  const series = smoke ? [102, 106] : Object.keys(SERIES[3]!).map(Number);
  const seeded = (cell: Omit<Cell, "seed">) =>
    Array.from({ length: smoke ? 1 : 5 }, (_, seed) => ({ ...cell, seed }) as Cell);
  return [
    ...orders.flatMap((order) =>
      (smoke ? [100] : CONTEXTS).flatMap((context) => seeded({ part: "published", series: "all", order, context })),
    ),
    ...series.flatMap((one) => seeded({ part: "optimum", series: one, order: 3, context: 25 })),
    ...seeded({ part: "constant", series: "(.5, .3)", order: 2, context: 10 }),
    ...(smoke ? [100] : [100, 400]).flatMap((context) => seeded({ part: "drawn", series: "drawn", order: 1, context })),
    ...[0.5, 0.9].flatMap((rho) => seeded({ part: "rollout", series: `(${rho})`, order: 1, context: 50 })),
    ...(smoke ? [102] : [102, 106]).flatMap((one) => seeded({ part: "depth", series: one, order: 3, context: 25 })),
    ...seeded({ part: "softmax", series: "figure 2", order: FIGURE_2.length, context: FIGURE_2_PAIRS }),
  ];
}

/** The paper's settings: Adam at 1e-3 on batches of 512, at most 100 passes over the windows of the series. */
const published: Schedule = {
  steps: EPOCHS * BATCHES,
  batch: 512,
  rate: 1e-3,
  optimizer: { kind: "adam", betas: [0.9, 0.999], epsilon: 1e-8 },
  clip: null,
  warmup: 0,
  decay: "constant",
  lossFactor: 1,
};

/**
 * To the optimum itself. Series are scaled to unit variance, weights start at 0.3, and the rate of 0.03 falls by a cosine
 * to 0: near a unit root (series 104) the risk is so ill-conditioned that 4,000 steps end at four times the optimum.
 */
const toTheEnd: Schedule = { ...published, steps: 20_000, rate: 0.03, clip: 1, decay: "cosine", optimizer: adam(0.99) };

function adam(second: number): Schedule["optimizer"] {
  return { kind: "adam", betas: [0.9, second], epsilon: 1e-8 };
}

/** The series of one order, as laws. */
export function lawsOf({
  order,
}: Pick<Cell, "order">): readonly { readonly series: number; readonly law: Law<Autoregression> }[] {
  return Object.entries(SERIES[order]!).map(([series, rho]) => ({
    series: Number(series),
    law: autoregressiveLaw({ coefficients: fixedCoefficients(rho), noise: NOISE }),
  }));
}

/** The series of a cell that has one. */
export function lawOf(cell: Cell): Law<Autoregression> {
  return lawsOf(cell).find(({ series }) => series === cell.series)!.law;
}

/** The same law with values of unit variance. */
export function standardised(law: Law<Autoregression>): Law<Autoregression> {
  return law.shifted({ inputScale: 1 / Math.sqrt(autocovariancesOf(law.population, 0)[0]!) });
}

export const constantLaw = autoregressiveLaw({ coefficients: fixedCoefficients(WITH_CONSTANT), constant: true });
export const drawnLaw = autoregressiveLaw({ coefficients: { kind: "partial", order: 1, within: WITHIN } });

/** The series' own key: it is drawn once, and trained and tested on. */
export const seriesKey = (key: Key, series: number) => foldIn(foldIn(key, "series"), `${series}`);

export function trials(cell: Cell, key: Key): readonly Trial[] {
  const { context } = cell;
  const layer = (law: Law, scale: number) =>
    linearAttention.make(linearAttention.options.parse({ init: { scale } }), { features: law.features, context });
  const trial = (law: Law, scale: number, schedule: Schedule, name: string): Trial => ({
    mixer: layer(law, scale) as Mixer,
    law,
    context,
    schedule,
    key: foldIn(foldIn(key, "training"), name),
    record: [schedule.steps],
  });
  if (cell.part === "published")
    return lawsOf(cell).map(({ series, law }) => {
      const read = () => seriesOf(law, seriesKey(key, series)).slice(0, TRAINED_SHARE * LENGTH);
      const seen = seriesWindowsLaw({ length: TRAINED_SHARE * LENGTH, read }, { window: cell.order });
      const record = Array.from({ length: EPOCHS }, (_, epoch) => (epoch + 1) * BATCHES);
      const own = trial(seen, 0.01, published, `${series}`);
      return { ...own, record, done: bestSoFar(own.mixer, () => seriesOf(law, seriesKey(key, series)), context) };
    });
  if (cell.part === "optimum") return [trial(standardised(lawOf(cell)), 0.3, toTheEnd, "optimum")];
  if (cell.part === "constant")
    return Array.from({ length: STARTS }, (_, start) =>
      trial(constantLaw, 0.3, { ...toTheEnd, steps: 4000 }, `constant ${start}`),
    );
  if (cell.part === "depth") {
    const law = standardised(lawOf(cell));
    return DEPTHS.map((depth) => ({
      ...trial(law, 0.3, variantSchedule(toTheEnd, "depth"), `depth ${depth}`),
      mixer: stackOf(depth, { features: law.features, context }),
    }));
  }
  if (cell.part === "softmax")
    return HEADS.map((name) => ({
      ...trial(figure2Law, 0.3, variantSchedule(toTheEnd, "softmax"), name),
      mixer: headOf(name, { features: figure2Law.features, context }),
    }));
  if (cell.part === "drawn") return [trial(drawnLaw, 0.3, { ...toTheEnd, steps: 4000, rate: 0.01 }, "drawn")];
  return [];
}
