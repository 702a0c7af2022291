import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { claimContract } from "../src/contracts/claim.js";
import { linearRegressionLaw, type Settings } from "../src/laws/gaussian-linear.js";
import { keyOf } from "../src/math/keys.js";
import { drawFigure } from "../src/report/draw-figure.js";
import { openBackend } from "../src/runner/backends.js";
import { canonical } from "../src/runner/canonical.js";
import { loadExperiments } from "../src/runner/catalogue.js";
import { NUMERICS } from "../src/runner/numerics.js";
import { packageRoot } from "../src/runner/package-root.js";
import { runExperiment } from "../src/runner/run-experiment.js";
import { Store } from "../src/runner/store.js";
import { trainerOf } from "../src/runner/trainer.js";
import type { Experiment, OpenBackend, Row, Source, Trial } from "../src/types.js";
import { differences } from "./same-rows.js";

/** A number that the folder must meet to its printed digits, and what computes it here. */
interface Reference {
  readonly says: string;
  readonly value: number;
  /** Digits behind the point, as printed. */
  readonly decimals: number;
  readonly source: Source;
  readonly obtained: string;
  readonly computedBy:
    | { readonly row: Row; readonly column: string }
    | { readonly theory: string; readonly law: Settings; readonly at: object; readonly path: readonly string[] };
}

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const experiments = [...(await loadExperiments())];

test("a folder of experiments/ with an index is an experiment", () => {
  expect(experiments.length).toBeGreaterThanOrEqual(3);
  for (const [id] of experiments) expect(id).toMatch(KEBAB);
});

describe.each(experiments)("%s", (id, experiment) => {
  const folder = join(packageRoot, "experiments", id);
  const stored = new Store(join(folder, "rows")).all();
  const rows = stored.cells.flatMap((cell) => cell.rows);
  const readme = readFileSync(join(folder, "README.md"), "utf8");

  test("claims and figures have kebab-case names of their own and say what they are", () => {
    for (const named of [experiment.claims, experiment.figures]) {
      const ids = named.map((each) => each.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const each of ids) expect(each).toMatch(KEBAB);
    }
    for (const { title, caption } of experiment.figures) expect([title, caption]).not.toContain("");
  });

  test("cells are plain rows, none twice, and every scale holds the smaller ones", () => {
    const [smoke, full, published] = (["smoke", "full", "published"] as const).map((scale) => {
      const cells = experiment.cells(scale);
      const values = cells.flatMap((cell) => Object.values(cell));
      for (const value of values) expect(["number", "string", "boolean"]).toContain(typeof value);
      const names = cells.map(canonical);
      expect(new Set(names).size).toBe(names.length);
      return names;
    });
    expect(smoke!.length).toBeGreaterThan(0);
    expect(full).toEqual(expect.arrayContaining(smoke!));
    expect(published).toEqual(expect.arrayContaining(full!));
  });

  test("the same key makes the same trials, another key others, in every cell", () => {
    for (const cell of experiment.cells("published")) {
      const trials = experiment.trials(cell, keyOf(1)).map(told);
      expect(experiment.trials(cell, keyOf(1)).map(told)).toEqual(trials);
      const others = experiment.trials(cell, keyOf(2)).map(told);
      for (const [i, trial] of trials.entries()) expect(others[i]).not.toEqual(trial);
    }
  });

  test("the committed rows are whole: every cell of the full scale, maybe others of the published, of this version's numerics, of seed 0", () => {
    expect(stored.torn).toEqual([]);
    const settings = stored.cells.map(({ provenance }) => canonical(provenance.settings));
    expect(new Set(settings).size).toBe(settings.length);
    expect(settings).toEqual(expect.arrayContaining(experiment.cells("full").map(canonical)));
    expect(experiment.cells("published").map(canonical)).toEqual(expect.arrayContaining(settings));
    for (const { provenance } of stored.cells) expect(provenance).toMatchObject({ numerics: NUMERICS, seed: 0 });
  });

  test("measured risks lie within 5 standard errors of the closed forms beside them", () => {
    const beside = withClosedForm(experiment, rows);
    expect(beside.length).toBeGreaterThan(0);
    for (const { row, exact } of beside) {
      const gap = (row.risk as number) - exact;
      // Where the closed form is 0 (no noise, enough pairs) the measured risk is the rounding of squared labels.
      expect({ ...row, exact, far: Math.abs(gap) > 5 * (row.standardError as number) + Number.EPSILON }).toMatchObject({
        far: false,
      });
    }
  });

  describe.each(experiment.claims.map((claim) => [claim.id, claim] as const))("%s", (_, claim) => {
    for (const { says, check } of claimContract(claim, rows)) test(says, check);
  });

  test.each(experiment.figures.map((figure) => [figure.id, figure] as const))("%s is drawn", (name, figure) => {
    const { svg } = drawFigure(figure, rows, id);
    expect(Buffer.byteLength(svg)).toBeLessThan(50_000);
    expect(svg).not.toMatch(/NaN|Infinity|undefined|not drawn/);
    expect(svg).not.toContain("Nothing is drawn");
    expect(words(drawFigure(figure, [], id).svg)).toContain("Nothing is drawn");
    expect(existsSync(join(folder, "figures", `${name}.svg`))).toBe(true);
  });

  test("README.md names every claim, shows every figure, and says how to rerun", () => {
    for (const claim of experiment.claims) expect(readme).toContain(`\`${claim.id}\``);
    for (const figure of experiment.figures) expect(readme).toContain(`(figures/${figure.id}.svg)`);
    const drawn = readdirSync(join(folder, "figures")).filter((file) => file.endsWith(".svg"));
    expect(drawn.sort()).toEqual(experiment.figures.map((figure) => `${figure.id}.svg`).sort());
    expect(readme).toContain(`npx iclab reproduce ${id} --scale full --save`);
  });

  const references = JSON.parse(readFileSync(join(folder, "reference.json"), "utf8")) as readonly Reference[];
  test.each(references.map((each) => [each.says, each] as const))("meets the reference: %s", async (_, reference) => {
    const { value, decimals, source, obtained } = reference;
    expect(source).toEqual({ paper: expect.any(String), where: expect.stringMatching(/^[A-Z]\w+ \S/) });
    expect(obtained).not.toBe("");
    const computed = await computedValue(reference.computedBy, rows);
    expect(Math.abs(computed - value)).toBeLessThanOrEqual(0.5 * 10 ** -decimals * (1 + 1e-9));
  });
});

