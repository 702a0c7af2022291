import type { Experiment } from "../../src/types.js";
import { type Cell, cells, trials } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title: "Transformers learn in-context by gradient descent",
    authors: "von Oswald, Niklasson, Randazzo, Sacramento, Mordvintsev, Zhmoginov, Vladymyrov",
    year: 2023,
    arxiv: "2212.07677",
  },
  question:
    "Does one trained layer of linear attention compute one step of gradient descent inside its forward pass, and what do " +
    "two and five compute?",
  notes: [
    {
      paper: "Inputs are uniform on [-1, 1]; the plotted loss of one step is about 0.2.",
      code: "Inputs are uniform on [-1/2, 1/2]: `input_range` is 1 and is halved on both sides.",
      found:
        "The published numbers belong to the code. Half the squared error of the best step is 0.20623 for U(-1/2, 1/2) " +
        "and 0.82492 for U(-1, 1), in closed form.",
    },
    {
      paper: "Gradients are clipped to a global norm of 10.",
      code: "The notebook clips to 0.001.",
      found: "With Adam's scale-free steps the two differ little; we train as the notebook does.",
    },
    {
      paper: "The step of gradient descent is found by a line search on 10,000 tasks.",
      code: "A grid of 250 values is tried.",
      found:
        "The best step has a closed form for any inputs of finite kurtosis; here it is 6.0606 for a mean over pairs.",
    },
    {
      paper: "Tokens of deep stacks are not said to be cut.",
      code: "Tokens are cut at 10 for more than two layers.",
      found:
        "Uncut, five layers of which all entries are trained diverge by a rare prompt; those of GD++ alone do not.",
    },
    {
      paper: "Two softmax heads match the step of gradient descent.",
      code: "One seed of each is plotted.",
      found:
        "Two heads of opposite signs are a step on centred inputs, 4 to 5 % above the step at ten pairs; " +
        "in one seed of five both end with one sign and are as one head.",
    },
    {
      paper: "A layer makes a step of eta / N.",
      code: "It sums over pairs, and learns eta / N for one N.",
      found: "At four times the pairs the sum is worse than answering 0, and the mean of the same weights is the step.",
    },
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
