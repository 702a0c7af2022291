import { z } from "zod";
import gaussianLinear, { type LinearRegression } from "../src/laws/gaussian-linear.js";
import { diagonal, identity, product } from "../src/math/matrix.js";
import type { Rows } from "../src/types.js";

const site = { features: 2, context: 4 };
const population = (options: object): LinearRegression =>
  gaussianLinear.make(gaussianLinear.options.parse({ features: 2, ...options }), site).population;

test("a law of features alone is noiseless, Gaussian and isotropic", () => {
  expect(population({})).toEqual({
    family: "linear-regression",
    features: 2,
    noise: 0,
    inputs: { kind: "gaussian", kurtosis: 3 },
    covariance: identity(2),
    queryCovariance: identity(2),
    taskCovariance: identity(2),
  });
});

test.each<[unknown, Rows]>([
  ["identity", identity(3)],
  [{ diagonal: [3, 2, 0] }, diagonal([3, 2, 0])],
  [
    { ar1: 0.5 },
    [
      [1, 0.5, 0.25],
      [0.5, 1, 0.5],
      [0.25, 0.5, 1],
    ],
  ],
  [{ ar1: 0 }, identity(3)],
  [
    { ar1: 1 },
    [
      [1, 1, 1],
      [1, 1, 1],
      [1, 1, 1],
    ],
  ],
  [
    { ar1: -1 },
    [
      [1, -1, 1],
      [-1, 1, -1],
      [1, -1, 1],
    ],
  ],
  [{ power: 2 }, diagonal([1, 1 / 4, 1 / 9])],
  [{ power: 0 }, identity(3)],
  [{ scale: 0.1 }, diagonal([0.1, 0.1, 0.1])],
  [
    [
      [2, 1, 0],
      [1, 2, 0],
      [0, 0, 0],
    ],
    [
      [2, 1, 0],
      [1, 2, 0],
      [0, 0, 0],
    ],
  ],
  [
    [0.1, 0.2, 0.3].map((a) => [0.1, 0.2, 0.3].map((b) => a * b)),
    [0.1, 0.2, 0.3].map((a) => [0.1, 0.2, 0.3].map((b) => a * b)),
  ],
])("the covariance %j is that matrix, of inputs and of tasks", (option, matrix) => {
  expect(population({ features: 3, covariance: option }).covariance).toEqual(matrix);
  expect(population({ features: 3, taskCovariance: option }).taskCovariance).toEqual(matrix);
});

test.each([
  { covariance: { ar1: 0.5 } },
  { covariance: { diagonal: [4, 0.1] } },
  { covariance: { scale: 3 }, inputs: { uniform: 0.5 } },
])("tasks of %j with `inverse` have the inverse of the inputs' covariance", (options) => {
  const { covariance, taskCovariance } = population({ ...options, taskCovariance: "inverse" });
  const one = product(covariance, taskCovariance);
  for (const [i, row] of one.entries())
    for (const [j, entry] of row.entries())
      expect(Math.abs(entry - (i === j ? 1 : 0))).toBeLessThan(64 * Number.EPSILON);
});

const semidefinite = "a covariance is symmetric and positive semidefinite; this one is";
const forms = "identity, { diagonal: [...] }, { ar1: -1 to 1 }, { power: 0 or more }, { scale: 0 or more } or d rows";

/** Options, where the issue lies, and what it says. */
test.each<[object, (string | number)[], string]>([
  [
    {
      covariance: [
        [1, 2],
        [2, 1],
      ],
    },
    ["covariance"],
    `${semidefinite} indefinite: its smallest eigenvalue is -1`,
  ],
  [
    {
      covariance: [
        [1, 0.5],
        [0.4, 1],
      ],
    },
    ["covariance"],
    `${semidefinite} not symmetric: entry (2, 1) is 0.4`,
  ],
  [
    {
      taskCovariance: [
        [1, 2],
        [2, 1],
      ],
    },
    ["taskCovariance"],
    "eigenvalue is -1",
  ],
  [{ covariance: { diagonal: [1, 1, 1] } }, ["covariance", "diagonal"], "3 variances contradicts features: 2"],
  [{ covariance: [[1]] }, ["covariance"], "1 row contradicts features: 2"],
  [{ taskCovariance: [[1, 0], [0]] }, ["taskCovariance", 1], "1 number contradicts features: 2"],
  [
    {
      covariance: [
        [1, 1],
        [1, 1],
      ],
      taskCovariance: "inverse",
    },
    ["taskCovariance"],
    "rank 1 of 2",
  ],
  [{ covariance: { scale: 0 }, taskCovariance: "inverse" }, ["taskCovariance"], "rank 0 of 2"],
  [{ covariance: { diagonal: [1, -1] } }, ["covariance", "diagonal", 1], ">=0"],
  [{ covariance: { ar1: 1.5 } }, ["covariance", "ar1"], "<=1"],
  [{ covariance: "identiy" }, ["covariance"], `a covariance is ${forms}`],
  [{ covariance: { ar2: 0.5 } }, ["covariance"], `a covariance is ${forms}`],
  [{ covariance: "inverse" }, ["covariance"], `a covariance is ${forms}`],
  [{ taskCovariance: "invers" }, ["taskCovariance"], `a task covariance is inverse, ${forms}`],
  [{ inputs: { student: 2 } }, ["inputs", "student"], ">2"],
  [{ inputs: { uniform: 0 } }, ["inputs", "uniform"], ">0"],
  [{ inputs: "laplace" }, ["inputs"], "inputs are gaussian, rademacher"],
  [{ noise: -0.1 }, ["noise"], ">=0"],
  [{ noise: Number.POSITIVE_INFINITY }, ["noise"], "Infinity"],
  [{ features: 0 }, ["features"], ">=1"],
  [{ features: 2.5 }, ["features"], "int"],
  [{ features: "2" }, ["features"], "string"],
  [{ features: 1e9 }, ["features"], "<=1024"],
  [{ feature: 2 }, [], "feature"],
])("%j is refused at %j", (options, path, sentence) => {
  const { issues } = gaussianLinear.options.safeParse({ features: 2, ...options }).error!;
  expect(issues).toHaveLength(1);
  expect(issues[0]!.path).toEqual(path);
  expect(issues[0]!.message).toContain(sentence);
});

test.each<[object, string]>([
  [{ covariance: { diagonal: [1, 1, 1] } }, "features"],
  [{ taskCovariance: [[1]] }, "features"],
  [{ covariance: { scale: 0 }, taskCovariance: "inverse" }, "covariance"],
])("the contradiction in %j names the other field, %s", (options, against) => {
  const { issues } = gaussianLinear.options.safeParse({ features: 2, ...options }).error!;
  expect(issues).toMatchObject([{ code: "custom", params: { against } }]);
});

test("the options have a JSON Schema for editors, with a description of every field", () => {
  const schema = z.toJSONSchema(gaussianLinear.options, { io: "input" }) as {
    properties: Record<string, { description?: string }>;
    required: string[];
  };
  expect(Object.keys(schema.properties)).toEqual(["features", "noise", "inputs", "covariance", "taskCovariance"]);
  expect(schema.required).toEqual(["features"]);
  for (const field of Object.values(schema.properties)) expect(field.description).toBeTruthy();
});
