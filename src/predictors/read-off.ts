import type { Answer, ClosedForm, Population } from "../types.js";

/**
 * Closed forms as an answer: the value of the first that applies, else the sentence why the last does not. A form is
 * asked whether it applies before it sees more of a population than that, so any family may be shown to it.
 */
export function readOff<At extends object>(
  forms: ClosedForm<Population, At> | readonly ClosedForm<Population, At>[],
  population: Population,
  at: At,
): Answer {
  let why = "";
  for (const form of [forms].flat()) {
    const applies = form.applies(population, at);
    if (applies === true) return { value: form.value(population, at), kind: form.kind, source: form.source };
    why = applies;
  }
  return { why };
}
