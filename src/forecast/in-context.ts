import { identity } from "../math/matrix.js";
import { nd } from "../math/nd.js";
import { burgFit } from "../predictors/algorithms/burg.js";
import { minimumNorm } from "../predictors/algorithms/minimum-norm.js";
import { posteriorMean } from "../predictors/algorithms/posterior-mean.js";
import { yuleWalkerFit } from "../predictors/algorithms/yule-walker.js";
import type { Tuned } from "../types.js";
import type { Forecaster } from "./forecaster.js";

/** Pairs that a prompt has at most: the newest ones of a longer history. */
export const LONGEST_PROMPT = 2000;

type Predict = Tuned["predict"];
/** A predictor of prompts whose windows have p values. */
type Made = (window: number) => Predict;

/**
 * A predictor of prompts as a forecaster: the history in units of its own mean and standard deviation is the prompt, its
 * Hankel pairs with labels `ahead` values after each window.
 */
function predictNext(predict: Predict, values: Float64Array, window: number, ahead: number): number {
  const pairs = Math.min(LONGEST_PROMPT, values.length - window - ahead + 1);
  const first = values.length - window - ahead + 1 - pairs;
  const x = nd(["batch", "context", "feature"], [1, pairs, window]);
  const y = nd(["batch", "context", "output"], [1, pairs, 1]);
  for (let j = 0; j < pairs; j++) {
    x.data.set(values.subarray(first + j, first + j + window), j * window);
    y.data[j] = values[first + j + window + ahead - 1]!;
  }
  const query = nd(["batch", "feature"], [1, window]);
  query.data.set(values.subarray(values.length - window));
  return predict({ x, y, query, answer: nd(["batch", "output"], [1, 1]) }).data[0]!;
}

/**
 * Step after step, each forecast appended to the prompt as if it had been seen.
 * Source: Zhou, Wang, Goel, Zhang 2025, Definition 4.8.
 */
export function rolledOut(name: string, says: string, made: Made): Forecaster {
  return {
    name,
    says: `${says}, step by step`,
    fit: (_, { window, horizon }) => {
      const predict = made(window);
      return standardized((history) => {
        const values = new Float64Array(history.length + horizon);
        values.set(history);
        for (let known = history.length; known < values.length; known++)
          values[known] = predictNext(predict, values.subarray(0, known), window, 1);
        return values.slice(history.length);
      });
    },
  };
}

/** Each step by pairs of its own, whose labels are as far ahead: for predictors that ask no more of them. */
export function direct(name: string, says: string, made: Made): Forecaster {
  return {
    name,
    says: `${says}, each step by itself`,
    fit: (_, { window, horizon }) => {
      const predict = made(window);
      return standardized((history) =>
        Float64Array.from({ length: horizon }, (_entry, h) => predictNext(predict, history, window, h + 1)),
      );
    },
  };
}

/** In units of the history's mean and standard deviation, and back; of its mean alone where it is constant. */
function standardized(forecast: (history: Float64Array) => Float64Array) {
  return (history: Float64Array): Float64Array => {
    const mean = history.reduce((sum, value) => sum + value, 0) / history.length;
    const spread = Math.sqrt(history.reduce((sum, value) => sum + (value - mean) ** 2, 0) / history.length) || 1;
    return forecast(history.map((value) => (value - mean) / spread)).map((value) => mean + spread * value);
  };
}

const ols: Made = () => minimumNorm(null).predict;
const ridge: Made = (window) => posteriorMean({ root: identity(window), noise: 1 }).predict;
const yuleWalker =
  (isBiased: boolean): Made =>
  (window) =>
    yuleWalkerFit({ window, isBiased }).predict;

/** The predictors of prompts that need no law: fitted anew at every origin, on its history alone. */
export const inContext: readonly Forecaster[] = [
  rolledOut("ols", "least squares on the history", ols),
  direct("ols-direct", "least squares on the history", ols),
  rolledOut("ridge-1", "ridge with penalty 1 on the history in units of its spread", ridge),
  direct("ridge-1-direct", "ridge with penalty 1 on the history in units of its spread", ridge),
  rolledOut("yule-walker-biased", "Yule-Walker with autocovariances over N", yuleWalker(true)),
  rolledOut("yule-walker-unbiased", "Yule-Walker with autocovariances over N - k", yuleWalker(false)),
  rolledOut("burg", "Burg's coefficients", (window) => burgFit({ window }).predict),
];
