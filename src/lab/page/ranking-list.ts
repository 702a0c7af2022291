import type { FromComparing } from "../messages.js";
import { made } from "./element.js";

type Ranking = Extract<FromComparing, { kind: "ranking" }>;

/** Predictors that are listed. */
const LISTED = 8;

/** Writes the nearest predictors with bars of their distances, on a scale of a tenth of the model's variance and beyond. */
export function writeRanking(place: HTMLElement, ranking: Ranking | null): void {
  const shown = (ranking?.findings ?? []).slice(0, LISTED);
  const items = shown.map(({ name, distance, standardError }) => {
    const text = distance === null ? "not finite" : `${short(distance)} ± ${short(standardError ?? 0)}`;
    const meter = made("meter", {
      min: 0,
      max: 1,
      value: distance === null ? 0 : nearness(distance),
      ariaLabel: `nearness of ${name}`,
    });
    return made("li", {}, [
      made("span", { className: "name" }, [name]),
      meter,
      made("span", { className: "number" }, [text]),
    ]);
  });
  place.replaceChildren(...items);
}

/** 1 at distance 0, 0 where nothing is alike: logarithmic from a thousandth to 1. */
function nearness(distance: number): number {
  return Math.max(0, Math.min(1, -Math.log10(Math.max(distance, 1e-3)) / 3));
}

const short = (value: number): string =>
  value === 0 ? "0" : value < 1e-3 ? value.toExponential(0) : value.toPrecision(2);
