import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { marginText } from "iclab/report/margin-text";
import { countsText, outcomeOf, outcomeText, SIGN } from "iclab/report/outcome";
import { numberText, plusMinus } from "iclab/report/plus-minus";
import { judgeClaims } from "iclab/runner/judged";
import { Store } from "iclab/runner/store";
import { page, plain, table } from "./markdown.mjs";

/**
 * What a paper's folder holds, its claims judged again on the committed rows.
 *
 * @throws Error where a committed file of rows is not whole
 */
export function paperOf(root, id, experiment) {
  const folder = join(root, "experiments", id);
  const stored = new Store(join(folder, "rows")).all();
  if (stored.torn.length > 0) throw new Error(`rows of ${id} are not whole: ${stored.torn.join(", ")}`);
  const rows = stored.cells.flatMap((cell) => cell.rows);
  const references = JSON.parse(readFileSync(join(folder, "reference.json"), "utf8"));
  return { id, experiment, rows: rows.length, references, judged: judgeClaims(experiment, rows), folder };
}

/** The page of one paper: its README, then what its rows, its notes and its reference numbers say. */
export function paperPage(paper) {
  const { id, experiment, folder, rows, judged, references } = paper;
  const readme = readFileSync(join(folder, "README.md"), "utf8").trim();
  return page(
    { nav: shortName(paper), outline: "2" },
    fromDocs(readme, id),
    "## Verdicts on the committed rows",
    `${countsText(judged)}. Judged again when this page was built, on ${rows} rows of
[the folder](../../experiments/${id}); [what a verdict promises](../concepts/claim.md).`,
    table(["verdict", "claim", "measured ± error", "expected", "margin", "about"], judged.map(verdictRow)),
    "## What text, code and laboratory say",
    table(
      ["the paper says", "its code does", "we find"],
      experiment.notes.map(({ paper: says, code, found }) => [says, code, found].map(plain)),
    ),
    "## Numbers found without iclab",
    `A test holds the folder to each of them, to the printed digits ([reference.json](../../experiments/${id}/reference.json)).`,
    table(
      ["number", "value", "where in the paper", "how it was obtained", "what must meet it"],
      references.map((reference) => [
        plain(reference.says),
        numberText(reference.value, 15),
        plain(reference.source.where),
        plain(reference.obtained),
        metBy(reference.computedBy),
      ]),
    ),
  );
}

/** `Ahn et al. 2023`, `Zhou 2025`. */
export function shortName({ experiment: { paper } }) {
  const [first, ...others] = paper.authors.split(", ");
  return `${first}${others.length > 1 ? " et al." : others.length === 1 ? `, ${others[0]}` : ""} ${paper.year}`;
}

/** Links of a paper's README, which are relative to its folder, from `docs/papers`; its figures too. */
export const fromDocs = (readme, id) =>
  readme.replace(/\]\((?![a-z]+:|#|\/)([^)]+)\)/g, (_, target) => `](../../experiments/${id}/${target})`);

const verdictRow = (judged) => [
  `${SIGN[outcomeOf(judged)]} ${outcomeText(judged)}`,
  `\`${judged.claim.id}\`: ${plain(judged.claim.says)} (${plain(judged.claim.source.where)})`,
  plusMinus(judged.verdict.measured, judged.verdict.standardError),
  numberText(judged.verdict.expected),
  marginText(judged.verdict),
  judged.verdict.about,
];

const metBy = ({ row, column, theory, path }) =>
  theory === undefined
    ? `column \`${column}\` of the row ${Object.entries(row)
        .map(([name, value]) => `\`${name}: ${value}\``)
        .join(", ")}`
    : `[theory/${theory}.ts](../../src/theory/${theory}.ts)${path.length > 0 ? ` at \`${path.join(".")}\`` : ""}`;

/** The figures of a paper that are committed, with title and caption. @throws Error where one is missing */
export const figuresOf = ({ id, experiment, folder }) =>
  experiment.figures.map(({ id: figure, title, caption }) => {
    if (!existsSync(join(folder, "figures", `${figure}.svg`)))
      throw new Error(`experiments/${id}/figures/${figure}.svg is not committed; --save writes it`);
    return { title, caption, image: `../../experiments/${id}/figures/${figure}.svg` };
  });
