import type { Finding } from "./finding.js";

/** Of two findings the one that speaks less for the claim: by probability, else by standard errors, else by margin. */
export function weaker(one: Finding, other: Finding): Finding {
  const [a, b] = [support(one), support(other)];
  const decided = a.findIndex((value, i) => value !== b[i]);
  return decided === -1 || a[decided]! < b[decided]! ? one : other;
}

function support({ side, probability, margin, standardError }: Finding): number[] {
  const distance = margin ?? Number.NEGATIVE_INFINITY;
  return [(side === false ? -1 : 1) * (1 - probability), distance / (standardError || 1), distance];
}