describe("computed again,", () => {
  let backend: OpenBackend;
  const folder = mkdtempSync(join(tmpdir(), "iclab-rows-"));
  beforeAll(async () => {
    backend = await openBackend("cpu");
  });
  afterAll(async () => {
    await backend.close();
    rmSync(folder, { recursive: true });
  });

  // One experiment here: `tests/system/experiments.test.ts` computes every smoke cell of every experiment again.
  const [first] = [...experiments].sort((a, b) => cheapest(a[1]).price - cheapest(b[1]).price);
  test.each([first!])(
    "the cheapest trained cell of all, of %s, has the committed rows",
    async (id, experiment) => {
      const { cell } = cheapest(experiment);
      const store = new Store(folder);
      const { cells } = new Store(join(packageRoot, "experiments", id, "rows")).all();
      const committed = cells.find(({ provenance }) => canonical(provenance.settings) === canonical(cell));
      const progress = { start() {}, advance() {}, finish() {}, stop() {} };
      const machine = { backend, train: await trainerOf(backend), store, progress, resume: false };
      const { rows } = await runExperiment({ id, experiment, cells: [cell], seed: 0 }, machine);
      const steps = Math.max(...experiment.trials(cell, keyOf(0)).map(({ schedule }) => schedule.steps));
      expect(differences(committed!.rows, rows, steps)).toEqual([]);
    },
    60_000,
  );
});

/** The text of a picture, whose lines are elements of their own. */
const words = (svg: string) => svg.replace(/(<[^>]*>)+/g, " ");

/** A trial as text: laws and mixers by what decides their numbers. */
function told({ mixer, law, ...rest }: Trial): string {
  const weights = mixer.init(rest.key, law.features);
  return canonical({ ...rest, mixer: mixer.name, weights, population: law.population });
}

/** The smoke cell of least training: steps times prompts times pairs times features, Infinity where nothing is trained. */
function cheapest(experiment: Experiment): { readonly cell: Row; readonly price: number } {
  const work = ({ schedule, context, law }: Trial) =>
    schedule.steps * schedule.batch * (Number(context) + 1) * law.features;
  const priced = experiment.cells("smoke").map((cell) => {
    const price = experiment.trials(cell, keyOf(0)).reduce((sum, trial) => sum + work(trial), 0);
    return { cell, price };
  });
  const trained = priced.filter(({ price }) => price > 0).sort((a, b) => a.price - b.price);
  return trained[0] ?? { cell: priced[0]!.cell, price: Number.POSITIVE_INFINITY };
}

/** Columns beside those of the cell that say what was measured and where. */
const PLACE = ["part", "name", "testContext", "inputScale", "factor"];

/** Sampled rows that have a closed form of the same name in the same place, where there is one only. */
function withClosedForm(experiment: Experiment, rows: readonly Row[]): { readonly row: Row; readonly exact: number }[] {
  const { seed: _, ...cell } = experiment.cells("smoke")[0]!;
  const columns = [...new Set([...Object.keys(cell), ...PLACE])];
  const place = (row: Row) => canonical(columns.map((column) => row[column] ?? null));
  const closed = new Map<string, number>();
  for (const row of rows)
    if (row.exact === true && row.kind !== "model" && "closedForm" in row && typeof row.risk === "number") {
      expect({ ...row, doubled: closed.has(place(row)) }).toMatchObject({ doubled: false });
      closed.set(place(row), row.risk);
    }
  return rows.flatMap((row) => {
    // Of trained weights the closed form stands in the same row; an error on one stretch of data has no standard error.
    const own = row.standardError !== null && typeof row.exactRisk === "number";
    const exact = own ? (row.exactRisk as number) : closed.get(place(row));
    return row.exact === false && typeof row.risk === "number" && exact !== undefined ? [{ row, exact }] : [];
  });
}

/** The number from the one row that has all the named columns, or from a closed form of src/theory. */
async function computedValue(by: Reference["computedBy"], rows: readonly Row[]): Promise<number> {
  if ("row" in by) {
    const wanted = Object.entries(by.row);
    const found = rows.filter((row) => wanted.every(([column, value]) => row[column] === value));
    expect(found).toHaveLength(1);
    return found[0]![by.column] as number;
  }
  const forms = (await import(`../src/theory/${by.theory}.js`)) as Record<string, { value(...of: unknown[]): unknown }>;
  const camel = by.theory.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
  const value = forms[camel]!.value(linearRegressionLaw(by.law).population, by.at);
  return by.path.reduce((inside, step) => (inside as Record<string, unknown>)[step], value) as number;
}
