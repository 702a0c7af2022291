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
        "The layer pays for estimating a constant: with a row of ones in the tokens the gap is gone. Half of the starts end at another stationary point, a tenth above.",
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
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
