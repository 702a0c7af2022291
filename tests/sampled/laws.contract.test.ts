import { describe, expect, test } from "@jest/globals";
import { lawContract } from "../../src/contracts/law.js";
import { restoreHere } from "../../src/contracts/restore.js";
import { lawCases } from "../law-cases.js";

test("there are laws, in each of their ways to draw", () => {
  expect(lawCases().length).toBeGreaterThan(10);
});

describe.each(lawCases())("$title", ({ law }) => {
  for (const { says, check } of lawContract(law, restoreHere)) test(says, check);
});
