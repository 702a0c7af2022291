import { join } from "node:path";
import { emptyPicture } from "../figures/empty.js";
import { drawFigure } from "../report/draw-figure.js";
import type { DrawnFigure } from "../report/material.js";
import { pngOf } from "../report/png.js";
import type { Figure, Row } from "../types.js";
import { makeFolder, replaceFile, writing } from "./disk.js";

/**
 * Draws every figure from the rows as SVG and PNG files. One that cannot be drawn says so in its place and on stderr:
 * the rows are safe, and the verdicts must still be shown.
 *
 * @throws DiskError where a file cannot be written
 */
export function saveFigures(
  folder: string,
  page: string,
  figures: readonly Figure[],
  rows: readonly Row[],
): readonly DrawnFigure[] {
  writing("figures", folder, () => makeFolder(folder));
  return figures.map((figure) => {
    const drawn = draw(figure, rows, page);
    const png = pngOf(drawn.svg);
    writing("figures", folder, () => {
      replaceFile(join(folder, `${drawn.id}.svg`), drawn.svg);
      replaceFile(join(folder, `${drawn.id}.png`), png);
    });
    return drawn;
  });
}

function draw(figure: Figure, rows: readonly Row[], page: string): DrawnFigure {
  try {
    return drawFigure(figure, rows, page);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    process.stderr.write(`the figure ${figure.id} of ${page} cannot be drawn: ${why}\n`);
    return drawFigure({ ...figure, plot: () => emptyPicture(`it cannot be drawn: ${why}`) }, rows, page);
  }
}
