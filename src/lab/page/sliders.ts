import { conditionOf, covarianceOf, featuresOf } from "../state/conditions.js";
import { at } from "../state/paths.js";
import type { Json, Settings } from "../state/settings.js";

/** A number that moves while training goes on. */
export interface Slider {
  readonly id: string;
  readonly label: string;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Where the slider stands; null where these settings have no such number. */
  read(settings: Settings): number | null;
  /** What moving it there sets. */
  set(settings: Settings, value: number): { readonly [path: string]: Json };
  /** The number beside it. */
  says(value: number): string;
}

const plain = (
  id: string,
  label: string,
  path: string,
  [min, max, step]: readonly [number, number, number],
): Slider => ({
  ...{ id, label, min, max, step },
  read(settings) {
    const value = at(settings, path);
    return typeof value === "number" ? value : null;
  },
  set: (_, value) => ({ [path]: value }),
  says: String,
});

export const SLIDERS: readonly Slider[] = [
  {
    ...plain("features", "features d", "law.features", [1, 20, 1]),
    // The condition number stays as it is.
    set(settings, value) {
      const condition = conditionOf(settings);
      const hasPower = condition !== null && condition !== 1;
      return { "law.features": value, ...(hasPower && { "law.covariance": covarianceOf(condition, value) }) };
    },
  },
  plain("context", "context pairs n", "context", [1, 100, 1]),
  plain("noise", "label noise", "law.noise", [0, 2, 0.05]),
  {
    ...{ id: "condition", label: "condition number", min: 0, max: 2, step: 0.05 },
    read(settings) {
      const condition = conditionOf(settings);
      return condition === null || featuresOf(settings) < 2 ? null : Math.log10(condition);
    },
    set: (settings, value) => ({ "law.covariance": covarianceOf(10 ** value, featuresOf(settings)) }),
    says: (value) => Number((10 ** value).toPrecision(3)).toString(),
  },
  plain("heads", "heads", "model.heads", [1, 8, 1]),
];
