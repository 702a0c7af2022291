import type { LabState } from "./settings.js";

/** What a page shows that was opened without more said: one layer of linear attention becoming a preconditioned step. */
export const START: LabState = {
  settings: {
    title: "one layer of linear attention is one preconditioned step",
    law: { kind: "gaussian-linear", features: 4, noise: 0.25, covariance: { power: 0.5 } },
    context: 20,
    model: {
      mixer: "linear-attention",
      init: { scale: 0.1 },
      train: { steps: 6000, batch: 256, optimizer: "adam", rate: 0.01, betas: [0.9, 0.99], decay: "cosine" },
    },
    predictors: [],
  },
  changes: [],
  seed: 0,
  backend: "auto",
  speed: null,
  axis: "log",
  until: null,
  playing: false,
};
