import { loadCatalogue } from "../runner/catalogue.js";
import { studySchema } from "../studies/study-schema.js";

/** `iclab schema`: the study file's JSON Schema, with every unit that this installation has. */
export async function schema(): Promise<void> {
  process.stdout.write(`${JSON.stringify(studySchema(await loadCatalogue()), null, 2)}\n`);
}
