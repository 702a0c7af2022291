import { constant, multiply } from "../../src/claims/dual.js";
import { equivalence } from "../../src/claims/equivalence.js";
import { inEveryCell, inEverySeed } from "../../src/claims/in-every.js";
import { inequality } from "../../src/claims/inequality.js";
import type { Claim } from "../../src/types.js";
import { STRONGEST } from "./cells.js";
import type { Result } from "./measure.js";

const paper = "Liu, Hu, Zhang, Wu, Wang, Ma, Long 2024";
const BY = ["coupling", "strength", "variates"];
const LAYER = "inverted-attention";

/** Cells where the others act on the first with all strength in one of these ways. */
const coupled = (rows: readonly Result[], ...names: readonly string[]) =>
  rows.filter(({ coupling, strength }) => names.includes(coupling as string) && strength === STRONGEST);
const single = (rows: readonly Result[]) => rows.filter(({ coupling }) => coupling === "single");
const uncoupled = (rows: readonly Result[]) => rows.filter(({ strength }) => strength === 0);
const scaled = (rows: readonly Result[], name: string, factor: number): readonly Result[] =>
  rows.map((row) => (row.name === name ? { ...row, risk: row.risk! * factor } : row));

export const claims: readonly Claim<Result>[] = [
  {
    id: "one-variate-is-a-fixed-map",
    says: "On one series the trained layer is the fixed linear map (own + OV) . v_1 of the window, in every seed and prompt within 16 roundoffs.",
    source: { paper, where: "Section 3" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.ofWeights(LAYER, "off"),
        () => constant(16),
      );
      return inEverySeed(single(rows), BY, judge);
    },
    refuted: (rows) => rows.map((row) => ("off" in row ? { ...row, off: 1e6 } : row)),
  },
  {
    id: "several-variates-are-not",
    says: "On three series that act on each other by 0.4 the layer's predictions differ from that map by more than a part in a thousand, in every seed.",
    source: { paper, where: "Section 3" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        () => constant(1e-3 / 2 ** -53),
        (cell) => cell!.ofWeights(LAYER, "off"),
      );
      return inEverySeed(coupled(rows, "alike", "ring", "opposed"), BY, judge);
    },
    refuted: (rows) => rows.map((row) => ("off" in row ? { ...row, off: 4 } : row)),
  },
  {
    id: "helps-where-variates-act-alike",
    says: "Where the other variates act alike by 0.4 the layer is the best prediction from all within 1 %, and below 0.9 of what the first one's own past allows, in every seed.",
    source: { paper, where: "Section 3" },
    expected: "holds",
    judge(rows) {
      const alike = coupled(rows, "alike");
      const below = inequality(
        (cell) => cell!.risk(LAYER),
        (cell) => multiply(constant(0.9), cell!.risk("own-past")),
      );
      const equal = equivalence(
        (cell) => cell!.risk(LAYER),
        (cell) => cell!.risk("best-linear"),
        { relative: 0.01 },
      );
      const [gains, reaches] = [inEverySeed(alike, BY, below), inEverySeed(alike, BY, equal)];
      return gains.holds === true ? reaches : gains;
    },
    refuted: (rows) => scaled(rows, LAYER, 1.05),
  },
  {
    id: "helps-not-where-nothing-is-coupled",
    says: "Where no variate acts on another the layer has the risk of the first one's own past within 1 %, in every seed: attention gains nothing and costs nothing.",
    source: { paper, where: "Section 3" },
    expected: "holds",
    judge(rows) {
      const judge = equivalence(
        (cell) => cell!.risk(LAYER),
        (cell) => cell!.risk("own-past"),
        { relative: 0.01 },
      );
      return inEverySeed(uncoupled(rows), BY, judge);
    },
    refuted: (rows) => scaled(rows, LAYER, 0.95),
  },
  {
    id: "equal-scores-are-reached",
    says: "In every seed the layer is no worse than the best attention with equal scores, within 1 %.",
    source: { paper, where: "Section 3" },
    expected: "holds",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk(LAYER),
        (cell) => multiply(constant(1.01), cell!.risk("equal-scores")),
      );
      return inEverySeed(rows, BY, judge);
    },
    refuted: (rows) => scaled(rows, LAYER, 1.1),
  },
  {
    id: "equal-scores-suffice-where-variates-act-alike",
    says: "Equal scores have the best linear risk where the other variates act alike or not at all, and are more than 5 % above it in the ring and where they act with opposite signs.",
    source: { paper, where: "Section 3" },
    expected: "holds",
    judge(rows) {
      const equal = equivalence(
        (cell) => cell!.exact("equal-scores"),
        (cell) => cell!.exact("best-linear"),
        { relative: 1e-9 },
      );
      const above = inequality(
        (cell) => multiply(constant(1.05), cell!.exact("best-linear")),
        (cell) => cell!.exact("equal-scores"),
      );
      const suffices = inEveryCell([...uncoupled(rows), ...coupled(rows, "alike")], BY, equal);
      const not = inEveryCell(coupled(rows, "ring", "opposed"), BY, above);
      return suffices.holds === true ? not : suffices;
    },
    refuted: (rows) => scaled(rows, "equal-scores", 1.01),
  },
  {
    id: "attention-finds-any-coupling",
    says: "Wherever the other variates act on the first, the layer comes within a tenth of the best prediction from all.",
    source: { paper, where: "Section 3" },
    expected: "refuted",
    judge(rows) {
      const judge = inequality(
        (cell) => cell!.risk(LAYER),
        (cell) => multiply(constant(1.1), cell!.risk("best-linear")),
      );
      return inEverySeed(coupled(rows, "alike", "ring", "opposed"), BY, judge);
    },
    refuted: (rows) => scaled(rows, LAYER, 0.5),
  },
];
