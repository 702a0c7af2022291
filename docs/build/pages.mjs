/**
 * Writes the pages that are made of the code: a page a paper, the gallery, the reference of the study file, and copies of
 * the sources. `npm run docs:build` runs it on the built package, before VitePress.
 */
import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadCatalogue, loadExperiments } from "iclab/runner/catalogue";
import { studySchema } from "iclab/studies/study-schema";
import { root } from "./outside-links.mjs";
import { paperOf, paperPage } from "./paper-page.mjs";
import { galleryPage, papersIndex } from "./papers-index.mjs";
import { shownAs, sourceFiles } from "./source-files.mjs";
import { sourcePage } from "./source-page.mjs";
import { studyReference } from "./study-reference.mjs";

const docs = join(root, "docs");
for (const folder of ["papers", "reference", "public/source"]) {
  rmSync(join(docs, folder), { recursive: true, force: true });
  mkdirSync(join(docs, folder), { recursive: true });
}
const write = (name, text) => writeFileSync(join(docs, `${name}.md`), text);

const papers = [...(await loadExperiments())].map(([id, experiment]) => paperOf(root, id, experiment));
for (const paper of papers) write(`papers/${paper.id}`, paperPage(paper));
write("papers/index", papersIndex(papers));
write("papers/gallery", galleryPage(papers));

write("reference/study-file", studyReference(studySchema(await loadCatalogue())));

const files = sourceFiles(root);
write("reference/source", sourcePage(files));
for (const file of files) {
  const copy = join(docs, "public", shownAs(file));
  mkdirSync(dirname(copy), { recursive: true });
  cpSync(join(root, file), copy);
}
