import { withValues } from "./paths.js";
import type { Json, JsonMap, LabState } from "./settings.js";

/**
 * The whole state as the part of an address behind `#`: `law.kind=gaussian-linear&law.features=5&...`, one pair a leaf.
 * Maps are spelt out by their paths; everything else is JSON, a text without its quotation marks where it then still reads
 * as that text.
 */
export function linkOf(state: LabState): string {
  const pairs = leaves(state as unknown as JsonMap, "");
  return pairs.map(([path, value]) => `${encoded(path)}=${encoded(text(value))}`).join("&");
}

/** The pairs of an address as a state; what it does not say is as in `otherwise`. Null where it says nothing. */
export function stateOf(link: string, otherwise: LabState): LabState | null {
  const pairs = new URLSearchParams(link.replace(/^#/, ""));
  const set: Record<string, Json> = {};
  for (const [path, value] of pairs) if (/^[a-z][\w-]*(\.[a-z][\w-]*)*$/i.test(path)) set[path] = parsed(value);
  if (Object.keys(set).length === 0) return null;
  const named = Object.keys(set).some((path) => path.startsWith("settings."));
  // An address that names a law names all of it: options of another law would not fit.
  const base = named
    ? { ...otherwise, settings: { title: "study", law: {}, context: 0, model: {}, predictors: [] } }
    : otherwise;
  return sane(withValues(base, set), otherwise);
}

/** What an address says of the page itself, where it makes sense: settings are judged as studies are. */
function sane(state: LabState, otherwise: LabState): LabState {
  const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0;
  const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  const { settings, changes, seed, backend, speed, axis, until, playing } = state;
  const makes: { readonly [Key in keyof LabState]: boolean } = {
    settings: isMap(settings) && [settings.law, settings.model].every(isMap) && Array.isArray(settings.predictors),
    changes:
      Array.isArray(changes) && changes.every((change) => isMap(change) && isCount(change.step) && isMap(change.set)),
    seed: isCount(seed),
    backend: ["auto", "webgpu", "cpu"].includes(backend),
    speed: speed === null || (typeof speed === "number" && speed > 0),
    axis: ["log", "linear"].includes(axis),
    until: until === null || isCount(until),
    playing: typeof playing === "boolean",
  };
  const keys = Object.keys(makes) as (keyof LabState)[];
  return Object.fromEntries(keys.map((key) => [key, (makes[key] ? state : otherwise)[key]])) as unknown as LabState;
}

function leaves(map: JsonMap, above: string): [string, Json][] {
  return Object.entries(map).flatMap(([key, value]): [string, Json][] => {
    const path = above === "" ? key : `${above}.${key}`;
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    return isMap && Object.keys(value).length > 0 ? leaves(value as JsonMap, path) : [[path, value]];
  });
}

function text(value: Json): string {
  if (typeof value !== "string") return JSON.stringify(value);
  return parsed(value) === value ? value : JSON.stringify(value);
}

function parsed(written: string): Json {
  try {
    return JSON.parse(written) as Json;
  } catch {
    return written;
  }
}

/** As a link is pasted into messages and papers: letters, digits and few signs. */
function encoded(part: string): string {
  return encodeURIComponent(part).replaceAll("%2C", ",").replaceAll("%3A", ":").replaceAll("%20", "+");
}
