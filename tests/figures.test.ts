import { parseHTML } from "linkedom";
import { diverging, onDiverging } from "../src/figures/diverging.js";
import { heatMap } from "../src/figures/heat-map.js";
import { pointsOf } from "../src/figures/points.js";
import { type RiskCurve, riskCurve } from "../src/figures/risk-curve.js";
import { seriesStyle } from "../src/figures/series-style.js";
import { trainingCurve } from "../src/figures/training-curve.js";
import { standaloneSvg } from "../src/report/standalone-svg.js";
import type { Picture, Row } from "../src/types.js";

const CONTEXTS = [5, 10, 20, 40];

/** Rows of one estimator, one a number, at contexts 5, 10, 20, 40. */
const rowsOf = (risks: readonly (number | null)[], more: Row = {}, contexts = CONTEXTS): Row[] =>
  risks.map((risk, k) => ({
    ...{ name: "ols", exact: false, seed: 0, context: contexts[k]!, risk },
    ...{ status: "ok", standardError: null, prompts: 1000, ...more },
  }));

const curve = (rows: readonly Row[], scales: Pick<RiskCurve["x"], "scale">[] = [], more: Partial<RiskCurve> = {}) => {
  const [x, y] = [scales[0]?.scale ?? "log", scales[1]?.scale ?? "log"] as const;
  const frozen = rows.map((row) => Object.freeze({ ...row }));
  return riskCurve(Object.freeze(frozen), {
    x: { column: "context", label: "context pairs n", scale: x },
    y: { column: "risk", label: "risk", scale: y },
    ...more,
  });
};

/** The shapes that a mark (`dot`, `rule`, `line`, `cell`) draws, legend aside. */
const elements = (picture: Picture, mark: string): Element[] => {
  const { document } = parseHTML(`<body>${standaloneSvg({ ...picture, legend: [] })}</body>`);
  return [...document.querySelectorAll(`[aria-label="${mark}"]`)].flatMap((group) =>
    [group, ...group.querySelectorAll("*")].filter((each) => /^(path|circle|line|rect)$/.test(each.localName)),
  );
};

const shapes = (picture: Picture, mark: string): number => elements(picture, mark).length;

const domain = (picture: Picture, axis: "x" | "y") => picture[axis]!.domain as [number, number];

test("zero and rounding on a logarithmic axis are triangles at the lower edge, counted, and stretch nothing", () => {
  const picture = curve(rowsOf([0.75, 0.5, 0, 1e-29]));
  expect(shapes(picture, "dot")).toBe(4);
  expect(picture.caption).toContain("2 values are 0, negative or rounding");
  expect(domain(picture, "y")[0]).toBeGreaterThan(0.4);
  expect(domain(picture, "y")[1]).toBeLessThan(1);
});

test("small numbers that are no rounding keep their place: the floor follows the largest number downwards", () => {
  const picture = curve(rowsOf([1e-12, 1e-20, 1e-25, 1e-26]));
  expect(domain(picture, "y")[0]).toBeLessThan(1e-26);
  expect(picture.caption).not.toContain("rounding");
  const exploding = curve(rowsOf([1e30, 1e-3, 1, 2]));
  expect(exploding.caption).not.toContain("rounding");
  expect(domain(exploding, "y")[0]).toBeLessThan(1e-3);
});

test("error bars that reach below the axis are cut there, not removed, and counted", () => {
  const rows = rowsOf([0.75, 0.5, 0.02, 0.01]).map((row, k) => ({
    ...row,
    standardError: [0.1, 0.6, 0.02, 0.001][k]!,
  }));
  const picture = curve(rows);
  expect(shapes(picture, "dot")).toBe(4);
  expect(shapes(picture, "rule")).toBe(4);
  expect(picture.caption).toContain("2 error bars are cut at the lower edge");
  expect(picture.caption).toContain("± 1 standard error over prompts");
  expect(domain(picture, "y")[0]).toBeGreaterThan(1e-3);
});

