import { isMap, type Point } from "./grid.js";
import { valueAt } from "./value-at.js";
import type { Json, Path, YamlDocument } from "./yaml-document.js";

/**
 * Where the other settings stand that a sentence about one speaks of: two that contradict each other are both found.
 * `2 variances given for features: 10` becomes `... (features is at study.yaml:2:31)`.
 */
export function spokenOf(sentence: string, at: Path, settings: Json, point: Point, document: YamlDocument): string {
  const places = at.flatMap((field, depth) => {
    const around = at.slice(0, depth);
    const map = valueAt(settings, around);
    const others = isMap(map) ? Object.keys(map).filter((key) => key !== field) : [];
    const spoken = others.filter((key) => new RegExp(`(^|[^\\w.-])${key}([^\\w-]|$)`).test(sentence));
    return spoken.map((key) => `${key} is at ${document.where(point.written([...around, key]))}`);
  });
  return places.length === 0 ? sentence : `${sentence} (${places.join(", ")})`;
}
