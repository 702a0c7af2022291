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
  const options = figure.plot(rows);
  const says = typeof options.caption === "string" ? options.caption : "";
  const caption = [figure.caption, says].filter((text) => text !== "").join(" ");
  const unique = `${page}-${id}`;
  return {
    id,
    title,
    caption,
    svg: standaloneSvg(options, { title, caption, id: unique }),
    inline: standaloneSvg({ ...options, title }, { id: unique }),
  };
}
