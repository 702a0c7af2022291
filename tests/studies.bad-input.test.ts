import { loadCatalogue } from "../src/runner/catalogue.js";
import { parseStudy } from "../src/studies/parse-study.js";

const catalogue = await loadCatalogue();

/** Six lines that are in order; a test replaces some. */
const lines = {
  title: "title: small",
  law: "law: { kind: gaussian-linear, features: 10, noise: 0.1 }",
  context: "context: [10, 20, 40]",
  models: "models: [{ name: lsa, mixer: linear-attention, train: { steps: 10, rate: 0.002 } }]",
  predictors: "predictors: [zero, gradient-step, { newton: 3 }]",
  evaluate: "evaluate: { prompts: 1000 }",
};

function study(changed: Partial<Record<keyof typeof lines | "seeds" | "hypotheses" | "more", string>>): string {
  return Object.values({ ...lines, ...changed })
    .filter((line) => line !== "")
    .join("\n");
}

async function fault(text: string): Promise<string> {
  try {
    await parseStudy(text, "study.yaml", catalogue);
  } catch (error) {
    expect(error).toMatchObject({ name: "StudyError" });
    return (error as Error).message;
  }
  return "no fault";
}

const law = (options: string) => study({ law: `law: { kind: gaussian-linear, ${options} }` });
const train = (options: string) =>
  study({ models: `models: [{ name: lsa, mixer: linear-attention, train: { steps: 10, ${options} } }]` });
const hypothesis = (text: string, rest: Parameters<typeof study>[0] = {}) =>
  study({ ...rest, hypotheses: `hypotheses: [{ says: it, ${text} }]` });

test("the study that these change is in order", async () => {
  expect(await fault(study({}))).toBe("no fault");
});

