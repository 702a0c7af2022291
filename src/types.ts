/**
 * The nouns of the project, with no code. A newcomer reads this file first.
 *
 * law ──draw──▶ prompts ──▶ mixer ──▶ training ──▶ weights ──▶ evaluation ──▶ rows ──▶ claims ──▶ report
 */
import type { PlotOptions, SymbolType } from "@observablehq/plot";
import type * as TfCore from "@tensorflow/tfjs-core";
import type { ZodType } from "zod";
import type { Block } from "./kernels/inputs.js";
import type { Count } from "./kernels/loop.js";
import type { F32, U32 } from "./kernels/node.js";
import type { Inputs } from "./kernels/program.js";
import type { RandomName } from "./kernels/random.js";
import type { Vector } from "./kernels/vector.js";

/** tfjs as a value: a mixer receives it, so that only `backends` decides when it loads and where it runs. */
export type Tf = typeof TfCore;

/** A dense array whose axis names are part of its type: `Nd<["batch", "context", "feature"]>`. Row-major. */
export interface Nd<Axes extends readonly string[] = readonly string[]> {
  readonly axes: Readonly<Axes>;
  readonly shape: { readonly [K in keyof Axes]: number };
  readonly data: Float64Array | Float32Array;
}

/** A splittable seed of 64 bits. Nothing in src calls Math.random; the same key gives the same prompts everywhere. */
export type Key = readonly [hi: number, lo: number];

/** A symmetric or general matrix as plain rows: what a population is written in and what JSON can hold. */
export type Rows = readonly (readonly number[])[];

/** How many context pairs a prompt has: one number, or drawn per prompt, inclusive on both sides. */
export type Lengths = number | { readonly uniform: readonly [number, number] };

/** One batch of in-context problems: labelled context pairs, a query, and the label to be predicted.
 *  Where prompts differ in length, `length` holds each prompt's own and the rest of its row is zero; where it is more
 *  than there are pairs, they stand for that many (see `Law.gram`). */
export interface Prompts {
  readonly x: Nd<["batch", "context", "feature"]>;
  readonly y: Nd<["batch", "context", "output"]>;
  readonly query: Nd<["batch", "feature"]>;
  readonly answer: Nd<["batch", "output"]>;
  readonly length?: Nd<["batch"]>;
}

/** Where a statement comes from: every formula and every reference number carries one. */
export interface Source {
  readonly paper: string;
  readonly where: `${"Theorem" | "Proposition" | "Lemma" | "Corollary" | "Equation" | "Figure" | "Section" | "Appendix"} ${string}`;
}

/** What a study's options are made for: a unit may need the size of the problem it will meet. */
export interface Site {
  readonly features: number;
  readonly context: Lengths;
  /** The bytes of a file that options name, looked for beside the study. Left out where none can be read. */
  readonly read?: (file: string) => Uint8Array;
}

/** What a study names: its options as a schema (so help, editor completion and errors come from it) and the value made of them. */
export interface Unit<Options, Value> {
  readonly name: string;
  /** One sentence for `iclab list`. */
  readonly says: string;
  readonly options: ZodType<Options>;
  make(options: Options, site: Site): Value;
  /** Of a unit that a person brought: a digest of its source, part of the identity of every cell that it is in. */
  readonly source?: string;
}

/** What closed forms are written in. `family` tells a predictor or a theory whether it can apply. */
export interface Population {
  readonly family: string;
  /** Standard deviation of the query label's noise: its square is the floor of every risk. */
  readonly noise: number;
}

/** Which prompts of a stream: the prompt's index lies in the counter, so that batches never change a number. */
export interface Slice {
  readonly from: number;
  readonly count: number;
}

/** One prompt in the kernel language, as a mixer's text reads it. Vectors unroll when short and roll when long. */
export interface PromptNodes {
  readonly features: number;
  /** How many labelled pairs there are to read: a number, or each prompt's own with its bound. */
  readonly pairs: Count;
  /** How many the prompt has, as a real number, 0 or more: as many as `pairs`, or more where few stand for many. */
  readonly length: F32;
  /** Pair j < pairs, the same however often it is read: input x (d) and label y. */
  pair(j: U32): { readonly x: Vector; readonly y: F32 };
  /** The query's input (d). */
  readonly query: Vector;
  /** The query's label, to be predicted. */
  readonly answer: F32;
  /** w (d) of answer = w . query + noise e, where labels are linear; its nodes are made when it is asked for. */
  task?(): Vector;
}

