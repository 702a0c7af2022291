/** A sentence for HTML whose numbers stay on one line with their percent signs: `1 %` holds a no-break space. */
export function unbroken(sentence: string): string {
  return sentence.replace(/(?<=\d) (?=%)/g, "\u00a0");
}
