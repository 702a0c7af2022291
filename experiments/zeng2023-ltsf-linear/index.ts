import type { Experiment } from "../../src/types.js";
import { type Cell, cells } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title: "Are Transformers Effective for Time Series Forecasting?",
    authors: "Zeng, Chen, Zhang, Xu",
    year: 2023,
    arxiv: "2205.13504",
  },
  question: "What do Linear, NLinear and DLinear cost and gain on a stationary series, as functions?",
  notes: [
    {
      paper:
        "DLinear decomposes a window into trend and rest and forecasts both: it is to help where there is a trend.",
      code: "Two linear layers whose outputs are added, a moving average over 25 values with the ends repeated.",
      found:
        "The sum of two linear maps of a linear decomposition is a linear map, and each is one: fitted by least squares the two models have the same weights.",
    },
    {
      paper: "NLinear handles a distribution shift between training and test.",
      code: "The last value is taken off the window and added to the forecast.",
      found:
        "Its weights sum to 1. On a stationary series that costs (1 - 1'w)^2 / (1' G^-1 1), and it pays once the level has moved by more than the standard error of the window's best mean.",
    },
  ],
  cells,
  trials: () => [],
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
