import { readFileSync } from "node:fs";
import { fitAutoregression } from "../../src/forecast/autoregression.js";
import series, { seriesLaw } from "../../src/laws/series.js";
import { keyOf } from "../../src/math/keys.js";
import { Moments } from "../../src/math/moments.js";
import burg from "../../src/predictors/burg.js";
import lastValue from "../../src/predictors/last-value.js";
import mean from "../../src/predictors/mean.js";
import pooledOls from "../../src/predictors/pooled-ols.js";
import ridge from "../../src/predictors/ridge.js";
import yuleWalker from "../../src/predictors/yule-walker.js";
import { loadCatalogue } from "../../src/runner/catalogue.js";
import { cellSettings } from "../../src/runner/study-experiment.js";
import { parseStudy } from "../../src/studies/parse-study.js";
import type { Law, Population, Predictor } from "../../src/types.js";

const catalogue = await loadCatalogue();
const key = keyOf(8);
const values = Float64Array.from({ length: 100 }, (_, i) => 1000 + i);
const plain = { window: 2, split: 0.8, standardize: false };
const file = (text: string) => () => new TextEncoder().encode(text);
const shipped = (name: string) => readFileSync(`src/data/${name}.csv`);

/** All values that prompts of a law show, answers too. */
function shown(law: Law, context: number): number[] {
  const { x, y, query, answer } = law.draw(key, { from: 0, count: 3000 }, context);
  return [x, y, query, answer].flatMap(({ data }) => [...data]);
}

describe("windows of a real series", () => {
  test("training sees the earlier part and the test the later one, each to its ends and none the other's", () => {
    const law = seriesLaw(values, plain) as Law;
    const [train, test] = [shown(law, 5), shown(law.excerpt!.later!, 5)];
    expect([Math.min(...train), Math.max(...train)]).toEqual([1000, 1079]);
    expect([Math.min(...test), Math.max(...test)]).toEqual([1080, 1099]);
  });

  test("a prompt may be as long as its part, and not longer", () => {
    const law = seriesLaw(values, plain) as Law;
    for (const part of [law, law.excerpt!.later!]) {
      const { longest } = part.excerpt!;
      expect(() => part.draw(key, { from: 0, count: 1 }, longest)).not.toThrow();
      expect(() => part.draw(key, { from: 0, count: 1 }, longest + 1)).toThrow("the series has");
    }
  });

  test("values are in units of the earlier part alone", () => {
    const law = seriesLaw(values, { ...plain, standardize: true }) as Law;
    const spread = Math.sqrt((80 ** 2 - 1) / 12);
    expect(Math.max(...shown(law, 5))).toBeCloseTo(39.5 / spread, 12);
    expect(Math.max(...shown(law.excerpt!.later!, 5))).toBeCloseTo(59.5 / spread, 12);
  });

  test("scaled as a whole it is the same law in another unit, pooled weights and all", () => {
    const law = seriesLaw(values, plain);
    const twice = law.shifted({ inputScale: 2 });
    expect(Math.max(...shown(twice as Law, 5))).toBe(2 * 1079);
    expect(twice.population.pooled).toEqual(law.population.pooled);
    expect(() => law.shifted({ queryScale: 2 })).toThrow("a series is scaled as a whole");
  });

  test("a part without a single window is refused with its size", () => {
    expect(() => seriesLaw(values.slice(0, 10), { ...plain, window: 8 })).toThrow(
      "the earlier part of the series has 8 of its 10 values, and a window of 8 with what comes next needs 9",
    );
    expect(() => seriesLaw(values.slice(0, 20), { ...plain, window: 4 })).toThrow(
      "the later part of the series has 4 of",
    );
    const flat = values.map((_, i) => (i < 90 ? 3 : i));
    expect(() => seriesLaw(flat, { ...plain, standardize: true })).toThrow(
      "the earlier part of the series is constant",
    );
  });

  test("the digest changes with any digit of any value", () => {
    const other = values.slice();
    other[37]! += 2 ** -30;
    expect(seriesLaw(other, plain).excerpt!.digest).not.toBe(seriesLaw(values, plain).excerpt!.digest);
    expect(seriesLaw(values.slice(), plain).excerpt!.digest).toBe(seriesLaw(values, plain).excerpt!.digest);
  });
});

