import { closedForms } from "../src/report/closed-forms.js";

describe("the report says of closed forms", () => {
  const exact = { name: "lsa-optimum", closedForm: "exact", source: "Ahn 2023, Theorem 1" };
  const limit = { name: "ridge", closedForm: "asymptotic", source: "Dobriban 2018, Theorem 2.1" };
  const bound = { name: "gradient-step", closedForm: "upper-bound", source: "Zhang 2024, Corollary 4.3" };

  test("which are exact, asymptotic, bounds and approximations, with their sources, each once", () => {
    const rows = [exact, { ...exact, name: "gradient-step" }, exact, limit, bound, { name: "lsa", risk: 1 }];
    expect(closedForms(rows)).toEqual([
      ["closed forms, exact", "gradient-step (Ahn 2023, Theorem 1); lsa-optimum (Ahn 2023, Theorem 1)"],
      ["closed forms, asymptotic", "ridge (Dobriban 2018, Theorem 2.1)"],
      ["closed forms, upper bounds", "gradient-step (Zhang 2024, Corollary 4.3)"],
    ]);
    expect(closedForms([{ name: "a", closedForm: "approximation" }])).toEqual([["closed forms, approximations", "a"]]);
    expect(closedForms([{ name: "a", closedForm: "lower-bound", source: null }])).toEqual([
      ["closed forms, lower bounds", "a"],
    ]);
  });

  test("nothing where every row is sampled", () => {
    expect(closedForms([{ name: "lsa", risk: 1, closedForm: null }])).toEqual([]);
  });
});
