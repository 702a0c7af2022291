import type { Judged } from "../src/report/material.js";
import { countsText } from "../src/report/outcome.js";
import { numberText, plusMinus } from "../src/report/plus-minus.js";
import { textTable } from "../src/report/verdict-table.js";
import type { Verdict } from "../src/types.js";

test.each([
  [0.20627, 0.00123, "0.2063 ± 0.0012"],
  [0.20627, 0.000996, "0.2063 ± 0.0010"],
  [0.20627, 0.0996, "0.21 ± 0.10"],
  [1, 0.5, "1.00 ± 0.50"],
  [12345, 678, "12350 ± 680"],
  [12345, 12.3, "12345 ± 12"],
  [-0.00004, 0.012, "0.000 ± 0.012"],
  [-1.5, 0.012, "-1.500 ± 0.012"],
  [1.2345e-7, 1.2e-9, "(1.235 ± 0.012)e-7"],
  [5e7, 2e6, "(5.00 ± 0.20)e7"],
  [0, 3e-9, "(0.0 ± 3.0)e-9"],
  [1, 1e-20, "1 ± 1.0e-20"],
  [2, 0, "2"],
  [1.1538461538, null, "1.15385"],
  [Number.POSITIVE_INFINITY, 0.1, "∞"],
  [2, Number.POSITIVE_INFINITY, "2 ± ∞"],
  [2, Number.NaN, "2 ± –"],
  [2, -1, "2 ± –"],
  [Number.NaN, 0.1, "–"],
  [null, null, "–"],
])("%p with an error of %p reads %p", (value, error, text) => {
  expect(plusMinus(value, error)).toBe(text);
});

test("the printed value and error lie within half a unit of their last digit, whatever their sizes", () => {
  for (let k = -12; k <= 12; k++)
    for (const ratio of [1e-9, 3e-4, 0.0996, 0.7, 44]) {
      const [value, error] = [-1.2345678 * 10 ** k, ratio * 10 ** k];
      const [, mantissa, spread, power] = /^\(?(\S+) ± ([^)\s]+)\)?(?:e(\S+))?$/.exec(plusMinus(value, error))!;
      const unit = 10 ** Number(power ?? 0);
      const place = error.toExponential(1).split("e")[1]!;
      const half = 0.5000001 * 10 ** (Number(place) - 1);
      expect(Math.abs(Number(mantissa) * unit - value)).toBeLessThan(half);
      expect(Math.abs(Number(spread) * unit - error)).toBeLessThan(half);
    }
});

test("numbers without an error keep six digits and no trailing zeros", () => {
  expect([0.5, 1 / 3, 1e-9, 1234567, -0].map((value) => numberText(value))).toEqual([
    "0.5",
    "0.333333",
    "1e-9",
    "1.23457e+6",
    "0",
  ]);
});

const base: Verdict = {
  holds: true,
  measured: 1.15423,
  expected: 1.1538461,
  standardError: 0.00213,
  margin: 0.0094,
  standardErrors: 4.41,
  about: "training",
  rows: 12,
  why: "nearest is context 20",
};

const judged = (verdict: Partial<Verdict>, expected: "holds" | "refuted" = "holds"): Judged => ({
  claim: {
    id: "optimum",
    says: "the trained key-query product equals the closed-form preconditioner in every cell of the grid",
    expected,
    source: { paper: "Ahn et al. 2023", where: "Theorem 1" },
  },
  verdict: { ...base, ...verdict },
});

const five = [
  judged({}),
  judged({ holds: false, margin: -0.03, standardErrors: -14, why: "refuted by context 40" }, "refuted"),
  judged({ holds: true, why: "nearest is context 5" }, "refuted"),
  judged({ holds: false, margin: -1, about: "exact", standardError: null, standardErrors: null, why: "by context 10" }),
  judged({ holds: null, measured: null, margin: null, standardErrors: null, why: "no rows" }),
];

test("the counts tell what holds, what is refuted as expected, what is unexpected and what is undecided", () => {
  expect(countsText(five)).toBe("1 holds, 1 refuted as expected, 2 unexpected, 1 undecided");
  expect(countsText([])).toBe("0 hold, 0 refuted as expected, 0 unexpected, 0 undecided");
});

test("the table is aligned, within its width, and says why where a verdict is not as expected", () => {
  const text = textTable(
    five.map((each) => ({ experiment: "ahn2023-preconditioner", ...each })),
    90,
  );
  const lines = text.split("\n");
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(90);
  expect(text.match(/^ahn2023-preconditioner$/gm)).toHaveLength(1);
  const rows = lines.filter((line) => /^ {2}[✓⊘✗?] /.test(line));
  expect(rows).toHaveLength(5);
  expect(rows.map((row) => row.search(/training|exact/))).toEqual(Array(5).fill(lines[0]!.indexOf("about")));
  expect(rows[0]).toMatch(/✓ holds +1\.1542 ± 0\.0021 +1\.15385 +\+0\.0094 \(4\.4 SE\) +training/);
  expect(rows[3]).toMatch(/✗ refuted, unexpected +1\.15423 +1\.15385 +-1 +exact/);
  expect(rows[4]).toMatch(/\? undecided +– +1\.15385 +– +training/);
  for (const why of ["nearest is context 5", "by context 10", "no rows"]) expect(text).toContain(`    ${why}`);
  expect(text).not.toContain("nearest is context 20");
  expect(text).not.toContain("refuted by context 40");
});

test("a table of no claims says so", () => {
  expect(textTable([])).toContain("no claims were judged");
});
