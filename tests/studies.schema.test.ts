import { loadCatalogue } from "../src/runner/catalogue.js";
import { studySchema } from "../src/studies/study-schema.js";

const catalogue = await loadCatalogue();

const schema = JSON.parse(JSON.stringify(studySchema(catalogue)));

test("the schema is draft 7, needs what a study needs, and refuses other keys", () => {
  expect(schema.$schema).toBe("http://json-schema.org/draft-07/schema#");
  expect(schema.required).toEqual(["title", "law", "context"]);
  expect(schema.additionalProperties).toBe(false);
  expect(Object.keys(schema.properties)).toEqual(
    expect.arrayContaining([
      "title",
      "law",
      "context",
      "models",
      "predictors",
      "evaluate",
      "seeds",
      "hypotheses",
      "grid",
    ]),
  );
  expect(JSON.stringify(schema).match(/\$schema/g)).toHaveLength(1);
});

test("every unit of a catalogue is in it with its options, and a list is allowed where it makes a grid", () => {
  const laws = schema.properties.law.anyOf;
  expect(laws.map((law: { properties: { kind: { const: string } } }) => law.properties.kind.const)).toEqual([
    ...catalogue.laws.keys(),
  ]);
  const law = laws[[...catalogue.laws.keys()].indexOf("gaussian-linear")];
  expect(law).toMatchObject({ properties: { kind: { const: "gaussian-linear" } }, required: ["kind", "features"] });
  expect(law.properties.noise.anyOf).toMatchObject([
    { type: "number", minimum: 0 },
    { type: "array", minItems: 1 },
  ]);
  expect(JSON.stringify(law.properties.covariance)).toContain("ar1");
  const mixers = schema.properties.models.items.anyOf;
  expect(mixers.map((mixer: typeof law) => mixer.properties.mixer.const)).toEqual([...catalogue.mixers.keys()]);
  expect(mixers[1].properties.train.properties.rate.anyOf).toHaveLength(2);
  expect(mixers[1].properties.train.properties.prompts.anyOf[0]).toEqual({
    type: "string",
    default: "pairs",
    enum: ["pairs", "gram"],
  });
  expect(mixers[1].properties.train.properties.betas.type).toBe("array");
  const predictors = JSON.stringify(schema.properties.predictors.items.anyOf);
  for (const name of catalogue.predictors.keys()) expect(predictors).toContain(`"${name}"`);
});
