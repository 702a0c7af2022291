import type { Experiment } from "../../src/types.js";
import { type Cell, cells, trials } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title: "Transformers learn to implement preconditioned gradient descent for in-context learning",
    authors: "Ahn, Cheng, Daneshmand, Sra",
    year: 2023,
    arxiv: "2306.00297",
  },
  question: "Does training find the one preconditioner that theory names, for any covariance of inputs and tasks?",
  notes: [
    {
      paper: "Figures 1 to 5 train three layers; the global minimum of one layer is Theorem 1.",
      code: "Notebooks train one to four layers with Adam and halved rates.",
      found: "Here one layer is trained, where the optimum is known exactly; depth waits for stacked mixers.",
    },
    {
      paper: "Gradient descent and its preconditioned form see the same n examples as the transformer.",
      code: "The baselines of the notebooks slice Z[0:N-1]: they see n - 1 examples.",
      found: "At d = 5, n = 20 that is 1.2000 instead of 1.1538 for one step, 4 % too high. Here all see the same n.",
    },
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
