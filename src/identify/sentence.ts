import { type Finding, type Identification, NONE_ABOVE } from "./identify.js";
import type { WeightDistance } from "./weight-distances.js";

/** Names that are listed before the rest is counted. */
const LISTED = 6;

/**
 * What was found, in one sentence:
 *
 *   best: gradient-step (constant x 1.01), distance 0.004 ± 0.001; next: newton-1, distance 0.31 ± 0.01; cannot be told
 *   apart from: preconditioned-gradient-step
 */
export function identificationSentence({
  best,
  findings,
  alike,
  quiet,
  undefinedOn,
}: Omit<Identification, "fitted">): string {
  if (undefinedOn !== null) return `undefined: its predictions are not finite on prompts of ${undefinedOn}`;
  if (quiet !== null) return `best: zero: its predictions have ${digits(quiet)} of the labels' mean square`;
  const [nearest] = findings;
  if (nearest === undefined) return "none of these: no predictor applies to this law";
  if (best === null)
    return `none of these: the nearest is ${described(nearest)}, and a model is a predictor up to ${NONE_ABOVE}`;
  const next = findings.find((finding) => finding !== best && !alike.includes(finding.name));
  const listed = alike.slice(0, LISTED);
  const more = alike.length > LISTED ? ` and ${alike.length - LISTED} more` : "";
  return [
    `best: ${described(best)}`,
    ...(next ? [`next: ${described(next)}`] : []),
    ...(alike.length > 0 ? [`cannot be told apart from: ${listed.join(", ")}${more}`] : []),
  ].join("; ");
}

/** Distances of weights in one sentence, or nothing where there are none: the nearest optimum first. */
export function weightsSentence(distances: readonly WeightDistance[]): string {
  const sorted = [...distances].sort((a, b) => a.distance - b.distance);
  const said = sorted.map(({ optimum, distance, constants }) => {
    const listed = Object.entries(constants ?? {}).map(
      ([name, each]) => `${name} ${each.map((c) => digits(c)).join(", ")}`,
    );
    return `${optimum} ${digits(distance)}${listed.length > 0 ? ` (${listed.join("; ")})` : ""}`;
  });
  return said.length === 0 ? "" : `weights, distance from: ${said.join("; ")}`;
}

function described({ name, gain, distance, standardError }: Finding): string {
  const constant = gain === null || Math.abs(gain - 1) < 5e-4 ? "" : ` (constant x ${digits(gain)})`;
  const far = distance === null ? "not finite" : `${digits(distance)} ± ${digits(standardError ?? Number.NaN, 1)}`;
  return `${name}${constant}, distance ${far}`;
}

/** So many significant digits, in plain figures where that is short. */
function digits(value: number, count = 2): string {
  if (value === 0 || !Number.isFinite(value)) return String(value);
  if (Math.abs(value) < 1e-4) return value.toExponential(count - 1);
  const short = Math.abs(value) >= 0.5 && Math.abs(value) < 100 ? count + 1 : count;
  return String(Number(value.toPrecision(short)));
}
