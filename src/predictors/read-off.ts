import type { Answer, ClosedForm, Population } from "../types.js";

/** A closed form as an answer: its value where it applies, else the sentence why not. */
export function readOff<P extends Population, At extends object>(
  form: ClosedForm<P, At>,
  population: P,
  at: At,
): Answer {
  const applies = form.applies(population, at);
  if (applies !== true) return { why: applies };
  return { value: form.value(population, at), kind: form.kind, source: form.source };
}
