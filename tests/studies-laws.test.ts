import { loadCatalogue } from "../src/runner/catalogue.js";
import { parseStudy } from "../src/studies/parse-study.js";

const catalogue = await loadCatalogue();

const study = (law: string, predictors: string) =>
  ["title: small", `law: ${law}`, "context: [4, 8]", `predictors: [${predictors}]`, "evaluate: { prompts: 100 }"].join(
    "\n",
  );

async function fault(text: string): Promise<string> {
  try {
    await parseStudy(text, "study.yaml", catalogue);
  } catch (error) {
    expect(error).toMatchObject({ name: "StudyError" });
    return (error as Error).message;
  }
  return "no fault";
}

const everywhere = "zero, ols, gradient-step, { newton: 3 }, { newton: { edge: 3 } }, { ridge: { penalty: 0.5 } }";

test.each([
  ["{ kind: random-covariance, features: 3, noise: 0.1 }", "lsa-optimum, ridge"],
  ["{ kind: random-covariance, features: 3, eigenvalues: { uniform: [0.5, 2] } }", "lsa-optimum"],
  [
    "{ kind: random-basis, features: 4, covariance: { diagonal: [100, 100, 1, 1] } }",
    "lsa-optimum, { gradient-descent: 5 }, { gd-plus-plus: { untied: 2 } }, averaged-sgd",
  ],
  ["{ kind: nonlinear-target, features: 3, target: cube, tasks: unit }", "lsa-optimum"],
  [
    "{ kind: task-pool, features: 3, tasks: 16, noise: 0.5 }",
    "task-pool-posterior, ridge, preconditioned-gradient-step",
  ],
  ["{ kind: corrupted-labels, features: 3, share: 0.1 }", "lsa-optimum, ridge"],
  [
    "{ kind: several-tasks, features: 6, tasks: [[1, 2, 3, 4], [3, 4, 5, 6]], noise: 0.3 }",
    "{ kernel-ridge: { kernel: { kind: linear }, penalty: 1 } }",
  ],
  [
    "{ kind: mixture, features: 3, first: { noise: 0.1 }, second: { noise: 1, covariance: { power: 1 } } }",
    "mixture-posterior, { kernel-ridge: { kernel: { kind: linear }, penalty: 1 } }",
  ],
])("a study names the law %s", async (law, own) => {
  const { cells } = await parseStudy(study(law, `${everywhere}, ${own}`), "study.yaml", catalogue);
  expect(cells).toHaveLength(2);
  expect(cells[0]!.law.name).toBe(/kind: ([a-z-]+)/.exec(law)![1]);
  expect(cells[0]!.predictors.length).toBeGreaterThan(6);
});

test("an excess to stop at needs a law with a known optimum", async () => {
  const model = "{ name: lsa, mixer: linear-attention, train: { steps: 9, until: { excess: 1% } } }";
  const text = (law: string) => `${study(law, "zero")}\nmodels: [${model}]`;
  expect(await fault(text("{ kind: nonlinear-target, features: 3 }"))).toBe("no fault");
  expect(await fault(text("{ kind: task-pool, features: 3, tasks: 4 }"))).toMatch(
    /^study\.yaml:6:\d+: this law has no known optimum to stop at: the optimum of a layer over a pool/,
  );
});

test.each([
  [
    "{ kind: mixture, features: 3, first: {}, second: { covariance: { power: 1 } } }",
    "lsa-optimum",
    ["study.yaml:4:14", "`lsa-optimum` does not apply"],
  ],
  ["{ kind: task-pool, features: 3, tasks: 16 }", "lsa-optimum", ["uses their mean too, and has no closed form"]],
  ["{ kind: corrupted-labels, features: 3, share: 0.1 }", "task-pool-posterior", ["needs a law with a pool of tasks"]],
  [
    "{ kind: nonlinear-target, features: 3 }",
    "{ gradient-descent: 2 }",
    ["the best size of 2 steps is known for linear regression, not for invariant-targets"],
  ],
  [
    "{ kind: nonlinear-target, features: 3 }",
    "ridge",
    ["known for linear tasks, not for invariant-targets; name a penalty"],
  ],
  ["{ kind: nonlinear-target, features: 3, target: sine }", "zero", ["study.yaml:2:", "relu"]],
  ["{ kind: random-covariance, features: 3, eigenvalues: { uniform: [2, 1] } }", "zero", ["study.yaml:2:", "ascend"]],
  ["{ kind: task-pool, features: 3 }", "zero", ["study.yaml:2:", "tasks"]],
  ["{ kind: corrupted-labels, features: 3, share: 2 }", "zero", ["study.yaml:2:52", "share"]],
  [
    "{ kind: mixture, features: 3, first: {}, second: { covariance: { diagonal: [1] } } }",
    "zero",
    ["study.yaml:2:", "contradicts features: 3"],
  ],
  ["{ kind: gaussian-linear, features: 3 }", "{ softmax-heads: { heads: 2 } }", ["two heads have no best omega"]],
  ["{ kind: gaussian-linear, features: 3 }", "{ gd-plus-plus: 9 }", ["gd-plus-plus", "6"]],
  ["{ kind: gaussian-linear, features: 3 }", "{ kernel-ridge: { kernel: { kind: gaussian }, penalty: 1 } }", ["width"]],
  ["{ kind: gaussian-linear, features: 3 }", "kernel-ridge", ["kernel-ridge"]],
])("the law %s with %s is refused in a sentence with its place", async (law, predictor, parts) => {
  const message = await fault(study(law, predictor));
  for (const part of parts) expect(message).toContain(part);
  expect(message).toMatch(/study\.yaml:\d+:\d+/);
});
