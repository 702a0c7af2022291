import type { Row } from "../types.js";
import type { Fact } from "./material.js";

/** How a kind of closed form is spoken of. Kinds that are not here are named as they are. */
const KINDS: Readonly<Record<string, string>> = {
  exact: "closed forms, exact",
  asymptotic: "closed forms, asymptotic",
  "upper-bound": "closed forms, upper bounds",
  "lower-bound": "closed forms, lower bounds",
  approximation: "closed forms, approximations",
};

/**
 * Which names of these rows have numbers in closed form, one fact a kind, with the sources: `lsa-optimum (Ahn, Cheng,
 * Daneshmand, Sra 2023, Theorem 1)`. Rows say so in their columns `closedForm` and `source`; without any there is no fact.
 */
export function closedForms(rows: readonly Row[]): Fact[] {
  const found = new Map<string, Set<string>>();
  for (const { name, closedForm, source } of rows) {
    if (typeof closedForm !== "string") continue;
    const names = found.get(closedForm) ?? new Set();
    found.set(closedForm, names.add(source ? `${name} (${source})` : String(name)));
  }
  return [...found].map(([kind, names]) => [KINDS[kind] ?? `closed forms, ${kind}`, [...names].sort().join("; ")]);
}
