import { parseStudy } from "../studies/parse-study.js";
import type { StudyCell } from "../studies/study.js";
import type { Catalogue } from "../types.js";
import { isCode, loadStudy } from "./load-study.js";
import { StudyFiles } from "./series-file.js";

/**
 * A law and context length from the command line: a map in a study's words and a length, or the first cell of a study
 * file. Both are read as a study is, so that a fault is told with its column.
 *
 * @throws StudyError, UsageError
 */
export async function readLaw(
  law: string,
  context: string | undefined,
  catalogue: Catalogue,
): Promise<Pick<StudyCell, "law" | "context">> {
  if (/\.ya?ml$/.test(law) || isCode(law)) return (await loadStudy(law)).study.cells[0]!;
  const text = [`law: ${law}`, `context: ${context ?? "null"}`, "title: law", "predictors: [zero]", ""].join("\n");
  const [cell] = (await parseStudy(text, "--law", catalogue, new StudyFiles("-").read)).cells;
  return cell!;
}
