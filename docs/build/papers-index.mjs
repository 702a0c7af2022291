import { countsText } from "iclab/report/outcome";
import { page, plain, table } from "./markdown.mjs";
import { figuresOf, shortName } from "./paper-page.mjs";

/** The list of papers, with how their claims come out. */
export const papersIndex = (papers) =>
  page(
    { nav: "All papers" },
    "# Papers",
    `Each paper is a folder of [experiments](../../experiments): its question as a grid of trained models, its sentences as
claims that can fail, its numbers beside ours. These pages are made of the folders. A sentence that is known to be false
is *refuted as expected*; anything *unexpected* fails the tests.`,
    table(
      ["paper", "question", "claims on the committed rows"],
      papers.map((paper) => [
        `[${plain(shortName(paper))}](./${paper.id}.md)`,
        plain(paper.experiment.question),
        countsText(paper.judged),
      ]),
    ),
    "All of them again, in their small form: `npx iclab reproduce all --scale smoke`.",
  );

/** Every committed figure, by paper. */
export const galleryPage = (papers) =>
  page(
    { nav: "Gallery", outline: "2" },
    "# Gallery",
    "Every figure that the experiments commit, drawn from their committed rows.",
    ...papers.flatMap((paper) => [
      `## [${plain(shortName(paper))}](./${paper.id}.md)`,
      ...figuresOf(paper).flatMap(({ title, caption, image }) => [
        `**${plain(title)}.** ${plain(caption)}`,
        `![${plain(title)}](${image})`,
      ]),
    ]),
  );