test("a context of 0 has a place of its own on a logarithmic axis, and its tick reads 0", () => {
  const picture = curve(rowsOf([0.75, 0.5, 0.2], {}, [0, 1, 2]));
  expect(shapes(picture, "dot")).toBe(3);
  expect(standaloneSvg(picture)).toContain(">0</text>");
  expect(picture.caption).toContain("The left end of the logarithmic axis is 0");
  expect(curve(rowsOf([0.75, 0.5, 0.2], {}, [-1, 1, 2])).caption).toContain("1 row is not drawn: no place");
});

test.each(["log", "linear"] as const)("an infinite risk is a triangle at the upper edge of a %s axis", (scale) => {
  const asNumber = rowsOf([3, Number.POSITIVE_INFINITY, 2]);
  const asStatus = rowsOf([3, null, 2]).map((row, k) => (k === 1 ? { ...row, status: "infinite" } : row));
  for (const rows of [asNumber, asStatus]) {
    const picture = curve(rows, [{ scale: "log" }, { scale }]);
    expect(shapes(picture, "dot")).toBe(3);
    expect(picture.caption).toContain("1 value is infinite");
    expect(domain(picture, "y")[1]).toBeLessThan(4);
  }
});

test("a negative excess is shown on a linear axis and counted on a logarithmic one", () => {
  const rows = rowsOf([0.1, -0.01, 0.02]);
  const linear = curve(rows, [{ scale: "log" }, { scale: "linear" }]);
  expect(domain(linear, "y")[0]).toBeLessThan(-0.01);
  expect([shapes(linear, "dot"), linear.caption.includes("negative")]).toEqual([3, false]);
  const log = curve(rows);
  expect([shapes(log, "dot"), log.caption.includes("1 value is 0, negative or rounding")]).toEqual([3, true]);
});

test("rows without a number are counted, and drawn nowhere", () => {
  const picture = curve(rowsOf([0.5, null, Number.NaN, 0.1], { status: "diverged" }));
  expect(shapes(picture, "dot")).toBe(2);
  expect(picture.caption).toContain("2 rows are diverged or without a number: not drawn");
  expect(curve(rowsOf([null, null])).caption).toContain(
    "Nothing is drawn: no row has numbers on both axes. 2 rows are",
  );
});

test("no rows make a figure that says so, in all three kinds", () => {
  const matrix = { i: { column: "i", label: "i" }, j: { column: "j", label: "j" }, value: { column: "v", label: "v" } };
  for (const picture of [curve([]), trainingCurve([], { y: { column: "risk", label: "risk" } }), heatMap([], matrix)]) {
    expect(picture.caption).toBe("Nothing is drawn: there are no rows.");
    expect(standaloneSvg(picture)).toContain(">there are no rows</text>");
  }
});

test("one estimator and one place are a figure, too, measured or exact", () => {
  expect(shapes(curve(rowsOf([0.3])), "dot")).toBe(1);
  expect(shapes(curve(rowsOf([0.3], { exact: true, seed: null })), "dot")).toBe(1);
});

/** Relative luminance of #rrggbb (WCAG 2), 0 black to 1 white: what a grey print keeps of a colour. */
const luminance = (colour: string) => {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};

/** CIE lightness L*, 0 to 100: equal steps look equal. */
const lightness = (colour: string) => 116 * Math.cbrt(luminance(colour)) - 16;

test("12 estimators are 12 series in the SVG, each with its own colour and symbol", () => {
  const names = Array.from({ length: 12 }, (_, k) => `estimator-${k}`);
  const picture = curve(names.flatMap((name, k) => rowsOf([1 + k, 2 + k], { name })));
  expect(picture.legend.map(({ label }) => label)).toEqual(names);
  const svg = standaloneSvg(picture);
  for (let k = 0; k < 12; k++) expect(svg).toContain(`stroke="${seriesStyle(k).colour}"`);
  const symbols = names.map((_, k) => `${String(seriesStyle(k).symbol)} ${seriesStyle(k).hollow}`);
  expect(new Set(symbols).size).toBe(12);
  expect(new Set(names.map((_, k) => seriesStyle(k).colour)).size).toBe(12);
});

