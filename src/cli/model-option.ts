import { parse } from "yaml";
import { unknownName } from "../names/nearest.js";
import type { Catalogue, Mixer, Site, Weights } from "../types.js";
import type { Arrays } from "../weights/arrays.js";
import { layoutMixer, layouts } from "../weights/layouts.js";
import { MODEL_TEXT, weightsOf } from "../weights/model-file.js";
import { readArrays } from "../weights/weights-file.js";
import { UsageError } from "./failure.js";
import { naming, readBytes } from "./read-file.js";

/** How a file of weights is to be read, where it does not say so itself. */
export interface ModelOptions {
  readonly layout?: string;
  /** More options of the mixer, as a YAML map. */
  readonly options?: string;
}

export interface Model {
  readonly mixer: Mixer;
  readonly weights: Weights;
}

/**
 * The model of a file: one that `iclab export` wrote says what it is; one brought from elsewhere is of the layout that
 * the user names.
 *
 * @throws UsageError for a file that is not there or says nothing, options that the mixer refuses; WeightsError for its
 * tensors
 */
export function readModel(file: string, given: ModelOptions, site: Site, catalogue: Catalogue): Model {
  const arrays = naming(file, () => readArrays(file, readBytes(file, "weights")));
  const { mixer: name, options, context } = described(file, arrays, given);
  const unit = catalogue.mixers.get(name);
  if (!unit) {
    const sentence = unknownName(`${file}: \`${name}\` is no mixer here`, [...catalogue.mixers.keys()], name);
    throw new UsageError(`${sentence}, and those of files that --use names`);
  }
  const parsed = unit.options.safeParse({ ...options, ...furtherOptions(given.options) });
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new UsageError(`options of ${name}: ${[...issue!.path, ""].join(": ")}${issue!.message}`);
  }
  const mixer = made(() => unit.make(parsed.data, { ...site, context: context ?? site.context }));
  return { mixer, weights: naming(file, () => weightsOf(mixer, arrays, site.features)) };
}

interface Described {
  readonly mixer: string;
  readonly options: object;
  /** Of training, where the file says it. */
  readonly context?: Site["context"];
}

function described(file: string, arrays: Arrays, { layout }: ModelOptions): Described {
  const text = arrays.texts[MODEL_TEXT];
  if (layout !== undefined) return naming(file, () => layoutMixer(layout, arrays));
  if (text === undefined)
    throw new UsageError(
      `${file} does not say what it holds weights of: name a --layout; allowed: ${Object.keys(layouts).join(", ")}`,
    );
  try {
    return JSON.parse(text) as Described;
  } catch {
    throw new UsageError(`${file}: its text ${MODEL_TEXT} is no JSON; name a --layout instead`);
  }
}

function furtherOptions(text: string | undefined): object {
  if (text === undefined) return {};
  try {
    const options = parse(text) as unknown;
    if (typeof options === "object" && options !== null && !Array.isArray(options)) return options;
  } catch {}
  throw new UsageError(`--options is a YAML map such as '{ normalize: none }', not ${text}`);
}

function made<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}