/** A law's text: how one prompt is drawn. */
export interface PromptProgram {
  /** Equal structures are one text: laws that differ in `settings` only run from one compiled module. */
  readonly structure: string;
  /** The law's numbers (noise, roots of covariances, ...), which the text reads as settings. */
  readonly settings: Float64Array;
  /** The law's data by name. */
  readonly tables: Readonly<Record<string, Float64Array>>;
  build(inputs: Inputs, random: RandomName, context: Lengths): PromptNodes;
}

/** A mixer's text: how one prompt is predicted. */
export interface PredictionProgram {
  /** Equal structures (beside equal numbers of features) are one text. */
  readonly structure: string;
  /** How many trained numbers there are for d features: the entries of the weights, one array after another. */
  parameters(features: number): number;
  build(parameters: Block, prompt: PromptNodes): F32;
}

/** Changes of the law at test time. Scales multiply inputs, the query alone, or the task vector. */
export interface Shift {
  readonly inputScale?: number;
  readonly queryScale?: number;
  readonly taskScale?: number;
}

/**
 * A function as plain data, so that another thread can have it too: what `module` (its URL) exports as `restore` makes
 * the function of `constants`, which can be posted to a thread.
 */
export interface Recipe {
  readonly module: string;
  readonly constants: unknown;
}

/** What a law has whose prompts are cut out of data. */
export interface Excerpt {
  /** Changes with the data: another file under the same name is another law. */
  readonly digest: string;
  /** Labelled pairs that a prompt may have at most. */
  readonly longest: number;
  /** The law of the later part, which tests are drawn from where training saw the earlier one. */
  readonly later?: Law;
}

/**
 * What a law has whose query is independent of the context and of mean 0, with a label that is linear in it: the mean over
 * query and label of a squared error, the prompt given, is then a quadratic form where the prediction is linear too.
 */
export interface LinearQuery {
  /** Covariance of the query, the same in every prompt: d x d. */
  readonly covariance: Rows;
  /** The tasks w of the prompts that `draw` gives, answer = w . query + noise e: (batch, feature). */
  tasks(key: Key, slice: Slice, context: Lengths): Nd<["batch", "feature"]>;
  /** `tasks` at one context as data: (key, slice) => tasks. */
  recipe(context: Lengths): Recipe;
}

/** A distribution over prompts with its population quantities. */
export interface Law<P extends Population = Population> {
  readonly name: string;
  readonly features: number;
  readonly population: P;
  /** How one prompt is drawn, in the kernel language: what engines train on, and in float64 what `draw` returns. */
  readonly program: PromptProgram;
  /**
   * A text whose prompts have this law up to a rotation of the pairs e_j = (x_j, y_j) among each other, and few pairs
   * however long the context is: G = sum_j e_j e_j^T, the query and its answer have the law of `program`'s jointly.
   * Answers with a sentence where there is none; left out where there never is.
   */
  gram?(context: Lengths): PromptProgram | string;
  /** The prompts [from, from + count) of the stream `key`, each with `context` labelled pairs. Pure in all arguments. */
  draw(key: Key, slice: Slice, context: Lengths): Prompts;
  /** `draw` at one context as data: (key, slice) => prompts. Left out where only this thread can draw. */
  recipe?(context: Lengths): Recipe;
  /** Left out where the query cannot be integrated over in closed form. */
  readonly query?: LinearQuery;
  /** The same law with inputs, query or task rescaled. */
  shifted(shift: Shift): Law<P>;
  /** Left out where prompts are drawn and not cut out of data. */
  readonly excerpt?: Excerpt;
}

export type ClosedFormKind = "exact" | "asymptotic" | "upper-bound" | "lower-bound" | "approximation";

/** A number in closed form, or the sentence why there is none here. `value` may be Infinity: an infinite risk is an answer. */
export type Answer =
  | { readonly value: number; readonly kind: ClosedFormKind; readonly source: Source }
  | { readonly why: string };

/** A closed form in float64 about a model, usable only with the laws it was derived for. `At` is where it is read off. */
export interface ClosedForm<P extends Population, At extends object = { readonly context: number }, Value = number> {
  readonly name: string;
  readonly source: Source;
  readonly kind: ClosedFormKind;
  /** True where the derivation applies; otherwise the sentence that says why it does not. */
  applies(population: P, at: At): true | string;
  value(population: P, at: At): Value;
}

/** An algorithm the model may have learned, run prompt by prompt in float64. `name` is its row name (`newton-3`). */
export interface Predictor<P extends Population = Population> {
  readonly name: string;
  readonly source: Source;
  /** `theory` where the row states what a model's optimum predicts (`lsa-optimum`), `predictor` otherwise. */
  readonly kind: "predictor" | "theory";
  /** True where constants are fitted to the test law rather than the training law. */
  readonly retuned?: boolean;
  applies(population: P): true | string;
  /** Its constants (step, preconditioner, ridge penalty) fixed at one law and context length, in closed form. */
  tune(population: P, context: Lengths): Tuned<P>;
}