describe("predictors on a real series", () => {
  const sunspots = series.make(
    series.options.parse({ file: "sunspots", window: 2, constant: true, standardize: false }),
    {
      ...{ features: 0, context: 0 },
      read: shipped,
    },
  );

  test("pooled least squares is the autoregression fitted to the earlier part", () => {
    const { window, pooled } = sunspots.population;
    const years = Float64Array.from(readFileSync("src/data/sunspots.csv", "utf8").trim().split("\n").slice(1), (line) =>
      Number(line.split(",")[1]),
    );
    const { coefficients, constant } = fitAutoregression(years.slice(0, 231), window);
    [coefficients[1]!, coefficients[0]!, constant].forEach((value, i) => {
      expect(Math.abs(pooled[i]! - value)).toBeLessThan(1e-12 * 100);
    });
  });

  test("all that need no law apply, answer finite numbers, and say that their risk is sampled", () => {
    const predictors = [
      ...[burg.make({}, { features: 2, context: 8 }), lastValue.make({}, { features: 2, context: 8 })],
      ...[mean.make({}, { features: 2, context: 8 }), pooledOls.make({}, { features: 2, context: 8 })],
      ...[
        ridge.make({ penalty: 1 }, { features: 2, context: 8 }),
        yuleWalker.make("biased", { features: 2, context: 8 }),
      ],
    ] as unknown as Predictor<Population>[];
    const later = sunspots.excerpt!.later!;
    const prompts = later.draw(key, { from: 0, count: 50 }, 8);
    for (const predictor of predictors) {
      expect(predictor.applies(sunspots.population)).toBe(true);
      const tuned = predictor.tune(sunspots.population, 8);
      expect([...tuned.predict(prompts).data].every(Number.isFinite)).toBe(true);
      expect(tuned.risk(later.population, 8)).toHaveProperty("why");
    }
  });

  test("on training windows nothing linear beats pooled least squares, which is where it has its minimum", () => {
    const prompts = sunspots.draw(key, { from: 0, count: 4000 }, 8);
    const risk = (unit: Predictor<never>) => {
      const moments = new Moments(1);
      for (const [b, prediction] of unit
        .tune(sunspots.population as never, 8)
        .predict(prompts)
        .data.entries())
        moments.add([(prediction - prompts.answer.data[b]!) ** 2]);
      return moments.mean(0);
    };
    const site = { features: 2, context: 8 };
    const best = risk(pooledOls.make({}, site) as Predictor<never>);
    for (const other of [lastValue.make({}, site), mean.make({}, site), burg.make({}, site)])
      expect(risk(other as Predictor<never>)).toBeGreaterThan(best);
  });
});

describe("a study of a real series", () => {
  const study = (law: string, more = "") =>
    ["title: t", `law: ${law}`, "context: 4", "predictors: [zero, ols, pooled-ols]", more].join("\n");
  const parse = (text: string, read?: (name: string) => Uint8Array) => parseStudy(text, "s.yaml", catalogue, read);

  test("tests on the later part, in the later part's length", async () => {
    const { cells } = await parse(study("{ kind: series, file: sunspots, window: 2 }"), shipped);
    const [{ law, tests }] = cells as [(typeof cells)[0]];
    expect(law.population).toMatchObject({ family: "series-windows", length: 231 });
    expect(tests[0]!.law.population).toMatchObject({ family: "series-windows", length: 58 });
  });

  test("tested at a length of its own, or in another unit, is refused beyond the later part all the same", async () => {
    const law = "{ kind: series, file: sunspots, window: 2 }";
    const at = (more: string) => parse(study(law, more), shipped);
    const longest =
      "prompts of 90 pairs are too long for the part of the series that they are cut out of; allowed: at most 55";
    await expect(at("evaluate: { context: [8, 90] }")).rejects.toThrow(`s.yaml:5:22: ${longest}`);
    await expect(at("evaluate: { context: 90, shift: { inputScale: 2 } }")).rejects.toThrow(longest);
    const { cells } = await at("evaluate: { context: [8, 55], shift: { inputScale: [1, 2] } }");
    expect(cells[0]!.tests.map(({ law: { population } }) => (population as { length?: number }).length)).toEqual([
      58, 58, 58, 58,
    ]);
  });

  test("has the data in its cells' identity, so that a changed file is computed again", async () => {
    const identity = async (name: string) => {
      const text = study("{ kind: series, file: x.csv, window: 2 }");
      const parsed = await parse(text, () => shipped(name));
      return JSON.stringify(cellSettings(parsed, parsed.cells[0]!.columns));
    };
    expect(await identity("sunspots")).not.toBe(await identity("lynx"));
    expect(await identity("lynx")).toBe(await identity("lynx"));
  });

  test.each<[string, string, ((name: string) => Uint8Array) | undefined, string]>([
    [
      "a cell that is no number",
      "{ kind: series, file: x.csv, window: 1 }",
      file("1\n2\nx\n"),
      's.yaml:2:6: x.csv:3:1: "x"',
    ],
    [
      "a missing value",
      "{ kind: series, file: x.csv, window: 1 }",
      file("y\n1\nNA\n3\n"),
      "s.yaml:2:6: x.csv:3:1: a value is",
    ],
    [
      "a constant series",
      "{ kind: series, file: x.csv, window: 1 }",
      file("1\n1\n1\n1\n1\n"),
      "x.csv:1:1: all 5 values",
    ],
    [
      "too few values",
      "{ kind: series, file: x.csv, window: 9 }",
      file("1\n2\n3\n4\n5\n"),
      "s.yaml:2:6: the earlier part",
    ],
    [
      "a context beyond the later part",
      "{ kind: series, file: x.csv, window: 1, split: 0.7 }",
      file("1\n2\n4\n8\n9\n3\n5\n6\n7\n1\n2\n3\n"),
      "s.yaml:3:10: prompts of 4 pairs are too long for the part of the series that they are cut out of; allowed: at most 2",
    ],
    ["no split", "{ kind: series, file: sunspots, window: 2, split: 1 }", shipped, "s.yaml:2:56: `split` is 1"],
    [
      "a way to fill holes that is none",
      "{ kind: series, file: sunspots, window: 2, missing: guess }",
      shipped,
      "drop",
    ],
    ["no file", "{ kind: series, window: 2 }", shipped, "file"],
    [
      "nothing that can read",
      "{ kind: series, file: sunspots, window: 2 }",
      undefined,
      "a file of data is read beside",
    ],
  ])("%s is refused in a sentence with its place", async (...[, law, read, sentence]) => {
    await expect(parse(study(law), read)).rejects.toThrow(sentence);
    await expect(parse(study(law), read)).rejects.toMatchObject({ name: "StudyError" });
  });
});