test("in grey any two of 12 lines differ in dash or by 15 in lightness, and all stand out from white by 3 to 1", () => {
  for (let a = 0; a < 12; a++) {
    expect(1.05 / (luminance(seriesStyle(a).colour) + 0.05)).toBeGreaterThan(2.5);
    for (let b = 0; b < a; b++) {
      const [one, other] = [seriesStyle(a), seriesStyle(b)];
      const apart = Math.abs(lightness(one.colour) - lightness(other.colour));
      expect(one.dash !== other.dash || apart >= 15).toBe(true);
    }
  }
  expect(() => seriesStyle(-1)).toThrow(RangeError);
});

test("with 3 seeds or more the bar is the standard error over seeds, with fewer the prompts'", () => {
  const columns = { x: "context", y: "risk", error: "standardError", panel: null };
  const seeds = (risks: number[]) => risks.map((risk, seed) => rowsOf([risk], { seed, standardError: 0.3 })[0]!);
  const [three] = pointsOf(seeds([1, 2, 6]), columns).points;
  expect(three).toMatchObject({ y: 3, errorOver: "seeds", rows: 3 });
  expect(three!.error).toBeCloseTo(Math.sqrt((4 + 1 + 9) / 2 / 3), 14);
  const [two] = pointsOf(seeds([1, 2]), columns).points;
  expect(two).toMatchObject({ y: 1.5, errorOver: "prompts" });
  expect(two!.error).toBeCloseTo(Math.sqrt(0.09 + 0.09) / 2, 14);
});

test("a seed that failed is not averaged away: the others are drawn one by one", () => {
  const rows = [0.2, null, 0.3].flatMap((risk, seed) => rowsOf([risk], { seed, status: risk ? "ok" : "diverged" }));
  const picture = curve(rows);
  expect(shapes(picture, "dot")).toBe(2);
  expect(picture.caption).toContain("2 rows are drawn one by one");
  expect(picture.caption).toContain("1 row is diverged");
});

test("exact rows are a line that breaks where the risk is infinite", () => {
  const risks = [0.5, null, 0.2, 0.1];
  const rows = rowsOf(risks, { exact: true, seed: null }).map((row) => ({
    ...row,
    status: row.risk ? "ok" : "infinite",
  }));
  const picture = curve(rows);
  const [line] = elements(picture, "line");
  expect(line!.getAttribute("d")!.match(/M/g)).toHaveLength(2);
  expect(picture.caption).toContain("Lines: closed forms. 1 value is infinite");
});

test("panels share one pair of axes", () => {
  const rows = [1, 2].flatMap((scale) => rowsOf([scale, scale / 2], { scale }));
  const svg = standaloneSvg(curve(rows, [], { panel: "scale" }));
  expect(svg.match(/aria-label="frame"/g)).toHaveLength(1);
  expect(shapes(curve(rows, [], { panel: "scale" }), "dot")).toBe(4);
});

test("the same rows give the same SVG, and rows are left as they are", () => {
  const rows = rowsOf([0.75, 0.5, 0, 1e-29]);
  expect(standaloneSvg(curve(rows))).toBe(standaloneSvg(curve(rows)));
});

const risk = { column: "risk", label: "risk", scale: "log" } as const;

const trained = (seed: number, risks: readonly (number | null)[]): Row[] =>
  risks.map((value, k) => ({ name: "lsa", exact: false, seed, step: [0, 1, 10, 100][k]!, risk: value }));

