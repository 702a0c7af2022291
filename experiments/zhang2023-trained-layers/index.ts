import type { Experiment } from "../../src/types.js";
import { type Cell, cells, trials } from "./cells.js";
import { claims } from "./claims.js";
import { figures } from "./figures.js";
import { measureRuns, type Result } from "./measure.js";

const experiment: Experiment<Cell, Result> = {
  paper: {
    title: "Trained Transformers Learn Linear Models In-Context",
    authors: "Zhang, Frei, Bartlett",
    year: 2024,
    arxiv: "2306.09927",
  },
  question: "Where does gradient flow take one linear-attention layer, how fast, and how does the end generalise?",
  notes: [
    {
      paper: "All statements about linear attention are theorems; the one experiment trains GPT-2.",
      code: "None is published for linear attention.",
      found:
        "Trained layers meet the theorems: the limit, its risk at other lengths, and its brittleness to input scale.",
    },
    {
      paper: "The time course is an ODE (Lemma 5.2).",
      code: "None.",
      found: "For isotropic inputs it has a closed form, a logistic curve of rate 2 sqrt(d), and SGD follows it.",
    },
  ],
  cells,
  trials,
  measure: measureRuns,
  claims,
  figures,
};

export default experiment;
