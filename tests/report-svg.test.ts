import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import { heatMap } from "../src/figures/heat-map.js";
import { riskCurve } from "../src/figures/risk-curve.js";
import { trainingCurve } from "../src/figures/training-curve.js";
import { drawFigure } from "../src/report/draw-figure.js";
import { plotSvg } from "../src/report/plot-svg.js";
import { pngOf } from "../src/report/png.js";
import { standaloneSvg } from "../src/report/standalone-svg.js";
import { unbroken } from "../src/report/unbroken.js";
import { wrapText } from "../src/report/wrap-text.js";
import type { Figure, Row } from "../src/types.js";

const names = ["lsa", "zero", "gradient-step", "preconditioned-gradient-step", "newton-3", "ridge", "ols"];

/** Seven names at five contexts with five seeds each and a closed form: what a paper's figure holds. */
const rows: Row[] = names.flatMap((name, k) =>
  [5, 10, 20, 40, 80].flatMap((context) =>
    [null, 0, 1, 2, 3, 4].map((seed) => ({
      ...{ name, context, seed, exact: seed === null, prompts: 20000, status: "ok" },
      risk: (k + 1) / context + (seed ?? 0) / 300,
      standardError: seed === null ? null : 0.01 / context,
    })),
  ),
);

const figure: Figure = {
  id: "risk",
  title: "Risk against context length",
  caption: "Gaussian linear regression, d = 10.",
  plot: (some) =>
    riskCurve(some, {
      x: { column: "context", label: "context pairs n", scale: "log" },
      y: { column: "risk", label: "risk (label units²)", scale: "log" },
    }),
};

const drawn = drawFigure(figure, rows, "paper");

test("a figure is one SVG under 50 kB that needs nothing else", () => {
  expect(drawn.svg.length).toBeLessThan(50_000);
  expect(drawn.svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" width="\d+" height="\d+" viewBox=/);
  expect(drawn.svg).not.toMatch(/<style|<script|system-ui|currentColor|var\(|class=|https?:\/\/(?!www\.w3\.org)/);
  expect(drawn.svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(drawn.svg).not.toMatch(/ (?:d|transform|x|y|[xy][12]|c[xy]|r)="[^"]*\.\d{4}/);
});

test("title, legend, axis labels and caption stand in the SVG, and the words alone are left out for the page", () => {
  for (const text of [figure.title, ...names, "context pairs n →", "↑ risk (label units²)"])
    expect(drawn.svg).toContain(`>${text}</text>`);
  const { document } = parseHTML(drawn.svg);
  const written = [...document.querySelectorAll("text")].map((text) => text.textContent).join(" ");
  expect(written).toContain("Gaussian linear regression, d = 10. Lines: closed forms. Symbols: means over 5 seeds of");
  expect(drawn.caption).toContain("± 1 standard error over seeds");
  expect(drawn.inline).not.toContain("Gaussian linear regression");
  for (const name of names) expect(drawn.inline).toContain(`>${name}</text>`);
});

test("words that look like markup are words", () => {
  const name = `<script>&"'`;
  const svg = drawFigure({ ...figure, title: name }, [{ ...rows[1]!, name }], "paper").svg;
  expect(svg).not.toContain("<script");
  expect(parseHTML(svg).document.querySelector("title")!.textContent).toBe(name);
});

test("ids begin with the page's part of the name, so that drawings can share a page", () => {
  const clipped = { marks: [Plot.dot([[1, 2]], { clip: true })] };
  const { markup } = plotSvg(clipped, "paper-risk");
  const [, id] = / id="([^"]+)"/.exec(markup)!;
  expect(id).toMatch(/^paper-risk-/);
  expect(markup).toContain(`url(#${id})`);
});

test("a coordinate that is no number, and a warning of Plot, are errors", () => {
  const marks = [Plot.tickX([1, 2], { x: (x: number) => x, dx: 1 })];
  expect(() => plotSvg({ width: Number.NaN, marks })).toThrow("a coordinate that is no number");
  const warned: unknown[] = [];
  const warn = console.warn;
  console.warn = (text) => warned.push(text);
  try {
    const dates = [new Date(0), new Date(1)].map((date) => date.toISOString());
    expect(() => plotSvg({ title: "dates", marks: [Plot.dotX(dates)] })).toThrow(
      'the figure "dates" was drawn with a warning',
    );
  } finally {
    console.warn = warn;
  }
  expect(warned).toHaveLength(1);
});

const extremes = [0, 1, -1, 5e-324, 1e-29, 1e200, -1.7e308, null];
const beyond = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];

test.each(["log", "linear"] as const)("no numbers break a figure on %s axes, alone or in pairs", (scale) => {
  const values = [...extremes, ...beyond];
  const axis = (column: string) => ({ column, label: column, scale });
  for (const [k, one] of values.entries())
    for (const other of values.slice(k)) {
      const pair = [one, other].map((risk, k): Row => ({ name: "a", seed: 0, step: k, risk, standardError: risk }));
      const turned = [one, other].map((step): Row => ({ name: "a", exact: true, seed: null, step, risk: 1 }));
      for (const some of [pair, turned]) {
        standaloneSvg(riskCurve(some, { x: axis("step"), y: axis("risk") }));
        standaloneSvg(trainingCurve(some, { x: axis("step"), y: axis("risk") }));
      }
      const entries = pair.map((row) => ({ ...row, j: 0 }));
      const [i, j] = ["step", "j"].map((column) => ({ column, label: column }));
      standaloneSvg(heatMap(entries, { i: i!, j: j!, value: { column: "risk", label: "risk" } }));
    }
});

test("a PNG has text in it although no font of the system is read", () => {
  const blank = standaloneSvg({ ...figure.plot([]), marks: [] });
  const written = standaloneSvg({ ...figure.plot([]), marks: [] }, { caption: "Risk ± error, σ² ≤ 1, Σ λ ∈ ŷ" });
  const [without, with_] = [pngOf(blank, 1), pngOf(written, 1)];
  expect([...with_.slice(1, 4)].map((byte) => String.fromCharCode(byte)).join("")).toBe("PNG");
  const taller = standaloneSvg({ ...figure.plot([]), marks: [] }, { caption: "     .     " });
  expect(with_.length).toBeGreaterThan(pngOf(taller, 1).length + 500);
  expect(with_.length).toBeGreaterThan(without.length);
});

test("a PNG is the same on every machine: a font that only the system may have is not taken", () => {
  const written = standaloneSvg({ ...figure.plot([]), marks: [] }, { caption: "Risk ± error" });
  const serif = written.replaceAll("DejaVu Sans, Verdana, sans-serif", "DejaVu Serif, serif");
  expect(serif).not.toBe(written);
  expect(pngOf(serif, 1).equals(pngOf(written, 1))).toBe(true);
});

test("text is broken at spaces, and a long word stands alone", () => {
  expect(wrapText("one two three", 7)).toEqual(["one two", "three"]);
  expect(wrapText("a verylongword b", 4)).toEqual(["a", "verylongword", "b"]);
  expect(wrapText("", 10)).toEqual([]);
  expect(wrapText("within 10 % of it", 9)).toEqual(["within", "10 % of", "it"]);
  expect(unbroken("within 10 % of %")).toBe("within 10\u00a0% of %");
});
