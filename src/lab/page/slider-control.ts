import type { Settings } from "../state/settings.js";
import type { Control, Heard } from "./control.js";
import { made } from "./element.js";
import type { Slider } from "./sliders.js";

/** A slider with its name and its number; null where these settings have none such. */
export function sliderControl(slider: Slider, settings: Settings, now: () => Settings, heard: Heard): Control | null {
  const { id, label, min, max, step, says } = slider;
  const start = slider.read(settings);
  if (start === null) return null;
  const output = made("output", { ariaHidden: "true" });
  const range = { min: String(min), max: String(Math.max(max, start)), step: String(step) };
  const input = made("input", { id, type: "range", ...range });
  const tell = (value: number): void => {
    output.value = says(value);
    input.setAttribute("aria-valuetext", says(value));
  };
  input.addEventListener("input", () => {
    tell(Number(input.value));
    heard(slider.set(now(), Number(input.value)));
  });
  const show = (shown: Settings): void => {
    const value = slider.read(shown);
    if (value === null || document.activeElement === input) return;
    input.value = String(value);
    tell(value);
  };
  show(settings);
  return {
    node: made("div", { className: "field slider" }, [made("label", { htmlFor: id }, [label]), input, output]),
    show,
  };
}
