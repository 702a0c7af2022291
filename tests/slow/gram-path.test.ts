import { test } from "@jest/globals";
import { expectSameRisk, noiseless, noisy } from "../gram-laws.js";

test.each([
  ["20 pairs", noisy, 20, 20_000],
  ["1000 pairs", noisy, 1000, 1000],
  ["5 pairs without noise", noiseless, 5, 30_000],
])("a layer's risk on Gram matrices is its risk on pairs, tasks and queries in common: %s", (_, law, context, count) =>
  expectSameRisk(law, context, count),
);
