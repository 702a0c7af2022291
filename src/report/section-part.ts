import { claimAnchor } from "./anchor.js";
import { errorsText } from "./errors-text.js";
import { identifiedTable } from "./identified-table.js";
import { marginText } from "./margin-text.js";
import { Markup, markup } from "./markup.js";
import type { DrawnFigure, Fact, Judged, MeanRisk, Section } from "./material.js";
import { numberText, plusMinus } from "./plus-minus.js";
import { unbroken } from "./unbroken.js";
import { outcomeBadge } from "./verdict-rows.js";

/** All that the page says about one paper or study: question, settings, figures, notes, each claim, provenance. */
export function sectionPart(section: Section): Markup {
  const { id, title, byline, question, settings, figures, notes, claims, provenance, text } = section;
  const { tested, warnings = [], means = [], identified = [] } = section;
  return markup`<section id="${id}">
<h2>${title}</h2>
${byline !== undefined && markup`<p class="byline">${byline}${linkOf(section)}</p>`}
<p class="question">${question}</p>
${settings.length > 0 && markup`<h3>Settings</h3>\n${facts(settings)}`}
${warnings.length > 0 && markup`<h3>Warnings</h3>\n<ul>${warnings.map((each) => markup`<li>${each}</li>\n`)}</ul>`}
${figures.length > 0 && markup`<h3>Figures</h3>\n`}${figures.map((figure) => figurePart(section, figure))}
${identified.length > 0 && identifiedTable(identified)}
${notes.length > 0 && notesTable(section)}
${claims.length > 0 && markup`<h3>Claims in detail</h3>\n`}${tested !== undefined && markup`<p>${tested}.</p>\n`}${claims.map((judged) => claimPart(section, judged))}
${means.length > 0 && meansTable(means)}
${text !== undefined && markup`<details><summary>The study as it was read</summary><pre>${text}</pre></details>`}
${provenance.length > 0 && markup`<details><summary>Provenance</summary>${facts(provenance)}</details>`}
</section>
`;
}

/** Only an address on the web is made a link: no other scheme can be run by a click. */
function linkOf({ link }: Section): Markup | false {
  if (link === undefined) return false;
  return /^https:\/\//.test(link) ? markup` · <a href="${link}" rel="noreferrer">${link}</a>` : markup` · ${link}`;
}

function facts(list: readonly Fact[]): Markup {
  return markup`<dl class="facts">${list.map(([name, value]) => markup`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}

function figurePart({ id }: Section, figure: DrawnFigure): Markup {
  return markup`<figure id="${id}-figure-${figure.id}">
<h4>${figure.title}</h4>
<div class="drawing">${new Markup(figure.inline)}</div>
<figcaption>${figure.caption}</figcaption>
</figure>
`;
}

function meansTable(means: readonly MeanRisk[]): Markup {
  const error = (value: number | null) => (value === null ? "–" : numberText(value, 2));
  const pooled = means.some(({ pools }) => pools.length > 0);
  const what = pooled ? "over pools, seeds and prompts" : "over seeds and over prompts";
  return markup`<details><summary>Risks, with errors ${what} apart</summary><table class="notes">
<thead><tr><th>name</th><th>cell</th>${pooled && markup`<th>pools</th>`}<th>seeds</th><th>risk</th>\
${pooled && markup`<th>error over pools</th>`}<th>error over seeds</th><th>over prompts</th></tr></thead>
<tbody>${means.map(
    ({ name, cell, pools, seeds, risk, errorOverPools, errorOverSeeds, errorOverPrompts }) =>
      markup`<tr><td data-head="name">${name}</td><td data-head="cell">${cell}</td>\
${pooled && markup`<td data-head="pools">${String(pools.length)}</td>`}<td data-head="seeds">\
${String(seeds.length)}</td><td data-head="risk">${numberText(risk)}</td>\
${pooled && markup`<td data-head="error over pools">${error(errorOverPools)}</td>`}<td data-head="error over seeds">\
${error(errorOverSeeds)}</td><td data-head="over prompts">${error(errorOverPrompts)}</td></tr>\n`,
  )}</tbody>
</table></details>`;
}

function notesTable({ notes }: Section): Markup {
  return markup`<h3>What the paper says, what its code does, what we find</h3>
<table class="notes">
<thead><tr><th>the paper says</th><th>its code does</th><th>we find</th></tr></thead>
<tbody>${notes.map(
    ({ paper, code, found }) =>
      markup`<tr><td data-head="the paper says">${paper}</td><td data-head="its code does">${code}</td>\
<td data-head="we find">${found}</td></tr>\n`,
  )}</tbody>
</table>`;
}

function claimPart(section: Section, judged: Judged): Markup {
  const { claim, verdict } = judged;
  const source: Fact[] = claim.source ? [["source", `${claim.source.paper}, ${claim.source.where}`]] : [];
  const expression: Fact[] = claim.expression === undefined ? [] : [["hypothesis", claim.expression]];
  const decided: Fact[] = verdict.why === "" ? [] : [["decided by", verdict.why]];
  return markup`<article id="${claimAnchor(section, judged)}">
<h4>${unbroken(claim.says)}</h4>
<p>${outcomeBadge(judged)} <code>${claim.id}</code></p>
${facts([
  ...source,
  ...expression,
  ["measured", plusMinus(verdict.measured, verdict.standardError)],
  ["expected", numberText(verdict.expected)],
  ["margin", marginText(verdict)],
  ["about", verdict.about],
  ...(verdict.errors ? [["error of the margin from", errorsText(verdict.errors)] as const] : []),
  ["rows", String(verdict.rows)],
  ["known outcome", claim.expected],
  ...decided,
])}
</article>
`;
}