test("a training curve has one line a seed, step 0 included, and a level for the closed form", () => {
  const level = { name: "optimum", exact: true, seed: null, risk: 0.2 };
  const picture = trainingCurve([...trained(0, [1, 0.9, 0.5, 0.2]), ...trained(1, [1, 0.8, 0.4, 0.2]), level], {
    y: risk,
  });
  expect(shapes(picture, "line")).toBe(2);
  expect(shapes(picture, "rule")).toBe(1);
  expect(picture.caption).toBe(
    "Thin lines: one seed each. Thick lines: closed forms. The left end of the logarithmic axis is 0.",
  );
  expect(picture.legend.map(({ label }) => label)).toEqual(["lsa", "optimum"]);
  for (const [path] of standaloneSvg(picture).matchAll(/<path d="M[^"]*" [^>]*opacity/g)) expect(path).not.toBe("");
});

test("a seed that diverges ends in a cross and is counted; zero excess is a triangle, a lone number a dot", () => {
  const picture = trainingCurve([...trained(0, [1, 0.9, null, null]), ...trained(1, [0.7, 0, 0.5, -0.1])], { y: risk });
  expect(picture.caption).toContain("1 seed without a number from some step on: the line ends in a cross.");
  expect(picture.caption).toContain("2 rows are diverged or without a number: not drawn.");
  expect(picture.caption).toContain("2 values are 0, negative or rounding");
  expect(shapes(picture, "dot")).toBe(1 + 2 + 2);
});

test("rows that a training curve cannot tell apart or place are counted", () => {
  const rows = [...trained(0, [1, 0.9]), ...trained(0, [1.1, 0.8]), { name: "ols", exact: false, seed: 0, risk: 1 }];
  const { caption } = trainingCurve(rows, { y: risk });
  expect(caption).toContain("2 rows are at a step that its line has already");
  expect(caption).toContain("1 row is not drawn: no place on the horizontal axis");
});

const matrix = {
  i: { column: "i", label: "key entry" },
  j: { column: "j", label: "query entry" },
  value: { column: "value", label: "weight" },
  panel: "source",
};

const entry = (i: number, j: number, value: number | null, source = "theory"): Row => ({ i, j, value, source });

test("a heat map has a cell an entry, averaged over its rows, on one scale symmetric about 0", () => {
  const rows = [entry(0, 0, 1), entry(0, 1, -0.5), entry(1, 0, 0), entry(1, 1, 0.25)];
  const seeds = [0.5, 1.5].map((value) => entry(0, 0, value, "trained"));
  const picture = heatMap([...rows, ...seeds], matrix);
  expect(shapes(picture, "cell")).toBe(5);
  expect(picture.caption).toContain("Entries with several rows (up to 2) are their means.");
  expect(picture.caption).toContain("3 cells are left blank: no row.");
  expect(picture.legend).toMatchObject([{ label: "weight", ends: ["-1", "1"] }]);
  const svg = standaloneSvg(picture);
  for (const share of [1, -0.5, 0, 0.25]) expect(svg).toContain(`fill="${diverging(share)}"`);
  for (const text of ["1.00", "-0.50", "0.00", "0.25", "theory", "trained", "key entry", "query entry"])
    expect(svg).toContain(`>${text}</text>`);
});

test("entries without a number stay white with a sign, are counted, and are not averaged away", () => {
  const rows = [
    entry(0, 0, 1),
    entry(0, 1, null),
    entry(0, 1, 2),
    entry(1, 0, Number.POSITIVE_INFINITY),
    entry(1, 1, 0),
  ];
  const picture = heatMap([...rows, { i: 0, j: "bias", value: 1, source: "theory" }], matrix);
  expect(shapes(picture, "cell")).toBe(4);
  for (const note of ["1 cell is infinite", "1 cell is without a number", "1 row is not drawn: no index"])
    expect(picture.caption).toContain(note);
  expect(heatMap([entry(0, 0, null)], matrix).caption).toContain("Nothing is drawn: no entry has a number. 1 cell is");
});

test("the heat map's colours rise in lightness from minus to plus, and numbers on them read at 4.5 to 1", () => {
  const shares = Array.from({ length: 81 }, (_, k) => k / 40 - 1);
  for (const [k, share] of shares.entries()) {
    const [on, under] = [luminance(onDiverging(share)), luminance(diverging(share))].sort((a, b) => b - a);
    expect((on! + 0.05) / (under! + 0.05)).toBeGreaterThan(4.5);
    if (k > 0) expect(lightness(diverging(share))).toBeGreaterThan(lightness(diverging(shares[k - 1]!)));
  }
});
