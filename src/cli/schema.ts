import { loadCatalogue } from "../runner/catalogue.js";
import { studySchema } from "../studies/study-schema.js";
import { withUsed } from "./own-units.js";

/** `iclab schema`: the study file's JSON Schema, with every unit that this installation has and those of files besides. */
export async function schema({ use }: { readonly use?: readonly string[] }): Promise<void> {
  const catalogue = await withUsed(await loadCatalogue(), use);
  process.stdout.write(`${JSON.stringify(studySchema(catalogue), null, 2)}\n`);
}
