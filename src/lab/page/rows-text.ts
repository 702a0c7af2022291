import type { Point } from "../messages.js";
import { SERIES, type Series, seriesOf } from "./loss-chart.js";
import type { TrainingRecord } from "./record.js";

/** Everything that the loss chart shows, as CSV: series, update, mean squared error, its standard error, exact or not. */
export function rowsText(record: TrainingRecord): string {
  const errors = new Map(record.risks.map(({ step, standardError }) => [step, standardError]));
  const lines = (Object.entries(seriesOf(record)) as [Series, readonly Point[]][]).flatMap(([series, points]) =>
    points.map(({ step, risk }) => {
      const error = series === "risk" ? errors.get(step) : null;
      const isExact = series === "course" || series === "optimum" || (series === "risk" && error === null);
      return [`"${SERIES[series].name}"`, step, risk, error ?? "", isExact].join(",");
    }),
  );
  return ["name,step,risk,standardError,exact", ...lines, ""].join("\n");
}
