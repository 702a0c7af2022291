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
  question: "Does training find the preconditioner that theory names, in one layer and in deep stacks?",
  notes: [
    {
      paper: "Figures 3 to 5 and Section 5.1 are about n = 10 pairs.",
      code: "The notebook's setting is that of Section 4.3, n = 20.",
      found: "On 20 pairs trained curvatures are 0.90 and 0.56, as printed (0.90, 0.57); on 10 they are 0.91 and 0.80.",
    },
    {
      paper:
        "30,000 to 100,000 steps of 20,000 prompts, each matrix clipped to 0.01, the rate halved every 4,000 steps.",
      code: "The same, with a fresh batch every 100 steps.",
      found: "10,000 steps of 128 fresh prompts with a cosine to zero end at the printed sizes within 2 %.",
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
