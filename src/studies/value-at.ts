import type { Json, Path } from "./yaml-document.js";

/** What stands at a path of plain values; undefined where nothing does. */
export function valueAt(value: Json | undefined, path: Path): Json | undefined {
  return path.reduce<Json | undefined>(
    (inside, step) =>
      typeof inside === "object" && inside !== null ? (inside as { readonly [key: string]: Json })[step] : undefined,
    value,
  );
}
