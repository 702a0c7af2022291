import * as Plot from "@observablehq/plot";
import type { Picture } from "../types.js";
import { FRAME } from "./frame.js";

/** A figure of nothing says so: an empty frame would look like a result. */
export function emptyPicture(why: string, counts = ""): Picture {
  return {
    ...FRAME,
    height: 160,
    caption: `Nothing is drawn: ${why}. ${counts}`.trim(),
    legend: [],
    x: { axis: null },
    y: { axis: null },
    marks: [Plot.frame({ strokeOpacity: 0.3 }), Plot.text([why], { frameAnchor: "middle", fontSize: 14 })],
  };
}