export interface Tuned<P extends Population = Population> {
  predict(prompts: Prompts): Nd<["batch"]>;
  /** `predict` as data. Left out where only this thread can predict. */
  readonly recipe?: Recipe;
  /** Of predictions by weighted samples: how many independent draws each prompt's are worth. */
  effectiveSamples?(prompts: Prompts): Nd<["batch"]>;
  /** Risk on noisy query labels under `test` with `context` pairs: (prediction - y_query)^2 in the mean. */
  risk(test: P, context: number): Answer;
}

export type Weights = { readonly [name: string]: Nd };
export type Tensors<T> = { readonly [K in keyof T]: TfCore.Tensor };
/** Prompts on a backend: x (batch, context, feature), y (batch, context), query (batch, feature), mask and length for mixed lengths. */
export interface TensorPrompts {
  readonly x: TfCore.Tensor3D;
  readonly y: TfCore.Tensor2D;
  readonly query: TfCore.Tensor2D;
  /** 1 for a labelled pair, 0 for padding: (batch, context). */
  readonly mask: TfCore.Tensor2D;
  /** Number of labelled pairs: (batch). */
  readonly length: TfCore.Tensor1D;
}

/** A property that the contract test checks of the mixer on random prompts. `context-rotation`: pairs may be mixed by any
 *  orthogonal matrix, so that the mixer reads of them only their number and the Gram matrix sum_j e_j e_j^T. */
export type Symmetry = "context-permutation" | "context-rotation" | "feature-rotation" | "label-linear" | "label-shift";

/** One way to mix a prompt into a prediction. One file in src/mixers is one mixer, written twice on purpose. */
export interface Mixer<W extends Weights = Weights> {
  readonly name: string;
  readonly symmetries: readonly Symmetry[];
  init(key: Key, features: number): W;
  /** As tfjs operations, written from the paper: the differentiable form. Returns one prediction a prompt: (batch). */
  apply(tf: Tf, weights: Tensors<W>, prompts: TensorPrompts): TfCore.Tensor1D;
  /** In the kernel language, written independently of `apply`: what engines train. */
  readonly program: PredictionProgram;
  /** The float64 target of `program` on given prompts: the reference. */
  forward(weights: W, prompts: Prompts): Nd<["batch"]>;
  /** `forward` of these weights as data, for prompts of the shape of `like`. Left out where only this thread can predict. */
  recipe?(weights: W, like: Prompts): Recipe;
  /** What no gauge can change: key-query product (head, token, token) and output-value row (head, token). */
  products(weights: W): { readonly KQ: Nd<["head", "key", "query"]>; readonly OV: Nd<["head", "token"]> };
  /** Of a stack, whose `products` are those of all layers' heads in a row: the layers as they are applied, with the whole
   *  of each output map. */
  layers?(weights: W): {
    readonly KQ: Nd<["layer", "head", "key", "query"]>;
    readonly PV: Nd<["layer", "head", "out", "token"]>;
  };
}

export type Optimizer =
  | { readonly kind: "sgd"; readonly momentum: number }
  | { readonly kind: "adam"; readonly betas: readonly [number, number]; readonly epsilon: number }
  | {
      readonly kind: "adamw";
      readonly betas: readonly [number, number];
      readonly epsilon: number;
      readonly weightDecay: number;
    };

/** The learning rate over time: constant, cosine or linear to zero at the last step, or halved every so many steps. */
export type Decay = "constant" | "cosine" | "linear" | { readonly halveEvery: number };

export interface Schedule {
  readonly steps: number;
  readonly batch: number;
  readonly rate: number;
  readonly optimizer: Optimizer;
  /** Largest global norm of the gradient, or null. */
  readonly clip: number | null;
  /** Steps of linear warm-up. */
  readonly warmup: number;
  readonly decay: Decay;
  /** The loss is factor * mean squared error: 1, or 1/2 in some papers (it matters where gradients are clipped). */
  readonly lossFactor: number;
}

