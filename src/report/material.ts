import type { Claim, Note, Verdict } from "../types.js";

/** A named value of a settings or provenance list, both as they shall be read. */
export type Fact = readonly [name: string, value: string];

/** A sentence that was judged: a paper's claim, or a study's hypothesis with the expression it was written as. */
export interface Judged {
  readonly claim: Pick<Claim, "id" | "says" | "expected"> & {
    readonly source?: Claim["source"];
    readonly expression?: string;
  };
  readonly verdict: Verdict;
}

/** A figure as the report keeps it. `svg` stands alone (title and caption inside), `inline` is the drawing only. */
export interface DrawnFigure {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  readonly svg: string;
  readonly inline: string;
}

/** A risk over the seeds of a cell, with what is random in it apart. */
export interface MeanRisk {
  readonly name: string;
  readonly cell: string;
  readonly seeds: readonly number[];
  readonly pools: readonly number[];
  readonly risk: number | null;
  /** Where the mean is over pools of tasks. */
  readonly errorOverPools: number | null;
  readonly errorOverSeeds: number | null;
  readonly errorOverPrompts: number | null;
}

/** A predictor that a model was compared with. */
export interface Near {
  readonly name: string;
  /** A share of the model's own variance, with its error over prompts; null where it is not finite. */
  readonly distance: number | null;
  readonly standardError: number | null;
  /** By what its free constant was multiplied; null where it has none. */
  readonly constant: number | null;
}

/** Which predictor a trained model was found to be, in one cell and with one seed. */
export interface Identified {
  readonly model: string;
  readonly cell: string;
  /** A predictor's name, `zero` or `none`; null where the model has no finite predictions. */
  readonly is: string | null;
  /** The nearest, under the name `none` where even that is too far; and the next that can be told apart from it. */
  readonly best: Near | null;
  readonly next: Near | null;
  /** Predictors that cannot be told apart from the nearest; null where the model is none. */
  readonly alike: readonly string[] | null;
  /** All of it in one sentence. */
  readonly says: string;
}

/** What the report says about one paper or one study. */
export interface Section {
  /** Unique on the page; the folder's or the study's name. */
  readonly id: string;
  readonly title: string;
  /** Authors and year. */
  readonly byline?: string;
  /** Where the paper is read: an https address. */
  readonly link?: string;
  readonly question: string;
  readonly settings: readonly Fact[];
  readonly claims: readonly Judged[];
  /** How many sentences were tested and at which level. */
  readonly tested?: string;
  /** What to know before believing the numbers, a sentence each. */
  readonly warnings?: readonly string[];
  /** Risks with their errors over seeds and over prompts apart. */
  readonly means?: readonly MeanRisk[];
  /** Of a study that asks which predictor each trained model is. */
  readonly identified?: readonly Identified[];
  readonly figures: readonly DrawnFigure[];
  readonly notes: readonly Note[];
  readonly provenance: readonly Fact[];
  /** The study file as it was read. */
  readonly text?: string;
}

/** All that a page shows: plain values, so that a page can be made again from stored rows on any machine. */
export interface Material {
  readonly title: string;
  readonly subtitle?: string;
  readonly sections: readonly Section[];
  /** Where the page is rebuilt while rows arrive: a sentence that says so, and after how many seconds it is loaded again. */
  readonly live?: { readonly says: string; readonly seconds: number };
}
