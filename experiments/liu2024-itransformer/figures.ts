import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import type { Figure } from "../../src/types.js";
import type { Result } from "./measure.js";

const LAYER = "inverted-attention";
const NAMES = {
  "inverted-attention": "trained layer",
  "equal-scores": "equal scores, best",
  "own-past": "own past, best",
};

export const figures: readonly Figure<Result>[] = [
  {
    id: "risk-against-coupling",
    title: "Attention over variates helps where the others act alike",
    caption:
      "Three variates, windows of 3 values, noise 1. Alike: both others act on the first by c; ring: one of them; opposed: by " +
      "c and -c.",
    plot(rows) {
      const shown = rows.filter(({ coupling, name, exact }) => coupling !== "single" && (exact || name === LAYER));
      return riskCurve(named(shown, NAMES), {
        x: { column: "strength", label: "strength c of the coupling" },
        y: {
          column: "ratio",
          label: "risk over that of the best prediction from all",
          error: "ratioError",
          scale: "log",
        },
        names: [NAMES["own-past"], NAMES["equal-scores"], NAMES["inverted-attention"]],
        panel: "coupling",
      });
    },
  },
];
