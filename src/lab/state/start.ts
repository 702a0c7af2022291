import type { LabState } from "./settings.js";

/** What a page shows that was opened without more said: one layer of linear attention becoming a preconditioned step. */
export const START: LabState = {
  settings: {
    title: "one layer of linear attention is one preconditioned step",
    law: { kind: "gaussian-linear", features: 4, noise: 0.25, covariance: { power: 0.5 } },
    context: 20,
    model: {
      mixer: "linear-attention",
      init: { scale: 0.2 },
      train: { steps: 3000, batch: 512, optimizer: "sgd", rate: 0.02 },
    },
    predictors: [],
  },
  changes: [],
  // A start from which the weights take the straight way: seed 0 rests on a plateau for thousands of updates.
  seed: 1,
  backend: "auto",
  speed: null,
  axis: "log",
  until: null,
  playing: false,
};
