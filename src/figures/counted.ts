/** `3 values are …` or `1 value is …`, and nothing where there are none: how a caption counts what it hides. */
export function counted(count: number, noun: string, predicate: (verb: "is" | "are") => string): string[] {
  if (count === 0) return [];
  return [`${count} ${noun}${count === 1 ? "" : "s"} ${predicate(count === 1 ? "is" : "are")}`];
}
