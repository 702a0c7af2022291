import { parseHTML } from "linkedom";
import { heatMap } from "../src/figures/heat-map.js";
import { riskCurve } from "../src/figures/risk-curve.js";
import { trainingCurve } from "../src/figures/training-curve.js";
import { standaloneSvg } from "../src/report/standalone-svg.js";
import { textWidth } from "../src/report/text-width.js";
import type { Picture, Row } from "../src/types.js";

interface Box {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly middle: number;
  /** Of the whole drawing. */
  readonly width: number;
}

const SIZE = 12;

/** Where each horizontal text stands: its own place and those of all groups around it. */
function boxesOf(picture: Picture): Box[] {
  const { document } = parseHTML(standaloneSvg(picture, { title: "A title", caption: picture.caption }));
  const full = Number(document.querySelector("svg")!.getAttribute("width"));
  const texts = [...document.querySelectorAll("text")].filter(({ textContent }) => textContent?.trim());
  return texts.flatMap((text): Box[] => {
    let [x, y] = [Number(text.getAttribute("x") ?? 0), Number.parseFloat(text.getAttribute("y") ?? "0")];
    let anchor: string | null = null;
    for (let at: Element | null = text; at !== null; at = at.parentElement) {
      const transform = at.getAttribute("transform") ?? "";
      if (transform.includes("rotate")) return [];
      const [, dx = 0, dy = 0] = /translate\(([^,]+),([^)]+)\)/.exec(transform) ?? [];
      [x, y] = [x + Number(dx), y + Number(dy)];
      anchor ??= at.getAttribute("text-anchor");
    }
    const width = textWidth(text.textContent!, SIZE);
    const left = anchor === "end" ? x - width : anchor === "middle" ? x - width / 2 : x;
    return [{ text: text.textContent!, left, right: left + width, middle: y, width: full }];
  });
}

/** Pairs of texts on the same line that share a place; each must stand within the drawing's width, too. */
const overlaps = (picture: Picture) => {
  const boxes = boxesOf(picture);
  for (const { text, left, right, width: full } of boxes)
    expect({ text, inside: left >= 0 && right <= full + 2 }).toEqual({ text, inside: true });
  return boxes.flatMap((one, k) =>
    boxes
      .slice(k + 1)
      .filter((other) => Math.abs(one.middle - other.middle) < SIZE)
      .filter((other) => one.left < other.right && other.left < one.right)
      .map((other) => `${one.text} | ${other.text}`),
  );
};

const curves: Row[] = ["isotropic", "diagonal", "rotated"].flatMap((inputs) =>
  [5, 10, 20, 40, 80].flatMap((context) =>
    Array.from({ length: 12 }, (_, k) => ({
      ...{ inputs, context, name: `preconditioned-gradient-step-${k}`, exact: false, seed: 0, step: context },
      risk: (1 + k) / context,
    })),
  ),
);

const axis = (column: string, label: string, scale: "log" | "linear") => ({ column, label, scale });

test.each(["log", "linear"] as const)("no words of a curve of 12 series run into each other on %s axes", (scale) => {
  const risk = axis("risk", "risk: mean squared error (label units²)", scale);
  const context = axis("context", "context pairs n", scale);
  for (const panels of [{}, { panel: "inputs" }]) {
    expect(overlaps(riskCurve(curves, { x: context, y: risk, ...panels }))).toEqual([]);
    expect(overlaps(trainingCurve(curves, { y: risk, ...panels }))).toEqual([]);
    const picture = riskCurve(curves, { x: context, y: risk, ...panels });
    expect(boxesOf(picture)[0]!.width).toBe(picture.width);
  }
});

test("panels stand in the order of the rows, each under its own name", () => {
  const picture = riskCurve(curves, {
    x: axis("context", "n", "log"),
    y: axis("risk", "risk", "log"),
    panel: "inputs",
  });
  const heads = boxesOf(picture).filter(({ text }) => text.startsWith("inputs: "));
  const byPlace = heads.sort((a, b) => a.left - b.left).map(({ text }) => text);
  expect(byPlace).toEqual(["inputs: isotropic", "inputs: diagonal", "inputs: rotated"]);
});

test.each([2, 6, 11, 21, 33])("no words of three matrices of %d rows run into each other", (size) => {
  const rows = ["trained", "theory", "difference"].flatMap((source) =>
    Array.from({ length: size * size }, (_, k) => ({ source, i: Math.floor(k / size), j: k % size, value: -k / 7 })),
  );
  const picture = heatMap(rows, {
    i: { column: "i", label: "key entry" },
    j: { column: "j", label: "query entry" },
    value: { column: "value", label: "entry of KQ (1 / input units²)" },
    panel: "source",
  });
  expect(overlaps(picture)).toEqual([]);
  const marks = boxesOf(picture).filter(({ text }) => text === "0");
  expect(marks.length).toBeGreaterThanOrEqual(2);
});

test.each(["log", "linear"] as const)(
  "numbers have ticks of their own on %s axes where there is room for all",
  (scale) => {
    const ticks = (contexts: readonly number[]) => {
      const rows = contexts.map((context) => ({ name: "lsa", exact: false, seed: 0, context, risk: 1 }));
      const picture = riskCurve(rows, { x: axis("context", "n", scale), y: axis("risk", "risk", "linear") });
      expect(overlaps(picture)).toEqual([]);
      const { document } = parseHTML(standaloneSvg(picture));
      return [...document.querySelectorAll('[aria-label="x-axis tick label"] text')].map((text) => text.textContent);
    };
    expect(ticks([1, 2, 3])).toEqual(["1", "2", "3"]);
    expect(ticks([7])).toEqual(["7"]);
    expect(ticks([0.5, 0.75, 1, 1.25, 1.5])).toEqual(["0.5", "0.75", "1", "1.25", "1.5"]);
    const close = ticks([1, 99, 100, 101, 1000]);
    expect(close).not.toContain("99");
    expect(close.length).toBeGreaterThan(2);
  },
);
