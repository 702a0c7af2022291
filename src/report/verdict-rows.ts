import { claimAnchor } from "./anchor.js";
import { marginText } from "./margin-text.js";
import { type Markup, markup } from "./markup.js";
import type { Judged, Section } from "./material.js";
import { outcomeOf, outcomeText, SIGN } from "./outcome.js";
import { numberText, plusMinus } from "./plus-minus.js";
import { unbroken } from "./unbroken.js";

/** The verdicts of a section as a body of the verdict table, below the section's title where there are several. */
export function verdictRows(section: Section, titled: boolean): Markup {
  const title = markup`<tr class="group"><th colspan="6"><a href="#${section.id}">${section.title}</a></th></tr>\n`;
  return markup`<tbody>\n${titled && title}${section.claims.map((judged) => verdictRow(section, judged))}</tbody>\n`;
}

/** A sign and a word for the outcome, so that colour adds nothing that is not said. */
export function outcomeBadge(judged: Judged): Markup {
  const outcome = outcomeOf(judged);
  return markup`<span class="badge ${outcome.replaceAll(" ", "-")}">${SIGN[outcome]} ${outcomeText(judged)}</span>`;
}

/** Each cell names its column: on a narrow screen the row becomes a card. */
function verdictRow(section: Section, judged: Judged): Markup {
  const { claim, verdict } = judged;
  const source = claim.source === undefined ? claim.expression : `${claim.source.paper}, ${claim.source.where}`;
  return markup`<tr>
<td data-head="verdict">${outcomeBadge(judged)}</td>
<td data-head="claim" class="says"><a href="#${claimAnchor(section, judged)}">${unbroken(claim.says)}</a>
${source !== undefined && markup`<small>${source}</small>`}</td>
<td data-head="measured ± error" class="number">${plusMinus(verdict.measured, verdict.standardError)}</td>
<td data-head="expected" class="number">${numberText(verdict.expected)}</td>
<td data-head="margin" class="number">${marginText(verdict)}</td>
<td data-head="about">${verdict.about}</td>
</tr>
`;
}
