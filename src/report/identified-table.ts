import { type Markup, markup } from "./markup.js";
import type { Identified, Near } from "./material.js";
import { numberText, plusMinus } from "./plus-minus.js";

/** Constants that are this near to 1 were not moved: three digits would not show it. */
const UNMOVED = 5e-4;

/**
 * Which predictor each trained model is, a row a model, cell and seed: the nearest and the next with their distances, and
 * those that cannot be told apart from the nearest. Where a model is no predictor the whole sentence stands instead.
 */
export function identifiedTable(identified: readonly Identified[]): Markup {
  return markup`<h3>Which algorithm each model learned</h3>
<p>Distances are a share of the model's own variance; ± is one standard error over prompts.</p>
<table class="identified">
<thead><tr><th>model</th><th>cell</th><th>best</th><th>distance</th><th>next</th><th>distance</th>\
<th>cannot be told apart from</th></tr></thead>
<tbody>${identified.map(rowOf)}</tbody>
</table>
`;
}

function rowOf({ model, cell, best, next, alike, says }: Identified): Markup {
  const place = markup`<td data-head="model">${model}</td><td data-head="cell">${cell}</td>`;
  if (best === null || alike === null) return markup`<tr>${place}<td data-head="best" colspan="5">${says}</td></tr>\n`;
  return markup`<tr>${place}<td data-head="best">${named(best)}</td><td data-head="distance">${distanceOf(best)}</td>\
<td data-head="next">${named(next)}</td><td data-head="distance of the next">${distanceOf(next)}</td>\
<td data-head="cannot be told apart from">${alike.length > 0 ? alike.join(", ") : "–"}</td></tr>\n`;
}

function named(near: Near | null): string {
  if (near === null) return "–";
  const { name, constant } = near;
  return constant === null || Math.abs(constant - 1) < UNMOVED
    ? name
    : `${name} (constant × ${numberText(constant, 3)})`;
}

const distanceOf = (near: Near | null): string => (near === null ? "–" : plusMinus(near.distance, near.standardError));
