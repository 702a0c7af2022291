import { Markup, markup } from "./markup.js";
import type { Material } from "./material.js";
import { countsText, SIGN } from "./outcome.js";
import { PAGE_STYLE } from "./page-style.js";
import { sectionPart } from "./section-part.js";
import { verdictRows } from "./verdict-rows.js";

/** The page may load nothing: a browser that keeps this refuses every request. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** What a verdict's number and error are about, and what the signs say. */
const LEGEND = markup`<p class="key">
${SIGN.holds} holds as expected · ${SIGN["refuted as expected"]} refuted, as expected: the sentence is known to be false ·
${SIGN.unexpected} came out against expectation · ${SIGN.undecided} cannot be told from these rows.
± is one standard error; the margin is the distance to the nearer edge of what the sentence allows, negative outside.
About <b>training</b>: the error is over seeds, the verdict speaks of training runs like these;
<b>weights</b>: over prompts, it speaks of these trained weights only; <b>exact</b>: nothing was sampled (closed forms, or a
number computed from the weights themselves), so there is no error.</p>`;

/**
 * The report as one HTML page that needs nothing else: drawings and style lie in it, every text is escaped, and nothing
 * is asked of any host. All verdicts stand on top, then one section a paper or study.
 */
export function page({ title, subtitle, sections, live }: Material): string {
  const judged = sections.flatMap(({ claims }) => claims);
  const groups = sections.filter(({ claims }) => claims.length > 0);
  const table = markup`<table class="verdicts">
<thead><tr><th>verdict</th><th>claim</th><th>measured ± error</th><th>expected</th><th>margin</th><th>about</th></tr></thead>
${groups.map((section) => verdictRows(section, groups.length > 1))}
</table>${LEGEND}`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">${
    live !== undefined &&
    markup`
<meta http-equiv="refresh" content="${String(live.seconds)}">`
  }
<title>${title}</title>
<style>${new Markup(PAGE_STYLE)}</style>
</head>
<body>
<header>
<h1>${title}</h1>
${subtitle !== undefined && markup`<p class="subtitle">${subtitle}</p>`}
<p class="counts">${countsText(judged)}</p>${
    live !== undefined &&
    markup`
<p class="live">${live.says}</p>`
  }
</header>
<main>
<section id="verdicts">
<h2>Verdicts</h2>
${judged.length === 0 ? markup`<p>No claims were judged.</p>` : table}
</section>
${sections.map(sectionPart)}
</main>
</body>
</html>
`.text;
}