test.each([
  [
    "a misspelt key",
    study({ evaluate: "evalute: {}" }),
    "study.yaml:6:1: `evalute` is not a key here; did you mean `evaluate`? allowed: title, law,",
  ],
  [
    "a misspelt key inside",
    study({ evaluate: "evaluate: { promts: 3 }" }),
    "study.yaml:6:13: `promts` is not a key here; did you mean `prompts`?",
  ],
  [
    "a misspelt option of a law",
    law("feature: 10"),
    "study.yaml:2:31: `feature` is not a key here; did you mean `features`?",
  ],
  [
    "a misspelt option of a mixer",
    study({ models: "models: [{ name: a, mixer: linear-attention, head: 2, train: { steps: 1 } }]" }),
    "study.yaml:4:46: `head` is not a key here; did you mean `heads`?",
  ],
  ["a misspelt option of training", train("rte: 1"), "study.yaml:4:68: `rte` is not a key here; did you mean `rate`?"],
  [
    "an unknown law",
    study({ law: "law: { kind: gausian-linear, features: 1 }" }),
    "study.yaml:2:14: `gausian-linear` is not a law; did you mean `gaussian-linear`?",
  ],
  [
    "an unknown mixer",
    study({ models: "models: [{ name: a, mixer: linear-atention, train: { steps: 1 } }]" }),
    "study.yaml:4:28: `linear-atention` is not a mixer; did you mean `linear-attention`?",
  ],
  [
    "an unknown predictor",
    study({ predictors: "predictors: [zero, rigde]" }),
    "study.yaml:5:20: `rigde` is not a predictor; did you mean `ridge`?",
  ],
  [
    "an unknown predictor with an option",
    study({ predictors: "predictors: [{ newtn: 3 }]" }),
    "study.yaml:5:16: `newtn` is not a predictor; did you mean `newton`?",
  ],
  [
    "a predictor without its option",
    study({ predictors: "predictors: [newton]" }),
    "study.yaml:5:14: `newton` needs its option: { newton: a whole number >= 1 and <= 60",
  ],
  [
    "a predictor with a wrong option",
    study({ predictors: "predictors: [{ newton: 0 }]" }),
    "study.yaml:5:24: the option of `newton` is 0; allowed: a whole number >= 1",
  ],
  [
    "a wrong type",
    law("features: ten"),
    'study.yaml:2:41: `features` is the text "ten"; allowed: a whole number >= 1 and <= 1024',
  ],
  ["a missing option", law("noise: 1"), "study.yaml:2:6: `features` is missing; allowed: a whole number"],
  [
    "a missing context",
    study({ context: "" }),
    "study.yaml:1:1: `context` is missing; allowed: a whole number of pairs",
  ],
  [
    "an underscore in a number",
    law("features: 1_000"),
    'study.yaml:2:41: `features` is the text "1_000" (write 1000, unquoted, for the number); allowed:',
  ],
  [
    "a quoted number",
    law('features: "10"'),
    'study.yaml:2:41: `features` is the text "10" (write 10, unquoted, for the number); allowed:',
  ],
  ["a fractional size", law("features: 10.5"), "study.yaml:2:41: `features` is 10.5; allowed: a whole number"],
  ["infinity", law("features: 10, noise: .inf"), "study.yaml:2:52: `noise` is Infinity; allowed: a number >= 0"],
  [
    "prompts that are neither pairs nor Gram matrices",
    train("prompts: grams"),
    'study.yaml:4:77: `prompts` is the text "grams"; allowed: pairs, gram',
  ],
  [
    "Gram matrices for a mixer that reads more",
    study({ models: "models: [{ name: a, mixer: softmax-attention, train: { steps: 1, prompts: gram } }]" }),
    "study.yaml:4:75: prompts: gram is not possible here: softmax-attention reads more of the pairs than their number",
  ],
  [
    "Gram matrices of other inputs than Gaussian ones",
    train("prompts: gram").replace("noise: 0.1", "inputs: rademacher"),
    "study.yaml:4:77: prompts: gram is not possible here: only Gaussian inputs can be drawn as a Gram matrix",
  ],
  [
    "Gram matrices of mixed lengths, in a grid",
    study({
      models: "models: [{ name: a, mixer: linear-attention, train: { steps: 1, prompts: [pairs, gram] } }]",
    }).replace("[10, 20, 40]", "{ uniform: [1, 9] }"),
    "study.yaml:4:82: prompts: gram is not possible here: a Gram matrix is drawn for one context length",
  ],
  [
    "random numbers that there are not",
    train("random: mt19937"),
    'study.yaml:4:76: `random` is the text "mt19937"; allowed: threefry13-boxmuller',
  ],
  ["minus infinity", train("rate: -.inf"), "study.yaml:4:74: `rate` is -Infinity; allowed: a number > 0"],
  ["not a number", law("features: 10, noise: .nan"), "study.yaml:2:52: `noise` is NaN; allowed: a number >= 0"],
  ["a number beyond floats", law("features: 10, noise: 1e400"), "study.yaml:2:52: `noise` is Infinity; allowed:"],
  ["a negative noise", law("features: 10, noise: -0.1"), "study.yaml:2:52: `noise` is -0.1; allowed: a number >= 0"],
  ["null", law("features: 10, noise: ~"), "study.yaml:2:52: `noise` is null; allowed: a number >= 0"],
  ["an empty value", law("features: 10, noise:"), "study.yaml:2:52: `noise` is null; allowed: a number >= 0"],
  [
    "a negative noise in a grid",
    law("features: 10, noise: [0, -0.1]"),
    "study.yaml:2:56: `noise` is -0.1; allowed: a number >= 0",
  ],
  [
    "a name that is a number",
    study({ models: "models: [{ name: 1e3, mixer: linear-attention, train: { steps: 1 } }]" }),
    "study.yaml:4:18: `name` is 1000 (quote it to make it a text); allowed:",
  ],
  [
    "a name in capitals",
    study({ models: "models: [{ name: LSA, mixer: linear-attention, train: { steps: 1 } }]" }),
    'study.yaml:4:18: `name` is the text "LSA"; allowed: a text (a name of small letters',
  ],
  ["a key written twice", study({ more: "title: again" }), "study.yaml:7:1: `title` is written twice; first on line 1"],
  [
    "an inner key written twice",
    train("rate: 1, rate: 2"),
    "study.yaml:4:77: `rate` is written twice; first on line 4",
  ],
  [
    "sizes that contradict each other",
    law("features: 10, covariance: { diagonal: [1, 1] }"),
    "study.yaml:2:69: a covariance of 2 variances contradicts features: 10 (features is at study.yaml:2:31)",
  ],
  [
    "sizes that contradict each other by a grid",
    study({
      law: "law: { kind: gaussian-linear, covariance: { diagonal: [1, 1] } }",
      more: "grid: { law.features: [2, 3] }",
    }),
    "study.yaml:2:55: a covariance of 2 variances contradicts features: 3 (features is at study.yaml:7:27)",
  ],
  [
    "a matrix that is not symmetric",
    law("features: 2, covariance: [[1, 0.5], [0.4, 1]]"),
    "study.yaml:2:56: a covariance is symmetric and positive semidefinite; this one is",
  ],
  [
    "an indefinite matrix",
    law("features: 2, covariance: [[1, 2], [2, 1]]"),
    "study.yaml:2:56: a covariance is symmetric and positive semidefinite; this one is",
  ],
  [
    "a list that is not a grid",
    law("features: 2, inputs: [gaussian, rademacher]"),
    "study.yaml:2:52: `inputs` is a list; allowed: gaussian",
  ],
  [
    "an empty list of contexts",
    study({ context: "context: []" }),
    "study.yaml:3:10: `context` is an empty list; allowed: at least one value",
  ],
  [
    "an empty list in a law",
    law("features: []"),
    "study.yaml:2:41: `law.features` is an empty list; allowed: at least one value",
  ],
  [
    "no models in their list",
    study({ models: "models: []" }),
    "study.yaml:4:9: `models` is an empty list; allowed: at least 1 entry",
  ],
  [
    "no predictors in their list",
    study({ predictors: "predictors: []" }),
    "study.yaml:5:13: `predictors` is an empty list; allowed: at least 1 entry",
  ],
  [
    "an empty axis",
    study({ more: "grid: { law.noise: [] }" }),
    "study.yaml:7:20: `law.noise` needs a list of values; allowed: at least one",
  ],
  [
    "nothing to measure",
    study({ models: "", predictors: "" }),
    "study.yaml:1:1: nothing to measure; needed: `models` or `predictors`",
  ],
  ["no seeds", study({ seeds: "seeds: 0" }), "study.yaml:7:8: `seeds` is 0; allowed: a whole number >= 1"],
  [
    "no prompts",
    study({ evaluate: "evaluate: { prompts: 0 }" }),
    "study.yaml:6:22: `prompts` is 0; allowed: a whole number >= 2",
  ],
  [
    "two rows of one name",
    study({ predictors: "predictors: [zero, { newton: 3 }, { newton: 3 }]" }),
    "study.yaml:5:35: two rows are called `newton-3`; the other is at study.yaml:5:20",
  ],
  [
    "a model called like a predictor",
    study({ models: "models: [{ name: zero, mixer: linear-attention, train: { steps: 1 } }]" }),
    "study.yaml:5:14: two rows are called `zero`; the other is at study.yaml:4:12",
  ],
  [
    "an option that a mixer cannot be made with",
    study({
      context: "context: { uniform: [1, 9] }",
      models: "models: [{ name: a, mixer: linear-attention, normalize: trained, train: { steps: 1 } }]",
    }),
    "study.yaml:4:10: normalize: trained divides by the one context length",
  ],
  ["a file that is a list", "- 1", "study.yaml:1:1: a study is a map; needed: title, law, context"],
  ["an empty file", "", "study.yaml:1:1: a study is a map; needed: title, law, context"],
  ["a tab", "title: a\nlaw:\n\tkind: b", "study.yaml:3:1: tabs are not allowed as indentation"],
  ["an open bracket", "title: [a", "study.yaml:1:10: flow sequence"],
  ["two documents", "title: a\n---\ntitle: b", "study.yaml:2:1: a second document begins here; allowed: one"],
  ["a tag", law("features: !!binary aGk="), "study.yaml:2:"],
  ["an unknown tag", law("features: !js 10"), "study.yaml:2:41: unresolved tag: !js"],
  ["a key that is no word", "? [a]\n: 1", "study.yaml:1:3: a key must be a word"],
  ["a key of the host", "__proto__: { seeds: 1 }", "study.yaml:1:1: `__proto__` is not a key"],
])("%s is one sentence with its place", async (_, text, expected) => {
  const message = await fault(text);
  expect(message.slice(0, expected.length)).toBe(expected);
  expect(message).not.toMatch(/\n|\[object|undefined/);
});

test.each([
  ["rate: 1e-3", 0.001],
  ["rate: 2e-3", 0.002],
  ["rate: .5", 0.5],
  ["rate: +1", 1],
  ["rate: 1.", 1],
  ["rate: 2e1", 20],
])("%s is a number (case C13)", async (written, rate) => {
  const { cells } = await parseStudy(train(written), "study.yaml", catalogue);
  expect(cells[0]!.models[0]!.schedule.rate).toBe(rate);
});

test.each([
  ["010", 10],
  ["0x1F", 31],
  ["10.0", 10],
])("features: %s is %d (case C13)", async (written, features) => {
  const { cells } = await parseStudy(law(`features: ${written}`), "study.yaml", catalogue);
  expect(cells[0]!.law.features).toBe(features);
});

test("-0 is 0, `no` is a name, and a semidefinite covariance is one", async () => {
  const { cells } = await parseStudy(
    law("features: 2, noise: -0, covariance: [[1, 1], [1, 1]]"),
    "study.yaml",
    catalogue,
  );
  expect(Object.is((cells[0]!.law.population as unknown as { noise: number }).noise, 0)).toBe(true);
  const named = study({ models: "models: [{ name: no, mixer: linear-attention, train: { steps: 1 } }]" });
  expect((await parseStudy(named, "study.yaml", catalogue)).cells[0]!.models[0]!.name).toBe("no");
});

describe("what would cost without bound is refused with a sentence", () => {
  const aliases = [
    "a: &a [1, 1]",
    ..."bcdefghijklmnopqrstuvwxyz"
      .split("")
      .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefghijklmnopqrstuvwxyz"[i]}`)}]`),
  ];
  test.each([
    ["deep lists", `title: ${"[".repeat(100_000)}`, /^study.yaml:1:40: nested too deeply; allowed: at most 32 levels$/],
    ["deep maps", `title: ${"{a: ".repeat(5000)}`, /nested too deeply/],
    ["deep sequences on one line", "- ".repeat(50_000), /nested too deeply/],
    ["deep indentation", Array.from({ length: 300 }, (_, i) => `${" ".repeat(i)}k:`).join("\n"), /nested too deeply/],
    ["aliases of aliases", aliases.join("\n"), /more than 500 aliases in one file/],
    ["an alias of itself", "title: &a [*a]", /^study.yaml:1:12: an alias stands for itself$/],
    [
      "a large file",
      `title: ${"a".repeat(2_000_000)}`,
      /^study.yaml:1:1: the file has 2000007 characters; allowed: at most 1000000$/,
    ],
    [
      "a large list",
      `title: [${"1,".repeat(300_000)}1]`,
      /^study.yaml:1:\d+: more than 500000 words and signs in one file$/,
    ],
    [
      "many tests",
      study({
        evaluate: `evaluate: { shift: { inputScale: [${Array.from({ length: 900 }, (_, i) => i)}], queryScale: [${Array.from({ length: 900 }, (_, i) => i)}] } }`,
      }),
      /^study.yaml:6:11: 2430000 tests in all cells; allowed: at most 10000$/,
    ],
    [
      "large covariances",
      law("features: [1023, 1024], noise: [0.1, 0.2, 0.3]").replace(
        "[10, 20, 40]",
        `[${Array.from({ length: 300 }, (_, i) => i)}]`,
      ),
      /covariances of 10\d\d features are too large/,
    ],
  ])(
    "%s",
    async (_, text, expected) => {
      expect(await fault(text)).toMatch(expected);
    },
    30_000,
  );
});

describe("a hypothesis", () => {
  test.each([
    [
      "an unknown name",
      'expect: "risk(lsaa) < 1"',
      "study.yaml:7:40: `lsaa` is not known here; did you mean `lsa`? allowed: lsa, zero, gradient-step, newton-3, context, testContext",
    ],
    [
      "an unknown quoted name",
      `expect: 'risk("gradient step") < 1'`,
      "study.yaml:7:40: `gradient step` is not known here; did you mean `gradient-step`?",
    ],
    [
      "a name that a known one begins",
      'expect: "risk(lsa-optimum) < 1"',
      "study.yaml:7:40: `lsa-optimum` is not known here",
    ],
    [
      "an unknown function",
      'expect: "sqrt(risk(lsa)) < 1"',
      "study.yaml:7:35: `sqrt` is not known here; allowed: risk, exact,",
    ],
    ["an assignment", 'expect: "lsa = 3"', "study.yaml:7:35: not a comparison; allowed: two sides"],
    ["an allocation", 'expect: "zeros(1e9) < 1"', "study.yaml:7:35: `zeros` is not known here"],
    ["an import", `expect: 'import("fs") < 1'`, "study.yaml:7:35: `import` is not known here"],
    [
      "the host's objects",
      `expect: 'risk.constructor("return 1")() < 1'`,
      "study.yaml:7:35: `risk.constructor` is not known here",
    ],
    ["indexing", 'expect: "lsa[1] < 1"', "study.yaml:7:38: `[` is not allowed in an expression"],
    ["a function of one's own", 'expect: "f(x) = x"', "study.yaml:7:35: `f` is not known here"],
    ["a block", 'expect: "1; risk(lsa) < 2"', "study.yaml:7:36: `;` is not allowed in an expression"],
    ["a string", `expect: "'a' < risk(lsa)"`, "study.yaml:7:35: `a` is not known here"],
    ["a huge exponent", 'expect: "risk(lsa)^1e9 < 1"', "study.yaml:7:35: an exponent must be a number from -16 to 16"],
    [
      "a tower of exponents",
      `expect: "${"9^".repeat(300)}9 < risk(lsa)"`,
      "study.yaml:7:35: an exponent must be a number",
    ],
    ["a number beyond floats", 'expect: "risk(lsa) < 1e400"', "study.yaml:7:35: Infinity is not a finite number"],
    [
      "deep nesting",
      `expect: "${"(".repeat(100)}risk(lsa)"`,
      "study.yaml:7:75: nested too deeply; allowed: 40 parentheses",
    ],
    ["a chain of signs", `expect: "${"-".repeat(900)}risk(lsa) < 1"`, "no fault"],
    [
      "a long text",
      `expect: "risk(lsa) < 1${"0".repeat(1000)}"`,
      "study.yaml:7:35: an expression of 1013 characters; allowed: 1000",
    ],
    [
      "equality as an operator",
      'expect: "risk(lsa) == 1"',
      "study.yaml:7:35: the operator == is not allowed; for equality write equals: [a, b] and within:",
    ],
    ["no comparison", 'expect: "risk(lsa)"', "study.yaml:7:35: not a comparison; allowed: two sides with"],
    ["a comparison of numbers", 'expect: "1 < 2"', "study.yaml:7:34: nothing here is measured; allowed: risk(...)"],
    ["a syntax error", 'expect: "risk(lsa) < * 2"', "study.yaml:7:47: not an expression: "],
    ["a missing parenthesis", 'expect: "risk(lsa < 2"', "study.yaml:7:"],
    ["a missing operator", 'expect: "2 risk(lsa) < 2"', "study.yaml:7:35: write the * between 2 and"],
    [
      "a wrong number of arguments",
      'expect: "distance(lsa) < 2"',
      "study.yaml:7:35: distance takes 2 arguments, not 1",
    ],
    [
      "a number where a name belongs",
      'expect: "risk(2) < 2"',
      "study.yaml:7:35: risk needs a name; allowed: lsa, zero",
    ],
    [
      "a column where a name belongs",
      'expect: "risk(context) < 2"',
      "study.yaml:7:40: `context` does not belong here; allowed: lsa,",
    ],
    [
      "a slope beside a risk",
      'expect: "slope(risk(lsa), context) < risk(lsa)"',
      "study.yaml:7:34: beside a slope, which is over all cells, only numbers",
    ],
    [
      "a slope over a name",
      'expect: "slope(risk(lsa), zero) < 1"',
      "study.yaml:7:52: `zero` does not belong here; allowed: context, testContext",
    ],
    [
      "a closed form of a trained model",
      'expect: "exact(lsa) < 1"',
      "study.yaml:7:34: exact(lsa): a trained model has no closed form",
    ],
    [
      "neither comparison nor equality",
      "at: { context: 10 }",
      "study.yaml:7:14: a hypothesis has either `expect`, a comparison, or `equals`",
    ],
    ["an equality without its margin", 'equals: ["risk(lsa)", 1]', "study.yaml:7:34: `equals` needs `within`"],
    [
      "a margin in words",
      'equals: ["risk(lsa)", 1], within: close',
      'study.yaml:7:60: `within` is the text "close"; allowed: how far `equals` may be apart: 1% of the second',
    ],
    [
      "a cell that is not there (case C11)",
      'expect: "risk(lsa) < 1", at: { context: 30 }',
      "study.yaml:7:66: no cell has context 30; allowed: 10, 20, 40",
    ],
    [
      "a column that is not there",
      'expect: "risk(lsa) < 1", at: { contxt: 10 }',
      "study.yaml:7:57: `contxt` does not vary in this study; did you mean `context`? allowed: context, testContext",
    ],
    [
      "cells that contradict each other",
      'expect: "risk(lsa) < 1", at: { context: 10, testContext: 20 }',
      "study.yaml:7:55: no cell has all of these values",
    ],
  ])("with %s is one sentence with its place", async (_, text, expected) => {
    const message = await fault(hypothesis(text));
    expect(message.slice(0, expected.length)).toBe(expected);
    expect(message).not.toMatch(/\n|\[object|undefined|name_\d/);
  });

  test("that names a model of an empty study is refused at the list (case C11)", async () => {
    expect(await fault(hypothesis('expect: "risk(lsa) < 1"', { models: "models: []" }))).toMatch(
      /^study.yaml:4:9: `models`/,
    );
    expect(await fault(hypothesis('expect: "risk(lsa) < 1"', { models: "" }))).toMatch(
      /^study.yaml:6:40: `lsa` is not known/,
    );
  });
});
