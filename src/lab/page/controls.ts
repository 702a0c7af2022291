import type { JsonSchema } from "../../studies/json-schema.js";
import type { Choice, Choices } from "../messages.js";
import { featuresOf } from "../state/conditions.js";
import { at } from "../state/paths.js";
import type { Json, JsonMap, Settings } from "../state/settings.js";
import { lawStart, mixerStart } from "../state/starts.js";
import { made } from "./element.js";
import { fieldOf } from "./field.js";
import { SLIDERS } from "./sliders.js";

/** Hears what a person sets. */
export type Heard = (set: { readonly [path: string]: Json }) => void;

/** Options of training that come first; the others are behind "more". */
const FIRST = ["steps", "batch", "optimizer", "rate"];

/** Options that are set elsewhere: by sliders, or by the choice itself. */
const ELSEWHERE = ["kind", "mixer", "features", "noise", "heads"];

/** Writes the form of settings anew: what there is to set depends on the law and the mixer. */
export function writeControls(form: HTMLFormElement, settings: Settings, choices: Choices, heard: Heard): void {
  const focused = document.activeElement?.id;
  const open = new Set([...form.querySelectorAll("details[open]")].map(({ id }) => id));
  form.replaceChildren(
    group("Law", [
      choice("law", "law", choices.laws, String(settings.law.kind), (kind, required) =>
        heard({ law: lawStart(kind, required, featuresOf(settings) || 5), predictors: [] }),
      ),
      ...sliders(settings, ["features", "context", "noise", "condition"], heard),
      more("law-more", open, options(schemaOf(choices.laws, settings.law.kind), "law", settings, heard)),
    ]),
    group("Model", [
      choice("mixer", "mixer", choices.mixers, String(settings.model.mixer), (mixer) =>
        heard({ model: mixerStart(mixer, settings.model.train!) }),
      ),
      ...sliders(settings, ["heads"], heard),
      more("model-more", open, options(schemaOf(choices.mixers, settings.model.mixer), "model", settings, heard)),
    ]),
    group("Schedule", [
      ...trainFields(choices.train, settings, heard, (name) => FIRST.includes(name)),
      more(
        "train-more",
        open,
        trainFields(choices.train, settings, heard, (name) => !FIRST.includes(name)),
      ),
    ]),
  );
  if (focused) form.querySelector<HTMLElement>(`#${CSS.escape(focused)}`)?.focus();
}

function group(title: string, children: readonly (Node | string)[]): HTMLFieldSetElement {
  return made("fieldset", {}, [made("legend", {}, [title]), ...children]);
}

function more(id: string, open: ReadonlySet<string>, children: readonly Node[]): Node {
  if (children.length === 0) return document.createDocumentFragment();
  return made("details", { id, open: open.has(id) }, [made("summary", {}, ["More options"]), ...children]);
}

function choice(
  id: string,
  label: string,
  choices: readonly Choice[],
  chosen: string,
  heard: (name: string, required: readonly string[]) => void,
): HTMLElement {
  const select = made(
    "select",
    { id },
    choices.map(({ name }) => made("option", { value: name, selected: name === chosen }, [name])),
  );
  const found = choices.find(({ name }) => name === chosen);
  select.addEventListener("change", () => {
    const { options: schema } = choices.find(({ name }) => name === select.value)!;
    heard(select.value, schema.required ?? []);
  });
  return made("div", { className: "field" }, [
    made("label", { htmlFor: id }, [label]),
    select,
    made("p", { className: "note" }, [found?.says ?? ""]),
  ]);
}

function sliders(settings: Settings, wanted: readonly string[], heard: Heard): HTMLElement[] {
  return SLIDERS.filter(({ id }) => wanted.includes(id)).flatMap((slider) => {
    const value = slider.read(settings);
    if (value === null) return [];
    const { id, label, min, max, step, says } = slider;
    const output = made("output", { htmlFor: id } as object, [says(value)]);
    const input = made("input", {
      id,
      type: "range",
      min: String(min),
      max: String(Math.max(max, value)),
      step: String(step),
      value: String(value),
    });
    input.setAttribute("aria-valuetext", says(value));
    input.addEventListener("input", () => {
      output.value = says(Number(input.value));
      input.setAttribute("aria-valuetext", output.value);
      heard(slider.set(settings, Number(input.value)));
    });
    return [made("div", { className: "field slider" }, [made("label", { htmlFor: id }, [label]), input, output])];
  });
}

function options(schema: JsonSchema | undefined, above: string, settings: Settings, heard: Heard): HTMLElement[] {
  const names = Object.keys(schema?.properties ?? {}).filter((name) => !ELSEWHERE.includes(name));
  return names.map((name) =>
    fieldOf(`${above}.${name}`, name, schema!.properties![name]!, at(settings, `${above}.${name}`), heard),
  );
}

function trainFields(
  schema: JsonSchema,
  settings: Settings,
  heard: Heard,
  wanted: (name: string) => boolean,
): HTMLElement[] {
  const names = Object.keys(schema.properties ?? {}).filter(
    (name) => wanted(name) && at(settings, `model.train.${name}`) !== undefined,
  );
  return names.map((name) =>
    fieldOf(`model.train.${name}`, name, schema.properties![name]!, at(settings, `model.train.${name}`), (set) =>
      heard(withoutStrangers(set, settings)),
    ),
  );
}

/** Another optimiser has other constants: those of the last one go. */
function withoutStrangers(
  set: { readonly [path: string]: Json },
  settings: Settings,
): { readonly [path: string]: Json } {
  if (!("model.train.optimizer" in set)) return set;
  const { betas: _, epsilon: __, momentum: ___, weightDecay: ____, ...train } = settings.model.train as JsonMap;
  return { "model.train": { ...train, optimizer: set["model.train.optimizer"]! } };
}

const schemaOf = (choices: readonly Choice[], name: Json | undefined): JsonSchema | undefined =>
  choices.find((each) => each.name === name)?.options;