/** One training run as data. Everything that trains takes many, so that an engine may train them in one launch. */
export interface Trial<W extends Weights = Weights> {
  readonly mixer: Mixer<W>;
  readonly law: Law;
  readonly context: Lengths;
  readonly schedule: Schedule;
  readonly key: Key;
  /**
   * What training prompts are drawn as: pair by pair (where left out), or as the few rotated pairs of the law's `gram`,
   * at a cost that does not grow with the context. Equal in law for a mixer with context-rotation; other numbers.
   */
  readonly prompts?: "pairs" | "gram";
  /** The random numbers that training prompts are drawn by; the default where left out. */
  readonly random?: RandomName;
  /** Steps at which a snapshot is wanted; 0 is the initial weights, the last step is always recorded. */
  readonly record: readonly number[];
  /** Ends the trial early when it answers true to a recorded snapshot (stop at 1 % excess, say). */
  done?(snapshot: Snapshot<W>): boolean;
}

export interface Snapshot<W extends Weights = Weights> {
  /** Index into the trials that were given. */
  readonly trial: number;
  readonly step: number;
  /** lossFactor * mean squared error on the batch of this step, before its update; null at step 0 and where it is not finite. */
  readonly loss: number | null;
  readonly weights: W;
  /** `diverged` closes a trial at the step whose loss or update left the finite numbers; `weights` are the last good ones. */
  readonly status: "ok" | "diverged";
}

/** Where a trial's training stands after update `step`: what it takes to go on from there, bit for bit. */
export interface Checkpoint {
  /** Index into the trials that were given. */
  readonly trial: number;
  readonly step: number;
  /** What decides rounding beside the trial and the backend: from a checkpoint of another layout no training goes on. */
  readonly layout: string;
  /** Weights and what the optimiser remembers. */
  readonly numbers: Readonly<Record<string, Float64Array | Float32Array>>;
}

/** Lets training outlive its process. */
export interface Checkpoints {
  /** Milliseconds between two of a trial. */
  readonly every: number;
  /** Where trials go on, by index; no snapshot up to there is given out again. The others begin with step 0. */
  readonly from: ReadonlyMap<number, Checkpoint>;
  /** Trials that have ended before, with their last step: they are not trained. */
  readonly ended: ReadonlyMap<number, number>;
  /** Hears where trials stand, those that are trained together at a time, once their snapshots up to there are given out. */
  keep(standing: readonly Checkpoint[]): void;
  /** Hears of trials that cannot go on from where they stood: they begin again, before their first snapshot. */
  refuse(trials: readonly number[]): void;
}

/** Training as a stream: the runner keeps the last snapshots, the lab draws each one, a notebook takes a slice. */
export type Train<Open extends OpenBackend = OpenBackend> = (
  trials: readonly Trial[],
  env: { readonly backend: Open; readonly signal?: AbortSignal; readonly checkpoints?: Checkpoints },
) => AsyncIterable<Snapshot>;

export interface Run<W extends Weights = Weights> {
  readonly trial: Trial<W>;
  readonly snapshots: readonly Snapshot<W>[];
  readonly status: "ok" | "diverged";
}

export type Scale = "smoke" | "full" | "published";

export type BackendName = "webgpu" | "cpu" | "tfjs-webgpu" | "tfjs-wasm" | "tfjs-cpu";

export interface Backend<Open extends OpenBackend = OpenBackend> {
  readonly name: BackendName;
  /** Opens it, or says in one sentence why this machine cannot. A test prints the reason and never passes silently. */
  open(): Promise<Open | string>;
}

export interface OpenBackend {
  readonly name: BackendName;
  /** What runs underneath: a GPU's name and driver, "WebAssembly SIMD, 2 threads", ... */
  readonly adapter: string;
  /** True where a GPU is emulated on the CPU: its numbers are right, and `auto` passes it by. */
  readonly software?: boolean;
  /** Unit roundoff: tests state tolerances as multiples of it. */
  readonly roundoff: number;
  /** Lets the process exit. */
  close(): Promise<void>;
}

/** An open backend of tfjs: mixers' operations run on it. */
export interface OpenTfjs extends OpenBackend {
  readonly tf: Tf;
}

/** The only thing that crosses from computing to claiming: rows of plain values. */
export type Row = { readonly [column: string]: number | string | boolean | null };

/** What a measured number may be. Undefined stays visible: `risk` is null unless `ok` (or the risk is `infinite`). */
export type Status = "ok" | "infinite" | "diverged" | "undefined";

/** One name measured in one cell with one seed. `covariance.<other>` columns hold the covariance of the two mean
 *  risks over the common prompts, so that any comparison can be paired; exact rows have seed null and error null. */
export interface Measurement {
  readonly name: string;
  readonly kind: "model" | "predictor" | "theory";
  readonly exact: boolean;
  readonly seed: number | null;
  readonly context: number | string;
  readonly testContext: number | string;
  readonly risk: number | null;
  readonly status: Status;
  /** Standard error of `risk` over prompts. */
  readonly standardError: number | null;
  readonly prompts: number | null;
  /** Risk less the variance of the query's label noise. */
  readonly excess: number | null;
  readonly [column: string]: number | string | boolean | null;
}

