import type { Experiment } from "../../src/types.js";
import { type Cell, cells, trials } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title: "Transformers Learn to Achieve Second-Order Convergence Rates for In-Context Linear Regression",
    authors: "Fu, Chen, Jia, Sharan",
    year: 2024,
    arxiv: "2310.17086",
  },
  question:
    "How fast are Newton's iteration and gradient descent in context, and where do trained layers lie beside them?",
  notes: [
    {
      paper: "Newton's iteration starts from alpha = 2 / ||S S^T||_2 (Section 3).",
      code: "alpha = 1 / ||S S^T||_F.",
      found:
        "At the text's value the top direction has the residual (-1)^(2^k) and is never learned: the risk stays at 1 / d of the " +
        "label's variance. The code's converges, and all published step counts are the code's.",
    },
    {
      paper: "M_1 = 2 alpha S - 4 alpha^2 S^3.",
      code: "The recursion itself.",
      found: "M_1 = 2 alpha S - alpha^2 S^3: I - M_k S = (I - alpha S^2)^(2^k), to rounding.",
    },
    {
      paper: "Gradient descent on (1/2n) ||X w - y||^2.",
      code: "w <- w - 0.01 (S w - X^T y), not divided by n.",
      found: "With that step 1.5 % of the ill-conditioned prompts diverge, and 1 / l_max of each is used there.",
    },
    {
      paper: "A transformer is similar to Newton's iteration (0.991) more than to gradient descent (0.957).",
      code: "The heat map of gradient descent has steps 1, 50, 100, .., 1300.",
      found:
        "On a finer grid every Newton step has a number of gradient steps of similarity 0.98 or more: what tells them apart is how " +
        "the number grows with the layer, not how similar they are.",
    },
    {
      paper: "GPT-2 of 12 layers, read out after each.",
      code: "Garg et al.'s checkpoint with a probe a layer; the residual is read from the hidden states of one index left over.",
      found: "Not trained here. Stacks of 1 to 4 linear layers are, and put on the same map.",
    },
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
