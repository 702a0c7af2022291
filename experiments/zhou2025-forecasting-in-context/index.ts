import type { Experiment } from "../../src/types.js";
import { type Cell, cells, trials } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title: "Why Do Transformers Fail to Forecast Time Series In-Context?",
    authors: "Zhou, Wang, Goel, Zhang",
    year: 2025,
    arxiv: "2510.09776",
  },
  question: "What does one linear-attention layer lose against linear regression on a series, and why?",
  notes: [
    {
      paper: "The excess risk over linear regression is of order 1/n, and Figure 1(e) shows the gap.",
      code: "Adam at 1e-3 from weights of 0.01 on values of about 0.05, stopped by the test error.",
      found:
        "The gap of the best weights is 2 (gamma_0 - s2) / (m + 4). At the longest prompts nine tenths and more of the printed gap is training that has not ended.",
    },
    {
      paper: "Linear regression is the better forecaster because attention compresses the history.",
      code: "Tokens hold no constant.",
      found:
        "The layer pays for estimating a constant: with a row of ones in the tokens the gap is gone. Half of the starts end at one of two other minima, a tenth above, whose output row has no part of the constant.",
    },
    {
      paper: "Panels 1(e) and 1(f) show orders 3, 5 and 7 at the same prompt length.",
      code: "Outlying seeds are dropped from 1(f) and not from 1(e).",
      found:
        "One series, seed 104 with a root of 0.995, carries most of the mean of 1(e); the panels cannot be compared.",
    },
    {
      paper: "Rollouts of any stable linear recursion collapse to the mean (Theorem 4.9).",
      code: "One rollout is shown.",
      found:
        "The layer's rollout is cubic in the data: it fades faster than exponentially in the median, and some prompts run away.",
    },
    {
      paper: "Softmax attention lies between linear regression and linear attention (Figure 2).",
      code: "The softmax has the query among its keys, its share is masked, and the rest is divided by m once more.",
      found:
        "Trained to the end a softmax head reaches linear regression within a percent in about half of the starts, by finding the last pair. The gap is linear attention's.",
    },
    {
      paper: "The best risk does not increase with depth (Proposition C.18, Figure 1(f)).",
      code: "Stacks of one to five layers, stopped by the test error; outlying seeds dropped.",
      found:
        "Two layers leave a twentieth of the gap on a tame series. On one of larger variance deep stacks have heavy tails: one prompt in 40,000 can carry the risk.",
    },
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
