import { distance } from "fastest-levenshtein";

/**
 * The name that was probably meant, or undefined where none is like it: at most two in five letters may differ, or one.
 * Two neighbours that have changed places count as one letter.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const written = withSwaps(name.toLowerCase());
  const apart = (candidate: string) =>
    Math.min(...written.map((form, i) => distance(form, candidate) + (i === 0 ? 0 : 1)));
  const ranked = known.map((candidate) => ({ candidate, changes: apart(candidate) }));
  const [best] = ranked.sort((a, b) => a.changes - b.changes);
  if (best === undefined) return undefined;
  const { candidate, changes } = best;
  return changes <= Math.max(1, 0.4 * candidate.length) && changes < candidate.length ? candidate : undefined;
}

/** A word, and it with each two neighbours changed. */
function withSwaps(word: string): string[] {
  const swaps = Array.from({ length: Math.max(0, word.length - 1) }, (_, i) => {
    return word.slice(0, i) + word[i + 1]! + word[i]! + word.slice(i + 2);
  });
  return [word, ...swaps];
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
