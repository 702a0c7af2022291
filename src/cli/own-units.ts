import { withOwn } from "../own/brought.js";
import { OwnFiles } from "../own/own-files.js";
import type { Catalogue } from "../types.js";

/** The catalogue with the units of files that `--use` names. @throws OwnError */
export async function withUsed(catalogue: Catalogue, files: readonly string[] = []): Promise<Catalogue> {
  const own = new OwnFiles("-");
  let all = catalogue;
  for (const file of files) all = withOwn(all, await own.bring(file)).catalogue;
  return all;
}