/** What an estimate's error is over, and therefore what a verdict speaks about. */
export type About = "training" | "weights" | "exact";

/** What pools of tasks, seeds and prompts add to a standard error, in squares; null where it cannot be told apart. */
export interface ErrorParts {
  readonly pools: number | null;
  readonly seeds: number | null;
  readonly prompts: number | null;
}

export interface Verdict {
  /** Null: undecided, or something measured was undefined. */
  readonly holds: boolean | null;
  readonly measured: number | null;
  readonly expected: number | null;
  readonly standardError: number | null;
  /** Distance to the nearer edge of the claim, in the unit of `measured`: positive inside, negative outside. */
  readonly margin: number | null;
  /** The same distance in standard errors; null where nothing is random. */
  readonly standardErrors: number | null;
  /** What the error of the margin is made of, where it is over seeds or pools. */
  readonly errors?: ErrorParts;
  readonly about: About;
  /** Rows that were looked at; a verdict over none is null. */
  readonly rows: number;
  /** Why it is null, or which cell decided. */
  readonly why: string;
}

/** A sentence of the paper as a pure function of the rows. */
export interface Claim<R extends Row = Row> {
  readonly id: string;
  readonly says: string;
  readonly source: Source;
  /** What we found; a verdict that differs from it is a failure of the run. */
  readonly expected: "holds" | "refuted";
  judge(rows: readonly R[]): Verdict;
  /** Rows under which the sentence would come out otherwise; `judge` must then say so. */
  refuted(rows: readonly R[]): readonly R[];
}

/** How one series looks: three signs at once, so that none of them has to be told by colour. */
export interface SeriesStyle {
  readonly colour: string;
  /** SVG dash pattern, `none` for a solid line. */
  readonly dash: string;
  readonly symbol: SymbolType;
  /** Only the symbol's outline is drawn. */
  readonly hollow: boolean;
}

/** One entry of a legend: a series with what is drawn of it, or the colours of a heat map. */
export type Swatch =
  | { readonly label: string; readonly style: SeriesStyle; readonly line: boolean; readonly symbol: boolean }
  | {
      readonly label: string;
      readonly colours: readonly string[];
      readonly ends: readonly [low: string, high: string];
    };

/** Plot's options, so that `Plot.plot(picture)` draws it anywhere, with the legend as data (Plot has none for dashes).
 *  The caption says what the marks are and counts every row that is not one of them. */
export interface Picture extends PlotOptions {
  readonly caption: string;
  readonly legend: readonly Swatch[];
}

/** Rows in, a picture out; pure. The report sets the title, and the picture's own caption behind the figure's. */
export interface Figure<R extends Row = Row> {
  readonly id: string;
  readonly title: string;
  readonly caption: string;
  plot(rows: readonly R[]): Picture;
}

export interface Env {
  readonly key: Key;
  readonly signal?: AbortSignal;
}

/** "Paper says / its code does / we find", for the report and the folder's page. */
export interface Note {
  readonly paper: string;
  readonly code: string;
  readonly found: string;
}

/** One folder of experiments: the default export of experiments/<paper>/index.ts. */
export interface Experiment<Cell extends Row = Row, R extends Row = Row> {
  readonly paper: { readonly title: string; readonly authors: string; readonly year: number; readonly arxiv: string };
  readonly question: string;
  readonly notes: readonly Note[];
  /** The grid as data: a cell and the numerics' version are the whole key of a result. `smoke` is a subset of `full`. */
  cells(scale: Scale): readonly Cell[];
  /** What must be trained for a cell (the runner packs trials of many cells into one launch), then what is measured of it. */
  trials(cell: Cell, key: Key): readonly Trial[];
  measure(cell: Cell, runs: readonly Run[], env: Env): Promise<readonly R[]>;
  readonly claims: readonly Claim<R>[];
  readonly figures: readonly Figure<R>[];
}

/** Every unit a study can name. Node builds it by listing the folders, the lab by `import.meta.glob`. */
export interface Catalogue {
  // biome-ignore lint/suspicious/noExplicitAny: options are checked by each unit's own schema.
  readonly laws: ReadonlyMap<string, Unit<any, Law<any>>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly mixers: ReadonlyMap<string, Unit<any, Mixer<any>>>;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly predictors: ReadonlyMap<string, Unit<any, Predictor<any>>>;
}
