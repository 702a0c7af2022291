import type { Experiment } from "../../src/types.js";
import { type Cell, cells, trials } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title:
      "In-Context Linear Regression Demystified: Training Dynamics and Mechanistic Interpretability of Multi-Head Softmax Attention",
    authors: "He, Pan, Chen, Yang",
    year: 2025,
    arxiv: "2503.12734",
  },
  question: "What do one, two and four heads of softmax attention learn, and does training always get there?",
  notes: [
    {
      paper: "The patterns appear consistently from random starts.",
      code: "One seed.",
      found:
        "In two of ten seeds two heads end with one sign, in another minimum, as one head: a risk of 0.40 instead of 0.25, " +
        "and stay there. The flow of the approximate loss has it too.",
    },
    {
      paper: "omega and mu of the trained heads are about 0.13 and 3.5.",
      code: "Read off after 500,001 steps.",
      found: "omega is a time, not an optimum: it falls as t^(-1/6), and only sum omega mu = 0.88 is fixed.",
    },
    {
      paper: "Softmax attention generalises to longer prompts, linear attention does not.",
      code: "Linear attention is divided by the training length.",
      found: "Divided by the prompt's own length it generalises as well.",
    },
    {
      paper: "Risks against the length for 1, 2, 4 and 8 heads.",
      code: "The notebook adds the noise variance 0.1 to errors against labels that are noisy already.",
      found: "Less 0.1 the published curve is ours: 0.241 for two heads at 40 pairs.",
    },
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
