import { closest, distance } from "fastest-levenshtein";

/** The name that was probably meant, or undefined where none is like it: at most two in five letters may differ, or one. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const candidate = closest(name.toLowerCase(), known);
  const changes = distance(name.toLowerCase(), candidate);
  return changes <= Math.max(1, 0.4 * candidate.length) && changes < candidate.length ? candidate : undefined;
}

/** `` did you mean `context`?  `` before what is allowed, or nothing where no name is like it. */
export function meant(known: readonly string[], name: string): string {
  const candidate = nearest(name, known);
  return candidate === undefined ? "" : `did you mean \`${candidate}\`? `;
}

/** `` `contxt` is not a key here; did you mean `context`? allowed: a, b, c `` */
export function unknownName(what: string, known: readonly string[], name: string): string {
  return `${what}; ${meant(known, name)}allowed: ${known.length === 0 ? "none" : known.join(", ")}`;
}
