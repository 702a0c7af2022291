import type { LinearRegression } from "../laws/gaussian-linear.js";
import { type Differentiable, type Minimum, quasiNewton } from "../math/quasi-newton.js";
import type { Lengths } from "../types.js";
import { layeredRisk } from "./layered-risk.js";
import { remembered } from "./remembered.js";
import { type Spectrum, sampledSpectra } from "./sampled-spectra.js";

/** K layers: each one step of gradient descent of size a_k on mean squares, then x <- (I - b_k X^T X / n) x. */
export interface Layers {
  readonly steps: readonly number[];
  /** The last one changes no prediction and is 0. Plain gradient descent has zeros only. */
  readonly curvatures: readonly number[];
}

/** What is free: one step for each layer or one for all, and whether there is curvature. */
export interface Freedom {
  readonly layers: number;
  readonly tied: boolean;
  readonly curved: boolean;
}

/** Bounded inputs are taken as they are drawn up to this degree, and in this number. */
const PLAIN = { degree: 100, prompts: 4000 };

/** Prompts on which minima are compared. */
const SKETCH = 100;
/** Share of the risk that a step must gain: while minima are compared, and at the best one. */
const TOLERANCE = { rough: 1e-4, fine: 1e-9 };

const known = remembered<Layers>(256);

/**
 * The layers of least mean risk, tasks, noise and query integrated exactly and spectra of S / n sampled: an optimizer
 * with exact gradients from several starts, the best of which is returned. Results are kept, as a predictor is tuned
 * anew for every test of a cell. Steps of plain gradient descent commute; they are returned in ascending order.
 */
export function bestLayers(population: LinearRegression, context: Lengths, freedom: Freedom): Layers {
  return known([population, context, freedom], () => searched(population, context, freedom));
}

function searched(population: LinearRegression, context: Lengths, freedom: Freedom): Layers {
  const { layers, curved } = freedom;
  // p is a polynomial of degree 1 + 3 + 9 + ... in l with curvature; the risk is its square.
  const degree = 2 * (curved ? (3 ** layers - 1) / 2 : layers);
  const isPlain = degree <= PLAIN.degree && ["uniform", "rademacher"].includes(population.inputs.kind);
  const plain = isPlain ? { plain: true, prompts: PLAIN.prompts } : {};
  const spectra = sampledSpectra(population, context, degree, plain);
  const unit = meanEigenvalue(spectra);
  if (!(unit > 0)) return { steps: new Array(layers).fill(0), curvatures: new Array(layers).fill(0) };
  const { expand, gather, size } = variables(freedom);
  const [x, slope] = [new Float64Array(2 * layers), new Float64Array(2 * layers)];
  const over = (some: readonly Spectrum[]) => {
    const risk = layeredRisk(some, { layers, noiseVariance: population.noise ** 2, unit, degree });
    return (variable: Float64Array, gradient: Float64Array) => {
      expand(variable, x);
      const value = risk(x, slope);
      gather(slope, gradient);
      // Opposite overflows of diverging layers are no number, but they are no best risk either.
      return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
    };
  };
  const sketch = over(spectra.slice(0, SKETCH));
  const rough = starts(spectra, unit, freedom)
    .map((start) => quasiNewton(sketch, converging(sketch, start.slice(0, size)), TOLERANCE.rough))
    .reduce((least: Minimum, minimum) => (minimum.f < least.f ? minimum : least));
  const whole = over(spectra);
  const best = quasiNewton(whole, converging(whole, Array.from(rough.x)), TOLERANCE.fine);
  expand(best.x, x);
  const steps = Array.from(x.subarray(0, layers), (a) => a / unit);
  if (!curved) steps.sort((a, b) => a - b);
  return { steps, curvatures: Array.from(x.subarray(layers), (b) => b / unit) };
}

/** The start, halved until no prompt makes its risk overflow; at 0 nothing is learned and nothing diverges. */
function converging(risk: Differentiable, start: readonly number[]): readonly number[] {
  const gradient = new Float64Array(start.length);
  const isFine = Number.isFinite(risk(Float64Array.from(start), gradient));
  return isFine && gradient.every(Number.isFinite)
    ? start
    : converging(
        risk,
        start.map((variable) => variable / 2),
      );
}

/** The free variables (steps, then curvatures but the last) and all 2 K, to and fro; gradients are gathered. */
function variables({ layers, tied, curved }: Freedom) {
  const steps = tied ? 1 : layers;
  const curvatures = curved ? Math.min(steps, layers - 1) : 0;
  return {
    size: steps + curvatures,
    expand(variable: Float64Array, all: Float64Array): void {
      for (let k = 0; k < layers; k++) {
        all[k] = variable[tied ? 0 : k]!;
        all[layers + k] = k < layers - 1 && curved ? variable[steps + (tied ? 0 : k)]! : 0;
      }
    },
    gather(all: Float64Array, gradient: Float64Array): void {
      gradient.fill(0);
      for (let k = 0; k < layers; k++) {
        gradient[tied ? 0 : k]! += all[k]!;
        if (k < layers - 1 && curved) gradient[steps + (tied ? 0 : k)]! += all[layers + k]!;
      }
    },
  };
}

/**
 * Where the search starts: the steps that are best for eigenvalues anywhere in an interval (Chebyshev's), of several
 * intervals, without curvature and with one that bends the largest eigenvalue down to the mean. In units of 1 / unit.
 */
function starts(spectra: readonly Spectrum[], unit: number, { layers, tied, curved }: Freedom): number[][] {
  const tops = spectra.map((spectrum) => typical(spectrum).at(-1)! / unit).sort((a, b) => a - b);
  const top = tops[Math.floor(0.95 * tops.length)]!;
  // Layers of their own have many valleys, shared ones few.
  const isRugged = curved && !tied && layers > 1;
  return (isRugged ? [0.02, 0.1, 0.4] : [0.05, 0.3]).flatMap((share) => {
    const [middle, half] = [(top * (1 + share)) / 2, (top * (1 - share)) / 2];
    const nodes = Array.from({ length: layers }, (_, k) => Math.cos((Math.PI * (k + 0.5)) / layers));
    const steps = tied ? [1 / middle] : nodes.map((node) => 1 / (middle + half * node));
    const bends = isRugged ? [0, 0.3 / top, 0.6 / top] : curved ? [0, 0.4 / top] : [0];
    return bends.map((bend) => [...steps, ...new Array(tied ? 1 : layers).fill(bend)]);
  });
}

/** The eigenvalues at the mean radius, ascending. */
const typical = ({ eigenvalues, radius }: Spectrum): number[] => eigenvalues.map((value) => value * radius.mean);

function meanEigenvalue(spectra: readonly Spectrum[]): number {
  const all = spectra.flatMap(typical);
  return all.reduce((total, value) => total + value, 0) / Math.max(1, all.length);
}
