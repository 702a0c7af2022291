import type { Catalogue, Site } from "../types.js";
import { axesOf, POOL } from "./axes.js";
import { expressionParser } from "./expression.js";
import { type Frame, frame } from "./frame.js";
import { isMap, type Point, pointsOf, sizeOf } from "./grid.js";
import { resolveHypothesis } from "./hypothesis.js";
import { jsonSchema } from "./json-schema.js";
import { resolveCell } from "./resolve-cell.js";
import { LARGEST, testsOf } from "./resolving.js";
import { faultOf } from "./sentence.js";
import { sequentialOf } from "./sequential-field.js";
import { spokenOf } from "./spoken-of.js";
import type { Study, StudyCell } from "./study.js";
import { UnitMaker } from "./units.js";
import { type Bring, equipped } from "./use-field.js";
import { type Json, YamlDocument } from "./yaml-document.js";

/**
 * Reads a study file: YAML text in, an experiment out. `file` is what errors call it.
 *
 * @param text the text, or a document that was made of a value
 * @param read reads files that the study names; a study that names one is refused without it
 * @param bring loads the units that the study uses; a study that uses some is refused without it
 * @throws StudyError with line and column for the first thing that is not allowed
 *
 * @example
 * import { loadCatalogue } from "iclab/runner/catalogue";
 * import { parseStudy } from "iclab/studies/parse-study";
 *
 * const text = `
 * title: two contexts
 * law: { kind: gaussian-linear, features: 2, noise: 0.1 }
 * context: [4, 8]
 * predictors: [zero, { newton: 3 }]
 * `;
 * const study = await parseStudy(text, "study.yaml", await loadCatalogue());
 * study.cells.map(({ columns }) => columns.context); // [4, 8]
 * study.cells[0]?.predictors.map(({ name }) => name); // ["zero", "newton-3"]
 * const fault = await parseStudy(text.replace("zero", "zreo"), "study.yaml", await loadCatalogue()).catch(String);
 * String(fault).slice(0, 64); // "StudyError: study.yaml:5:14: `zreo` is not a predictor; did you "
 */
export async function parseStudy(
  text: string | YamlDocument,
  file: string,
  shipped: Catalogue,
  read?: Site["read"],
  bring?: Bring,
): Promise<Study> {
  const document = typeof text === "string" ? new YamlDocument(file, text) : text;
  const written = document.value;
  if (!isMap(written))
    return document.fail([], "a study is a map; needed: title, law, context, and models or predictors");
  const { catalogue, claims } = await equipped(written.use, shipped, document, bring);
  const maker = new UnitMaker(document);
  const axes = axesOf(written, catalogue, maker, document);
  if (sizeOf(axes) > LARGEST.tests)
    document.fail(axes.at(-1)!.path, `a grid of ${sizeOf(axes)} cells; allowed: at most ${LARGEST.tests}`);
  const { grid: _, ...settings } = written;
  const points = pointsOf(settings, axes);
  const first = checkFrame(points[0]!, document);
  if (!first.models && !first.predictors) document.fail([], "nothing to measure; needed: `models` or `predictors`");
  const tests = points.length * testsOf(first);
  if (tests > LARGEST.tests)
    document.fail(["evaluate"], `${tests} tests in all cells; allowed: at most ${LARGEST.tests}`);
  const cells = points.map((point) =>
    resolveCell({ point, frame: checkFrame(point, document), points: points.length, catalogue, maker, document, read }),
  );
  const distinct = distinctCells(cells);
  const hypotheses = await resolveHypotheses(first, distinct, document);
  const { title, seeds, precision, budget, evaluate } = first;
  const asked = { precision, budget, seeds, prompts: evaluate.prompts, hypotheses: hypotheses.length };
  const pools = first.pools === undefined ? null : POOL.column;
  if (pools !== null && precision !== undefined)
    document.fail(["precision"], "seeds and prompts do not narrow an error over pools; give more `pools` instead");
  if (claims.length > 0 && precision !== undefined)
    document.fail(
      ["precision"],
      "the level over looks is kept for hypotheses, and this study has claims of its own too",
    );
  const sequential = sequentialOf(asked, (field, sentence) => document.fail(field, sentence));
  const resolved = {
    ...{ title, seeds, cells: distinct.map((cell) => cell.settings), hypotheses: first.hypotheses ?? [] },
    ...(sequential && { sequential }),
  };
  return {
    title,
    seeds,
    cells: distinct,
    pools,
    hypotheses,
    claims,
    sequential,
    settings: resolved as unknown as Json,
  };
}

function checkFrame(point: Point, document: YamlDocument): Frame {
  const parsed = frame.safeParse(point.settings);
  if (parsed.success) return parsed.data;
  const schema = jsonSchema(frame);
  const described = { ...schema, properties: { ...schema.properties, grid: {} } };
  const fault = faultOf(parsed.error, point.settings, described, "the study");
  const place = point.written(fault.path);
  if (fault.atKey) return document.failAtKey(place, fault.sentence);
  return document.fail(
    place,
    fault.own ? spokenOf(fault.sentence, fault.path, point.settings, point, document) : fault.sentence,
  );
}

/** Contexts may be written differently and be the same: 40, and 4 times 10 features. */
function distinctCells(cells: readonly StudyCell[]): StudyCell[] {
  const seen = new Map(cells.map((cell) => [JSON.stringify(cell.columns), cell]));
  return [...seen.values()];
}

async function resolveHypotheses({ hypotheses = [] }: Frame, cells: readonly StudyCell[], document: YamlDocument) {
  if (hypotheses.length === 0) return [];
  const surroundings = {
    models: cells[0]!.models.map(({ name }) => name),
    predictors: cells[0]!.predictors.map(({ name }) => name),
    points: cells.flatMap((cell) => cell.tests.map((test) => ({ ...cell.columns, ...test.columns }))),
  };
  const parser = await expressionParser();
  return hypotheses.map((field, i) => resolveHypothesis(field, ["hypotheses", i], surroundings, parser, document));
}
