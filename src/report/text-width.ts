/** Advance widths of DejaVu Sans (and of Verdana, nearly) in ems: enough to break lines, not to set type. */
const CLASSES: readonly (readonly [RegExp, number])[] = [
  [/[ijlI.,:;'|!]/, 0.32],
  [/[frt()[\]\-"/ ]/, 0.4],
  [/[mwMW%@]/, 0.95],
  [/[A-Z±×≤≥=+<>~]/, 0.75],
];

const ORDINARY = 0.62;

/** About how many pixels a line of text takes at a font size. */
export function textWidth(text: string, fontSize: number): number {
  const ems = [...text].map((letter) => CLASSES.find(([letters]) => letters.test(letter))?.[1] ?? ORDINARY);
  return fontSize * ems.reduce((sum, em) => sum + em, 0);
}
