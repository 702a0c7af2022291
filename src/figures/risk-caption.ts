import type { Row } from "../types.js";
import { counted } from "./counted.js";
import type { Point, Points } from "./points.js";
import { SPREAD } from "./series-marks.js";

/**
 * What the marks of a risk curve are, over what their errors are, and how many rows are no mark.
 *
 * @param withoutPlace rows that the horizontal axis cannot show, beyond those that have no number there
 */
export function riskCaption(rows: readonly Row[], read: readonly Points[], withoutPlace: number): string {
  const points = read.flatMap((each) => each.points);
  const [means, alone] = [points.filter(isMean), points.filter(({ drawn }) => drawn === "alone")];
  const total = (of: (each: Points) => number) => read.reduce((sum, each) => sum + of(each), 0);
  return [
    ...(points.some(({ drawn }) => drawn === "exact") ? ["Lines: closed forms."] : []),
    ...(means.length > 0 ? [`Symbols: ${meansText(means)}${promptsText(rows)}; bars: ${barsText(means)}.`] : []),
    ...(read.filter(isMeasured).length > 1 ? [`They are moved sideways by up to ${SPREAD / 2} px to part them.`] : []),
    ...counted(alone.length, "row", (is) => `${is} drawn one by one (small): a seed there has no number, or several.`),
    ...counted(points.filter(lacksError).length, "symbol", () => "without a known error."),
    ...counted(
      total((each) => each.undefinedRows),
      "row",
      (is) => `${is} diverged or without a number: not drawn.`,
    ),
    ...counted(
      withoutPlace + total((each) => each.withoutPlace),
      "row",
      (is) => `${is} not drawn: no place on the horizontal axis.`,
    ),
  ].join(" ");
}

const isMeasured = ({ points }: Points) => points.some(({ drawn }) => drawn !== "exact");

const isMean = ({ drawn }: Point) => drawn === "mean";

const lacksError = ({ drawn, error, y }: Point) => drawn !== "exact" && error === null && y !== "infinite";

function meansText(means: readonly Point[]): string {
  const seeds = means.map(({ rows }) => rows).sort((a, b) => a - b);
  const [fewest, most] = [seeds[0]!, seeds.at(-1)!];
  if (most === 1) return "measured, one seed";
  return `means over ${fewest === most ? most : `${fewest} to ${most}`} seeds`;
}

function promptsText(rows: readonly Row[]): string {
  const prompts = new Set(rows.flatMap(({ exact, prompts }) => (exact !== true && prompts ? [Number(prompts)] : [])));
  return prompts.size === 1 ? ` of ${[...prompts][0]!.toLocaleString("en")} prompts` : "";
}

function barsText(means: readonly Point[]): string {
  const over = (["seeds", "prompts"] as const).filter((kind) => means.some(({ errorOver }) => errorOver === kind));
  return over.length === 0
    ? "none"
    : `± 1 standard error over ${over.join(" or, where seeds agree or are few, over ")}`;
}
