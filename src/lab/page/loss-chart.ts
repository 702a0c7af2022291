import * as Plot from "@observablehq/plot";
import type { Level, Point } from "../messages.js";
import { drawn } from "./drawn.js";
import type { TrainingRecord } from "./record.js";

/** The series of the chart: how each is drawn (class in the style sheet, dashes) and what it is. */
export const SERIES = {
  batch: { name: "loss of each batch", dash: "none", width: 1 },
  risk: { name: "risk of the weights", dash: "none", width: 2.5 },
  course: { name: "predicted course", dash: "7 4", width: 2 },
  optimum: { name: "optimum of linear attention", dash: "none", width: 1.5 },
  bayes: { name: "ridge (Bayes)", dash: "2 3", width: 1.5 },
} as const;

export type Series = keyof typeof SERIES;

interface Mark extends Point {
  readonly part: number;
}

/** How far the axis goes beyond where training stands: the predicted course is ahead of it. */
const AHEAD = 1.25;

/** Numbers this far below all others are no part of the axis: a risk of 0 is left out of a logarithmic one. */
const LOWEST = 1 / 30;

/** What there is to draw of each series. */
export function seriesOf(record: TrainingRecord): Record<Series, Mark[]> {
  const { losses, risks, levels, courses, step } = record;
  const level = (read: (each: (typeof levels)[number]) => Level): Mark[] =>
    levels.flatMap((each, part) => {
      const found = read(each);
      const until = levels[part + 1]?.step ?? Math.max(10, AHEAD * step);
      return "risk" in found ? [each.step, until].map((at) => ({ step: at, risk: found.risk, part })) : [];
    });
  const positive = (marks: readonly Mark[]) => marks.filter(({ risk }) => risk > 0 && Number.isFinite(risk));
  const one = (points: readonly Point[]) => points.map((point) => ({ ...point, part: 0 }));
  // A course is drawn as far as training has come, and a little ahead.
  const reach = Math.max(2, AHEAD * step);
  const starts = [...courses.keys()];
  const predicted = starts.flatMap((from, part) =>
    courses
      .get(from)!
      .filter((point) => point.step <= Math.min(reach, starts[part + 1] ?? Number.POSITIVE_INFINITY))
      .map((point) => ({ ...point, part })),
  );
  const bayes = level((each) => each.bayes);
  const least = Math.min(...[...losses, ...risks, ...predicted].map(({ risk }) => risk).filter((risk) => risk > 0));
  return {
    batch: positive(one(losses)),
    risk: positive(one(risks)),
    course: positive(predicted),
    optimum: positive(level((each) => each.optimum)),
    bayes: positive(bayes).filter(({ risk }) => risk > LOWEST * least),
  };
}

/** Draws the loss, the risk, and what theory predicts of them, on the same axes. */
export function drawLoss(place: HTMLElement, record: TrainingRecord, axis: "log" | "linear"): void {
  const series = seriesOf(record);
  const least = axis === "log" ? 1 : 0;
  const line = (name: Series) => {
    const marks = series[name].map((mark) => ({ ...mark, step: Math.max(least, mark.step) }));
    const { dash, width } = SERIES[name];
    const stroke = `var(--${name})`;
    return Plot.line(marks, {
      x: "step",
      y: "risk",
      z: "part",
      stroke,
      strokeWidth: width,
      strokeDasharray: dash,
      clip: true,
    });
  };
  const width = Math.max(280, place.clientWidth);
  const narrow = width < 520;
  drawn(place, {
    width,
    height: narrow ? 260 : 340,
    marginLeft: 56,
    marginRight: 16,
    x: {
      type: axis,
      label: "update",
      domain: [least, Math.max(10, AHEAD * record.step)],
      ticks: narrow ? 4 : 8,
      tickFormat: "~s",
    },
    y: { type: "log", inset: 6, label: "mean squared error", ticks: 6, tickFormat: "~r" },
    marks: [
      Plot.gridY({ strokeOpacity: 0.1, ticks: 6 }),
      Plot.frame({ strokeOpacity: 0.35 }),
      ...(["batch", "bayes", "optimum", "risk", "course"] as const).map(line),
      Plot.tip(
        series.risk,
        Plot.pointerX({
          x: "step",
          y: "risk",
          title: ({ step, risk }) => `update ${step}\nrisk ${risk.toPrecision(4)}`,
        }),
      ),
    ],
  });
}
