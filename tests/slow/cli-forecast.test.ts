import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { packageRoot } from "../../src/runner/package-root.js";
import type { Measurement, Verdict } from "../../src/types.js";
import { iclab, scratch } from "../command.js";

const folder = scratch();
const put = (name: string, text: string | Uint8Array) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};

describe("iclab forecast", () => {
  test("prints a table of every forecaster with what it was tested on, and whether AR(p) is plausible", async () => {
    const { status, stdout } = await iclab([
      "forecast",
      "sunspots",
      "--horizon",
      "2",
      "--season",
      "11",
      "--window",
      "9",
    ]);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^sunspots, column sunspots: 289 values, 1700 to 1988\n57 origins after the first 231 values/,
    );
    for (const name of ["seasonal-naive", "last-value", "ols", "ols-direct", "burg", "nlinear"])
      expect(stdout).toMatch(new RegExp(`^  ${name} +[0-9.]+ +[0-9.]+ to [0-9.]+ +[0-9.]+`, "m"));
    expect(stdout).toMatch(/AR\(9\) is plausible: its residuals are white \(Ljung-Box Q\(22\)/);
  });

  test("--json has the same numbers from a file, from gzip and from standard input", async () => {
    const text = readFileSync(join(packageRoot, "src/data/lynx.csv"), "utf8");
    const words = ["--horizon", "2", "--window", "2", "--json"];
    const [plain, packed, piped] = await Promise.all([
      iclab(["forecast", put("lynx.csv", text), ...words]),
      iclab(["forecast", put("lynx.csv.gz", gzipSync(text)), ...words]),
      iclab(["forecast", "-", ...words], text),
    ]);
    const { file: _, ...numbers } = JSON.parse(plain!.stdout);
    expect(numbers).toMatchObject({ column: "trapped", span: ["1821", "1934"], horizon: 2, trained: 91, origins: 22 });
    for (const other of [packed!, piped!]) {
      const { file: __, ...same } = JSON.parse(other.stdout);
      expect(same).toEqual(numbers);
    }
  });

  test.each<[string, string, readonly string[], RegExp]>([
    ["a cell that is no number", "y\n1\n2\nx\n", [], /bad\.csv:4:1: "x" in column y is no finite number\n$/],
    [
      "too few values",
      "y\n1\n2\n3\n4\n5\n",
      [],
      /bad\.csv: 5 values are too few: .* need 8 before the split, and 4 are there\n$/,
    ],
    ["a constant series", "y\n1\n1\n1\n", [], /bad\.csv:2:1: all 3 values of column y are 1/],
    [
      "a missing value",
      'y\n1\n""\n3\n',
      [],
      /bad\.csv:3:1: a value is missing; drop or interpolate it by the option missing\n$/,
    ],
    ["no such column", "y,z\n1,2\n", ["--column", "q"], /no column is called q; allowed: y, z\n$/],
    ["no horizon", "y\n1\n", ["--horizon", "0"], /Allowed is a whole number from 1/],
    ["a split that is none", "y\n1\n", ["--split", "1"], /Allowed is a number above 0 and below 1/],
    [
      "a name without quotes for holes",
      "y\n1\n",
      ["--missing", "guess"],
      /Allowed choices are refuse, drop, interpolate/,
    ],
  ])("%s is one sentence and status 2", async (...[, text, words, sentence]) => {
    const { status, stdout, stderr } = await iclab(["forecast", put("bad.csv", text), "--horizon", "1", ...words]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(sentence);
    expect(stderr).not.toMatch(/\n {4}at /);
  });

  test("a file that is not there is status 2", async () => {
    const { status, stderr } = await iclab(["forecast", join(folder, "none.csv"), "--horizon", "1"]);
    expect({ status, says: stderr.includes("cannot read the series: there is no such file") }).toEqual({
      status: 2,
      says: true,
    });
  });
});

describe("a study of a real series", () => {
  const study = /```yaml\n([\s\S]*?)```/.exec(readFileSync(join(packageRoot, "docs/real-series.md"), "utf8"))![1]!;

  test("the one of the page has a trained layer beside least squares on the later years, as the page says", async () => {
    const out = join(folder, "page");
    const { status, stdout } = await iclab([
      "run",
      put("page.yaml", study),
      "--backend",
      "cpu",
      "--out",
      out,
      "--json",
    ]);
    const { rows, verdicts } = JSON.parse(stdout) as { readonly rows: Measurement[]; readonly verdicts: Verdict[] };
    expect(verdicts.map(({ holds }) => holds)).toEqual([true, true, true]);
    expect(status).toBe(0);
    const risk = (name: string) => rows.find((row) => row.name === name && row.seed === 0)!.risk!;
    expect(risk("lsa")).toBeGreaterThan(5);
    // The loss on the last batch, of 256 windows of the earlier years.
    const loss = rows.find((row) => row.name === "lsa")!.trainingLoss as number;
    expect(loss).toBeGreaterThan(0.2);
    expect(loss).toBeLessThan(0.4);
    expect(risk("zero")).toBeGreaterThan(2.5);
  });

  test("its file is found beside it, kept with the rows, and a changed one is computed again", async () => {
    const small = study
      .replace("file: sunspots", "file: own.csv")
      .replace("steps: 4000", "steps: 5")
      .replace("seeds: 3", "seeds: 1");
    const data = readFileSync(join(packageRoot, "src/data/sunspots.csv"), "utf8");
    put("own.csv", data);
    const out = join(folder, "own");
    const words = ["run", put("small.yaml", small), "--backend", "cpu", "--out", out];
    const first = await iclab([...words, "--json"]);
    const rows = (text: string) => (JSON.parse(text) as { readonly rows: Measurement[] }).rows;
    expect(rows(first.stdout).length).toBeGreaterThan(8);
    // Another file under the same name: its rows are not kept.
    put("own.csv", data.replace("1988,100.2", "1988,900.2"));
    const second = await iclab([...words, "--json"]);
    const ols = (text: string) => rows(text).find(({ name }) => name === "ols")!.risk;
    expect(ols(second.stdout)).not.toBe(ols(first.stdout));
    // The file is gone: the report, and the study that was kept, have their copy.
    put("own.csv", "nothing");
    const [report, again] = await Promise.all([
      iclab(["report", out]),
      iclab(["run", join(out, "rows/study/study.yaml"), "--backend", "cpu", "--out", join(folder, "again"), "--json"]),
    ]);
    expect(report.stderr).toBe("");
    expect(report.stdout).toContain("report: ");
    expect(ols(again.stdout)).toBe(ols(second.stdout));
  });

  test("a file that is not there is told where the study names it, with status 2", async () => {
    const words = [
      "run",
      put("lost.yaml", study.replace("file: sunspots", "file: lost.csv")),
      "--out",
      join(folder, "lost"),
    ];
    const { status, stderr } = await iclab(words);
    expect(status).toBe(2);
    expect(stderr).toMatch(/lost\.yaml:2:6: .*lost\.csv: cannot read the series: there is no such file\n$/);
  });
});
