/**
 * Lines of at most `width`, broken at spaces, but never between a number and its percent sign; a word that is longer
 * than a line stands alone on its line.
 *
 * @param widthOf what a piece of text takes, in the unit of `width`; characters when nothing else is said
 */
export function wrapText(text: string, width: number, widthOf: (piece: string) => number = characters): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+(?!%)/).filter((word) => word !== "")) {
    const longer = lines.length === 0 ? word : `${lines.at(-1)} ${word}`;
    if (lines.length > 0 && widthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

function characters(text: string): number {
  return [...text].length;
}
