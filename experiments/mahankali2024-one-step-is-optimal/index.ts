import type { Experiment } from "../../src/types.js";
import { type Cell, cells, trials } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title:
      "One Step of Gradient Descent is Provably the Optimal In-Context Learner with One Layer of Linear Self-Attention",
    authors: "Mahankali, Hashimoto, Ma",
    year: 2024,
    arxiv: "2307.03576",
  },
  question:
    "Is the optimum of one layer one gradient step also with noise, with unequal inputs and for nonlinear targets?",
  notes: [
    {
      paper: "There are theorems and no experiments.",
      code: "None.",
      found: "Layers with all weights free are trained to them: step, weights and risk are the theorems'.",
    },
    {
      paper: "The step is a ratio of expectations over prompts and the posterior mean of the task.",
      code: "None.",
      found: "It is 1 / (n + d + 1 + s2) for linear targets, and a ratio of three moments of f for nonlinear ones.",
    },
    {
      paper: "The layer sums over the pairs.",
      code: "None.",
      found: "Our layer takes their mean, so that its step is n times the paper's; figures show their ratio to theory.",
    },
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
