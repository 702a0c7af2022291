import type { Experiment } from "../../src/types.js";
import { type Cell, cells, trials } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title: "iTransformer: Inverted Transformers Are Effective for Time Series Forecasting",
    authors: "Liu, Hu, Zhang, Wu, Wang, Ma, Long",
    year: 2024,
    arxiv: "2310.06625",
  },
  question: "What can attention over variates compute, and where does it help?",
  notes: [
    {
      paper: "Attention over variate tokens captures multivariate correlations.",
      code: "Each variate's look-back window is embedded as one token; softmax attention over variates, no variate names.",
      found:
        "It cannot tell the other variates apart but by their values. Where they act alike, equal scores are the best linear prediction; where one of two acts, or they act with opposite signs, up to a tenth and a quarter are lost that scores by content do not win back.",
    },
    {
      paper: "Results on single series are reported beside those on several.",
      code: "The softmax runs over one token there.",
      found: "A softmax over one token is 1: on one series the layer is a fixed linear map, to roundoff.",
    },
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
