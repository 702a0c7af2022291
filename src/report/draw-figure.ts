import type { Figure, Row } from "../types.js";
import type { DrawnFigure } from "./material.js";
import { standaloneSvg } from "./standalone-svg.js";

/**
 * A figure drawn from rows, under its own title and caption; behind the caption stands what the drawing says of itself
 * (what the marks are, which rows are none).
 *
 * @param page what the drawing's ids begin with: unique where several are shown, such as the experiment's name
 * @throws Error where the drawing is not whole (see `plotSvg`)
 */
export function drawFigure<R extends Row>(figure: Figure<R>, rows: readonly R[], page: string): DrawnFigure {
  const { id, title } = figure;
  const picture = figure.plot(rows);
  const caption = [figure.caption, picture.caption].filter((text) => text !== "").join(" ");
  const unique = `${page}-${id}`;
  return {
    id,
    title,
    caption,
    svg: standaloneSvg(picture, { title, caption, id: unique }),
    inline: standaloneSvg({ ...picture, title }, { id: unique }),
  };
}
