import type { Json, Settings } from "../state/settings.js";

/** Hears what a person sets. */
export type Heard = (set: { readonly [path: string]: Json }) => void;

/** A part of the form, and how it shows other settings without being made again: a slider that moves is not to be replaced. */
export interface Control {
  readonly node: HTMLElement;
  show(settings: Settings): void;
}

/** Gives an input another value, but for the one that a person is at. */
export function showValue(input: HTMLInputElement | HTMLSelectElement, value: string): void {
  if (document.activeElement !== input && input.value !== value) input.value = value;
}
