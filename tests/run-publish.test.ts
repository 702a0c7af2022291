import { readFileSync } from "node:fs";
import { join } from "node:path";
import { jest } from "@jest/globals";
import type { Section } from "../src/report/material.js";
import type { Provenance } from "../src/runner/provenance.js";
import { mixture, publish } from "../src/runner/publish.js";
import { quoted, scaleOf } from "../src/runner/rerun.js";
import { saveFigures } from "../src/runner/save-figures.js";
import { studyFigures } from "../src/runner/study-figures.js";
import type { Figure, Row } from "../src/types.js";
import { scratch } from "./command.js";

const folder = scratch();

test("a figure that fails says so in its place and costs neither the page nor the other figures", () => {
  const stderr = jest.spyOn(process.stderr, "write").mockReturnValue(true);
  const rows = [3, 6].map((context) => ({ name: "zero", context, testContext: context, risk: 1, exact: true }));
  const cells = [3, 6].map((context) => ({ columns: { context }, tests: [{ columns: { testContext: context } }] }));
  const [works] = studyFigures({ cells } as unknown as Parameters<typeof studyFigures>[0]);
  const fails: Figure = {
    ...works!,
    id: "fails",
    plot: () => {
      throw new RangeError("no such column");
    },
  };
  const figures = saveFigures(folder, "paper", [fails, works!], rows);
  expect(stderr.mock.calls.flat()).toEqual(["the figure fails of paper cannot be drawn: no such column\n"]);
  stderr.mockRestore();
  expect(figures.map(({ id }) => id)).toEqual(["fails", "risk"]);
  expect(figures[0]!.inline).toContain("it cannot be drawn: no such column");
  for (const { id } of figures)
    expect(
      readFileSync(join(folder, `${id}.png`))
        .subarray(1, 4)
        .toString(),
    ).toBe("PNG");
  const section: Section = {
    ...{ id: "paper", title: "paper", question: "?", settings: [], claims: [], notes: [], provenance: [] },
    figures,
  };
  const page = readFileSync(publish(folder, [section]), "utf8");
  expect(page).toContain("it cannot be drawn: no such column");
  expect(page).toContain('id="paper-figure-risk"');
});

test("cells of several backends or versions of the numerics are told", () => {
  const cell = (backend: string, numerics: number) => ({ backend, numerics }) as Provenance;
  expect(mixture([cell("cpu", 1), cell("cpu", 1)])).toEqual([]);
  expect(mixture([cell("cpu", 1), cell("webgpu", 1), cell("cpu", 2)])).toEqual([
    "the cells come from several backends: cpu, webgpu",
    "the cells come from several versions of the numerics: 1, 2",
  ]);
});

describe("the figures of a study", () => {
  const figuresOf = (points: readonly Row[]) =>
    studyFigures({
      cells: points.map(({ testContext, ...columns }) => ({ columns, tests: [{ columns: { testContext } }] })),
    } as unknown as Parameters<typeof studyFigures>[0]);
  const rowsAt = (points: readonly Row[]) => points.map((point) => ({ ...point, name: "zero", risk: 1, exact: true }));

  test("are one against the context where only the context varies", () => {
    const points = [3, 6].map((context) => ({ context, testContext: context }));
    expect(figuresOf(points).map(({ id, title }) => [id, title])).toEqual([["risk", "Risk against context pairs n"]]);
    expect(figuresOf(points)[0]!.plot(rowsAt(points)).fx).toEqual({ axis: null });
  });

  test("show every combination of the other columns in a panel of its own, none twice and none left out", () => {
    const points = ["identity", "{ ar1: 0.5 }", "{ ar1: 0.9 }"].flatMap((covariance) =>
      [0, 0.1, 1].flatMap((noise) => [3, 6].map((context) => ({ context, testContext: context, covariance, noise }))),
    );
    const figures = figuresOf(points);
    const panels = figures.flatMap((figure) => (figure.plot(rowsAt(points)).fx as { domain: string[] }).domain);
    expect(figures.length).toBeGreaterThan(1);
    expect(new Set(figures.map(({ id }) => id)).size).toBe(figures.length);
    expect(new Set(panels).size).toBe(9);
    expect(panels).toHaveLength(9);
  });

  test("are against the test's context where training's varies too", () => {
    const points = [3, 6].flatMap((context) => [10, 20].map((testContext) => ({ context, testContext })));
    const [figure] = figuresOf(points);
    expect((figure!.plot(rowsAt(points)).fx as { domain: string[] }).domain).toEqual(["10", "20"]);
  });
});

test("the scale of stored cells is the smallest that has them all", () => {
  const grid = { smoke: [{ n: 1 }], full: [{ n: 1 }, { n: 2 }], published: [{ n: 1 }, { n: 2 }, { n: 3 }] };
  const experiment = { cells: (scale: keyof typeof grid) => grid[scale] };
  expect([[{ n: 1 }], [{ n: 2 }], [{ n: 1 }, { n: 3 }]].map((cells) => scaleOf(experiment, cells))).toEqual([
    "smoke",
    "full",
    "published",
  ]);
});

test.each([
  ["/tmp/report", "/tmp/report"],
  ["my study", "'my study'"],
  ["it's", "'it'\\''s'"],
  ["$(rm)", "'$(rm)'"],
])("%s is the word %s on a command line", (word, written) => {
  expect(quoted(word)).toBe(written);
});
