import { expect, test } from "@jest/globals";
import { nearest, unknownName } from "../src/names/nearest.js";

test.each<[string, readonly string[], string | undefined]>([
  ["contxt", ["context", "predictors"], "context"],
  ["zreo", ["zero", "ridge"], "zero"],
  ["Ridge", ["zero", "ridge"], "ridge"],
  ["gradient_step", ["gradient-descent", "gradient-step"], "gradient-step"],
  ["wepgpu", ["auto", "webgpu", "cpu"], "webgpu"],
  ["ols", ["ols-2", "ridge"], "ols-2"],
  ["banana", ["zero", "ridge"], undefined],
  ["c", ["a", "b"], undefined],
  ["", ["a"], undefined],
  ["zero", [], undefined],
])("of %j among %j %j was meant", (name, known, expected) => {
  expect(nearest(name, known)).toBe(expected);
});

test("a sentence says what is wrong, what was meant and what is allowed", () => {
  expect(unknownName("`zreo` is not a predictor", ["zero", "ridge"], "zreo")).toBe(
    "`zreo` is not a predictor; did you mean `zero`? allowed: zero, ridge",
  );
  expect(unknownName("there is no model `x`", [], "x")).toBe("there is no model `x`; allowed: none");
});
