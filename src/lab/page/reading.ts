import { element, made } from "./element.js";
import { SERIES, type Series } from "./loss-chart.js";
import type { Session } from "./session.js";

/** Writes what each line is, with a piece of the line itself. */
export function writeLegend(place: HTMLElement): void {
  const items = (Object.keys(SERIES) as Series[]).map((name) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const line = document.createElementNS(svg.namespaceURI, "line");
    const { dash, width } = SERIES[name];
    const drawing = {
      x1: 1,
      x2: 33,
      y1: 6,
      y2: 6,
      stroke: `var(--${name})`,
      "stroke-width": width,
      "stroke-dasharray": dash,
    };
    for (const [key, value] of Object.entries(drawing)) line.setAttribute(key, String(value));
    for (const [key, value] of Object.entries({ width: 34, height: 12, "aria-hidden": true }))
      svg.setAttribute(key, String(value));
    svg.append(line);
    return made("li", {}, [svg, SERIES[name].name]);
  });
  place.replaceChildren(...items);
}

/** Writes what the pictures show in words: for whoever cannot see them, and for their numbers. */
export function writeNotes(session: Session): void {
  const { levels, weighed, record, ranking } = session;
  const risk = record.risks.at(-1);
  const said: string[] = [];
  if (risk) {
    const error = risk.standardError === null ? "exactly" : `± ${risk.standardError.toPrecision(1)}`;
    said.push(`Risk ${risk.risk.toPrecision(4)} (${error}) at update ${risk.step}.`);
  }
  if (levels) {
    const { optimum, noCourse } = levels;
    if ("why" in optimum) said.push(`No optimum: ${optimum.why}.`);
    else {
      const share = risk ? risk.risk / optimum.risk - 1 : 0;
      const above = risk ? `; the weights are ${percent(Math.abs(share))} ${share < 0 ? "below" : "above"} it` : "";
      said.push(`Optimum ${optimum.risk.toPrecision(4)} (${optimum.source})${above}.`);
    }
    said.push(
      noCourse === null
        ? "The predicted course is the optimiser's on the exact gradient of the population."
        : `No predicted course: ${noCourse}.`,
    );
  }
  element("loss-note").textContent = said.join(" ");
  element("loss").ariaLabel = `Mean squared error over updates. ${said.join(" ")}`;
  const target = levels === null || typeof levels.target === "string" ? null : levels.target;
  const apart = target && weighed?.matrices[0] ? distance(weighed.matrices[0].rows, target.rows) : null;
  const become = levels && typeof levels.target === "string" ? `What they should become: ${levels.target}.` : "";
  const far = apart === null ? become : `Relative distance of the two: ${apart.toPrecision(3)}.`;
  element("weights-note").textContent = far;
  element("weights").ariaLabel =
    `Heat maps of ${[...(weighed?.matrices ?? []), ...(target ? [target] : [])].map(({ name }) => name).join(" and ")}. ${far}`;
  element("ranking-note").textContent = ranking
    ? `At update ${ranking.step}: ${ranking.sentence}.`
    : "The first ranking takes a few seconds.";
  const compared = session.predictions?.comparisons.map(
    ({ name, distance: apartFrom }) => `${name} ${apartFrom?.toPrecision(2) ?? "not finite"}`,
  );
  element("predictions").ariaLabel =
    `The model's predictions against algorithms' on fresh prompts; distances: ${compared?.join(", ") ?? "none yet"}.`;
}

const percent = (share: number): string => `${(100 * share).toPrecision(3)} %`;

/** Relative to the size of the second, by Frobenius' norm. */
function distance(a: readonly (readonly number[])[], b: readonly (readonly number[])[]): number {
  const entries = b.flatMap((row, i) => row.map((value, j) => ({ value, gap: value - a[i]![j]! })));
  return Math.hypot(...entries.map(({ gap }) => gap)) / Math.hypot(...entries.map(({ value }) => value));
}
