import { page, plain, table } from "./markdown.mjs";
import { alternatives, fields, words } from "./schema-words.mjs";

/** The reference of the study file from the schema that `iclab schema` prints: one section a key of the file. */
export const studyReference = (schema) =>
  page(
    { nav: "Study file", outline: "[2,3]" },
    "# The study file",
    `Made of the schema that \`iclab schema\` prints, from which editors complete and which every file is checked against.
[Study](../concepts/study.md) says what a study is. A list in the place of one number or word makes a grid of it.`,
    table(
      ["key", "must be there", "what it is"],
      Object.entries(schema.properties).map(([key, value]) => [
        `[\`${key}\`](#${key})`,
        schema.required.includes(key) ? "yes" : "",
        plain(value.description ?? SAYS[key] ?? ""),
      ]),
    ),
    ...Object.entries(schema.properties).flatMap(([key, value]) => section(key, value)),
  );

/** What the keys without a description of their own hold. */
const SAYS = {
  law: "what a prompt is: one of the laws below, by its kind",
  context: "how many pairs a prompt has before its query",
  models: "what is trained: mixers with their options and a schedule",
  predictors: "the algorithms that the models stand beside",
  evaluate: "on what risks are measured",
  hypotheses: "the sentences that are decided",
  grid: "settings that are varied, by path",
};

/** The key of an alternative that names it: a law's kind, a model's mixer. */
const NAMED_BY = { law: "kind", models: "mixer" };

function section(key, value) {
  const title = `## ${key}`;
  if (key in NAMED_BY) return [title, ...namedParts(NAMED_BY[key], alternatives(value.items ?? value))];
  if (key === "predictors") return [title, predictorTable(alternatives(value.items))];
  const objects = alternatives(value.items ?? value).filter((one) => one.type === "object" && one.properties);
  const form = `\`\`\`text\n${key}: ${words(value)}\n\`\`\``;
  const said = value.description ? [plain(value.description)] : [];
  return [title, ...said, ...(objects.length > 0 ? objects.map(fieldTable) : [form])];
}

const namedParts = (key, units) =>
  units
    .filter((unit) => unit.properties?.[key]?.const !== undefined)
    .flatMap((unit) => {
      const { [key]: name, ...options } = unit.properties;
      return [
        `### ${name.const}`,
        plain(name.description ?? ""),
        fieldTable(withoutGrids({ ...unit, properties: options })),
      ];
    });

/** Where a value or a list of such values may stand, the value: that a list makes a grid is said at the top. */
function withoutGrids(schema) {
  const { anyOf, properties } = schema;
  const [value, list] = anyOf ?? [];
  if (anyOf?.length === 2 && list.type === "array" && JSON.stringify(list.items) === JSON.stringify(value))
    return withoutGrids({ ...value, ...kept(schema) });
  if (!properties) return schema;
  const inside = Object.entries(properties).map(([key, property]) => [key, withoutGrids(property)]);
  return { ...schema, properties: Object.fromEntries(inside) };
}

const kept = ({ anyOf: _, ...rest }) => rest;

/** A predictor is a word, or a map of its name to its options. */
function predictorTable(forms) {
  const said = new Map(forms.filter((form) => form.const !== undefined).map((form) => [form.const, form.description]));
  for (const form of forms.flatMap((one) => Object.entries(one.properties ?? {})))
    if (!said.has(form[0])) said.set(form[0], form[1].description);
  const options = (name) => {
    const given = forms.map((form) => form.properties?.[name]).find((one) => one !== undefined);
    const text = given === undefined ? "{}" : words(given);
    return text === "{}" ? "" : code(text);
  };
  return table(
    ["predictor", "what it is", "options"],
    [...said].map(([name, says]) => [`\`${name}\``, plain(says ?? ""), options(name)]),
  );
}

const fieldTable = (schema) =>
  table(
    ["field", "may be", "default", "what it is"],
    fields(schema).map(({ name, value, required }) => [
      `\`${name}\`${required ? " (needed)" : ""}`,
      code(words(value)),
      value.default === undefined ? "" : code(JSON.stringify(value.default)),
      plain(value.description ?? ""),
    ]),
  );

/** Code in a cell of a table, where a bar would end the cell. */
const code = (text) => `\`${text.replaceAll("|", "\\|")}\``;
