import type { Judged, Section } from "./material.js";

/** The id of a claim's details on the page. */
export function claimAnchor({ id }: Section, { claim }: Judged): string {
  return `${id}-claim-${claim.id}`;
}
