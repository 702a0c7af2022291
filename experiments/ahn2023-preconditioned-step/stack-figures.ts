import { named } from "../../src/figures/named.js";
import { riskCurve } from "../../src/figures/risk-curve.js";
import { trainingCurve } from "../../src/figures/training-curve.js";
import type { Figure, Row } from "../../src/types.js";
import type { Result } from "./measure.js";

const [TRAINED, BEST, CURVED] = ["trained layers", "best steps", "trained with curvatures"];
const RISK = "risk: mean squared error (label units²)";
const DISTANCES = { whitenedDistance: "S^1/2 A S^1/2", distance: "A" };

/** One layer is a stack of one: its rows in the words of the others. */
const oneLayer = (rows: readonly Result[]): Row[] => {
  const names: Readonly<Record<string, string>> = { lsa: TRAINED!, "lsa-optimum": BEST! };
  return rows
    .filter((row) => row.part === "trained" && row.inputs === "isotropic" && row.name in names)
    .filter((row) => row.name === "lsa" || row.exact)
    .map((row) => ({ ...row, name: names[row.name]!, depth: 1 }));
};

/** Isotropic stacks: risks of the trained ones, and closed forms of the best steps. */
const isotropic = (rows: readonly Result[]): Row[] =>
  rows
    .filter((row) => row.part === "stack" && row.inputs === "isotropic")
    .filter((row) => row.name === "stack" || row.exact)
    .map((row) => ({ ...row, name: row.name === "stack" ? (row.form === "curved" ? CURVED! : TRAINED!) : BEST! }));

const curves = (rows: readonly Result[]): Row[] =>
  rows
    .filter(({ part }) => part === "layer-curve")
    .flatMap((row) =>
      Object.entries(DISTANCES).map(([column, M]) => ({
        ...{ M, Dist: row[column]!, step: row.step!, seed: row.seed, exact: false },
        name: ["shortest step", "middle step", "longest step"][(row.rank as number) - 1]!,
      })),
    );

export const stackFigures: readonly Figure<Result>[] = [
  {
    id: "layers-over-training",
    title: "Each of three layers becomes a multiple of the inverse covariance",
    caption: "Layers that only take steps; rotated inputs, tasks of the inverse covariance, d = 5, n = 20 (Figure 1).",
    plot: (rows) =>
      trainingCurve(curves(rows), {
        y: { column: "Dist", label: "Dist(M, I): relative distance from a multiple of the identity" },
        names: ["shortest step", "middle step", "longest step"],
        panel: "M",
      }),
  },
  {
    id: "risk-against-layers",
    title: "Layers that take steps have the risk of the best steps; curvatures make them far better",
    caption: "Isotropic inputs and tasks, d = 5, n = 20, no noise.",
    plot: (rows) =>
      riskCurve([...oneLayer(rows), ...isotropic(rows).filter(({ context }) => context === 20)], {
        x: { column: "depth", label: "layers" },
        y: { column: "risk", label: RISK, scale: "log" },
        names: [BEST!, TRAINED!, CURVED!],
      }),
  },
  {
    id: "risk-against-pairs",
    title: "Three layers are the best three steps for every number of pairs",
    caption: "Isotropic inputs and tasks, d = 5, no noise.",
    plot: (rows) =>
      riskCurve(
        isotropic(rows).filter(({ depth }) => depth === 3),
        {
          x: { column: "context", label: "context pairs n", scale: "log" },
          y: { column: "risk", label: RISK, scale: "log" },
          names: [BEST!, TRAINED!],
        },
      ),
  },
  {
    id: "curvatures",
    title: "The printed curvatures are those of 20 pairs, not of the 10 that the text names",
    caption: "B_l of three trained layers, tr(B_l) / d, beside the numbers in Figure 4. d = 5.",
    plot: (rows) => {
      const trained = rows.filter((row) => row.part === "layer" && row.form === "curved" && (row.layer as number) < 3);
      const pairs = [...new Set(trained.map(({ context }) => context))];
      const printed = pairs.flatMap((context) =>
        [0.9, 0.57].map((curvature, l) => ({
          name: "printed",
          exact: false,
          seed: 0,
          context,
          layer: l + 1,
          curvature,
        })),
      );
      const all = [...printed, ...named(trained, { stack: "trained" })].map((row) => ({ ...row, pairs: row.context }));
      return riskCurve(all as Row[], {
        x: { column: "layer", label: "layer" },
        y: { column: "curvature", label: "curvature b of B = b I" },
        names: ["printed", "trained"],
        panel: "pairs",
      });
    },
  },
];
