/**
 * What a JSON Schema allows, in a short form that a reader of YAML understands: `integer ≥ 0`, `adam | sgd`,
 * `[number, ...]`, `{ uniform: [integer, integer] }`; alternatives are joined by ` or `.
 */
export function words(schema) {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return schema.enum.join(" | ");
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  if (several) return [...new Set(several.map(words))].join(" or ");
  if (Array.isArray(schema.type)) return schema.type.join(" or ");
  if (Array.isArray(schema.items)) return `[${schema.items.map(words).join(", ")}]`;
  if (schema.type === "array") return `[${words(schema.items ?? {})}, ...]`;
  if (schema.type === "object") return objectWords(schema);
  return `${schema.type ?? "any value"}${bounds(schema)}`;
}

/** Keys that may be left out have a question mark. */
function objectWords({ properties = {}, required = [], additionalProperties }) {
  const fields = Object.entries(properties).map(
    ([key, value]) => `${key}${required.includes(key) ? "" : "?"}: ${words(value)}`,
  );
  if (typeof additionalProperties === "object") fields.push(`any key: ${words(additionalProperties)}`);
  return fields.length === 0 ? "{}" : `{ ${fields.join(", ")} }`;
}

const FREE = Number.MAX_SAFE_INTEGER;

const bounds = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }) =>
  [
    exclusiveMinimum === undefined ? "" : ` > ${exclusiveMinimum}`,
    minimum === undefined || minimum <= -FREE ? "" : ` ≥ ${minimum}`,
    exclusiveMaximum === undefined ? "" : ` < ${exclusiveMaximum}`,
    maximum === undefined || maximum >= FREE ? "" : ` ≤ ${maximum}`,
  ].join("");

/** The alternatives of a schema down to those that are not unions. */
export const alternatives = (schema) => {
  const several = schema.anyOf ?? schema.oneOf ?? schema.allOf;
  return several ? several.flatMap(alternatives) : [schema];
};

/** The fields of an object, those of objects inside them by their paths: `train.rate`. */
export function fields(schema, path = "") {
  return Object.entries(schema.properties ?? {}).flatMap(([key, value]) => {
    const name = `${path}${key}`;
    const inner = value.type === "object" && value.properties ? fields(value, `${name}.`) : [];
    const field = { name, value, required: (schema.required ?? []).includes(key) };
    return inner.length > 0 ? inner : [field];
  });
}
