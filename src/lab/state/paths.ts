import type { Json, JsonMap } from "./settings.js";

/** The value at a path such as `law.noise`; undefined where there is none. */
export function at(value: Json | object, path: string): Json | undefined {
  let found: unknown = value;
  for (const key of path.split(".")) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found as Json | undefined;
}

/** The same with other values at some paths; maps on the way are made where they are missing. */
export function withValues<Value extends object>(value: Value, set: { readonly [path: string]: Json }): Value {
  return Object.entries(set).reduce(
    (all, [path, leaf]) => placed(all as JsonMap, path.split("."), leaf),
    value as JsonMap,
  ) as Value;
}

function placed(map: JsonMap, [key, ...rest]: readonly string[], leaf: Json): JsonMap {
  if (key === undefined) return map;
  const inner = map[key];
  const below = typeof inner === "object" && inner !== null && !Array.isArray(inner) ? (inner as JsonMap) : {};
  return { ...map, [key]: rest.length === 0 ? leaf : placed(below, rest, leaf) };
}
