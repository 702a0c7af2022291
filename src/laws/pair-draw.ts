import type { F32, U32 } from "../kernels/node.js";
import type { Inputs } from "../kernels/program.js";
import type { Stream } from "../kernels/random.js";
import type { Vector } from "../kernels/vector.js";
import type { Lengths, PromptNodes, PromptProgram } from "../types.js";
import type { Coordinates } from "./inputs.js";
import { drawPairs } from "./lengths.js";

/** How the coordinates behind a prompt's pairs are drawn: x_j = B z_j, and e_j the noise of label j at unit variance. */
export interface PairDraw {
  /** Names the text: equal names draw alike. */
  readonly structure: string;
  readonly tables: PromptProgram["tables"];
  lengths(context: Lengths, stream: Stream): Pick<PromptNodes, "pairs" | "length">;
  /** z_j (d) and e_j from pair j's own stream. */
  draw(j: U32, own: Stream, features: number, inputs: Inputs): { readonly z: Vector; readonly e: F32 };
}

/** Pairs one by one, independent of each other. */
export const independentPairs = (coordinates: Coordinates): PairDraw => ({
  structure: coordinates.structure,
  tables: {},
  lengths: drawPairs,
  draw(_, own, features) {
    const z = coordinates.draw(own, features);
    return { z, e: own.normals(1).at(0) };
  },
});
