import { counted } from "./counted.js";
import type { Point } from "./points.js";
import { LARGEST } from "./reading.js";
import type { Span, Vertical } from "./vertical.js";

/** A point as it stands on the vertical axis: inside with its error bar, or at an edge that it lies beyond. */
export interface Clipped extends Span {
  readonly x: number;
  readonly panel: string;
  readonly drawn: Point["drawn"];
  readonly edge: "top" | "bottom" | null;
  /** True where the error bar goes on below the axis. */
  readonly cut: boolean;
}

/** Brings a point onto the axis; what lies beyond it is moved to the edge and says so. */
export function clipped({ x, y, error, panel, drawn }: Point, { bottom, top, below }: Vertical): Clipped {
  const atEdge = (edge: "top" | "bottom", at: number) =>
    ({ x, panel, drawn, edge, y: at, low: at, high: at, cut: false }) as const;
  if (y === "infinite") return atEdge("top", top);
  if (below(y)) return atEdge("bottom", bottom);
  const [low, high] = [y - (error ?? 0), y + (error ?? 0)];
  return { x, panel, drawn, edge: null, y, low: Math.max(low, bottom), high: Math.min(high, top), cut: low < bottom };
}

/** How many points and bars the axis does not hold, for the caption. */
export function edgeNotes(points: readonly Clipped[], { floorText }: Vertical): string[] {
  const at = (edge: Clipped["edge"]) => points.filter((point) => point.edge === edge).length;
  return [
    ...counted(at("top"), "value", (is) => `${is} infinite (or above ${LARGEST}): △ at the upper edge.`),
    ...counted(at("bottom"), "value", (is) => `${is} ${floorText}: ▽ at the lower edge of the logarithmic axis.`),
    ...counted(points.filter(({ cut }) => cut).length, "error bar", (is) => `${is} cut at the lower edge.`),
  ];
}
