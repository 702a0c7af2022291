import type { JsonSchema } from "../../studies/json-schema.js";
import type { Choice, Choices } from "../messages.js";
import { featuresOf } from "../state/conditions.js";
import { at } from "../state/paths.js";
import type { Json, JsonMap, Settings } from "../state/settings.js";
import { lawStart, mixerStart } from "../state/starts.js";
import { choiceControl } from "./choice-control.js";
import type { Control, Heard } from "./control.js";
import { made } from "./element.js";
import { fieldControl } from "./field-control.js";
import { sliderControl } from "./slider-control.js";
import { SLIDERS } from "./sliders.js";

/** Options of training that come first; the others are behind "more". */
const FIRST = ["steps", "batch", "optimizer", "rate"];

/** Options that are set elsewhere: by sliders, or by the choice itself. */
const ELSEWHERE = ["kind", "mixer", "features", "noise", "heads"];

/** The form of settings. What there is to set depends on the law and the mixer: then it is made anew, and else only told. */
export class Controls {
  private shape = "";
  private controls: readonly Control[] = [];

  constructor(
    private readonly form: HTMLFormElement,
    /** The settings in force. */
    private readonly now: () => Settings,
    private readonly heard: Heard,
  ) {}

  write(choices: Choices): void {
    const settings = this.now();
    const shape = shapeOf(settings);
    if (shape !== this.shape) this.make(settings, choices);
    this.shape = shape;
    for (const { show } of this.controls) show(settings);
  }

  private make(settings: Settings, choices: Choices): void {
    const { form, now, heard } = this;
    const focused = document.activeElement?.id;
    const open = new Set([...form.querySelectorAll("details[open]")].map(({ id }) => id));
    const made: Control[] = [];
    const placed = (controls: readonly (Control | null)[]): HTMLElement[] =>
      controls.flatMap((control) => {
        if (control) made.push(control);
        return control ? [control.node] : [];
      });
    const sliders = (ids: readonly string[]) =>
      SLIDERS.filter(({ id }) => ids.includes(id)).map((slider) => sliderControl(slider, settings, now, heard));
    const options = (above: string, schema: JsonSchema | undefined, wanted: (name: string) => boolean) =>
      Object.entries(schema?.properties ?? {})
        .filter(([name]) => wanted(name))
        .map(([name, own]) =>
          fieldControl(`${above}.${name}`, name, own, (set) => heard(withoutStrangers(set, now()))),
        );
    const own = (name: string) => !ELSEWHERE.includes(name);
    const trained = (name: string) => at(settings, `model.train.${name}`) !== undefined;
    const law = choiceControl("law", choices.laws, "law.kind", ({ name, options: { required = [] } }) =>
      heard({ law: lawStart(name, required, featuresOf(now()) || 5), predictors: [] }),
    );
    const mixer = choiceControl("mixer", choices.mixers, "model.mixer", ({ name }) =>
      heard({ model: mixerStart(name, now().model.train!) }),
    );
    const { train } = choices;
    form.replaceChildren(
      group("Law", [
        ...placed([law, ...sliders(["features", "context", "noise", "condition"])]),
        ...more("law-more", open, placed(options("law", schemaOf(choices.laws, settings.law.kind), own))),
      ]),
      group("Model", [
        ...placed([mixer, ...sliders(["heads"])]),
        ...more("model-more", open, placed(options("model", schemaOf(choices.mixers, settings.model.mixer), own))),
      ]),
      group("Schedule", [
        ...placed(options("model.train", train, (name) => trained(name) && FIRST.includes(name))),
        ...more(
          "train-more",
          open,
          placed(options("model.train", train, (name) => trained(name) && !FIRST.includes(name))),
        ),
      ]),
    );
    this.controls = made;
    if (focused) form.querySelector<HTMLElement>(`#${CSS.escape(focused)}`)?.focus();
  }
}

/** What decides which controls there are. */
function shapeOf(settings: Settings): string {
  const sliders = SLIDERS.filter((slider) => slider.read(settings) !== null).map(({ id }) => id);
  return JSON.stringify([
    settings.law.kind,
    settings.model.mixer,
    Object.keys(settings.model.train as JsonMap),
    sliders,
  ]);
}

function group(title: string, children: readonly Node[]): HTMLFieldSetElement {
  return made("fieldset", {}, [made("legend", {}, [title]), ...children]);
}

function more(id: string, open: ReadonlySet<string>, children: readonly Node[]): Node[] {
  if (children.length === 0) return [];
  return [made("details", { id, open: open.has(id) }, [made("summary", {}, ["More options"]), ...children])];
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
