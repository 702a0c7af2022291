import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ClosedForm, ClosedFormKind, Population } from "../src/types.js";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const folder = join(root, "src", "theory");
const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));

type Form = ClosedForm<Population, object, unknown>;
const isForm = (value: unknown): value is Form => {
  const fields = value as Partial<Form> | null;
  return typeof fields === "object" && typeof fields?.applies === "function" && typeof fields.value === "function";
};

/** Every closed form that a file of src/theory exports, itself or made for merged weights. */
const forms: { readonly file: string; readonly form: Form }[] = [];
for (const file of files) {
  const exported = (await import(join(folder, file))) as Record<string, unknown>;
  for (const value of Object.values(exported)) if (isForm(value)) forms.push({ file, form: value });
}
const { layerFlow } = await import("../src/theory/layer-flow.js");
const { mergedWeights } = await import("../src/theory/layer-weights.js");
forms.push({ file: "layer-flow.ts", form: layerFlow(mergedWeights) as unknown as Form });

const kinds: Readonly<Record<ClosedFormKind, true>> = {
  exact: true,
  asymptotic: true,
  "upper-bound": true,
  "lower-bound": true,
  approximation: true,
};

/** What docs/theory.md says: name, file, kind and source in each row of its tables. */
const table = readFileSync(join(root, "docs", "theory.md"), "utf8")
  .split("\n")
  .map((line) => line.split("|").map((cell) => cell.trim()))
  .filter((cells) => cells.length === 7 && cells[2]!.startsWith("`"))
  .map(([, name, file, kind, source]) => ({
    name: name!,
    file: file!.replaceAll("`", ""),
    kind: kind!,
    source: source!,
  }));

test("there are closed forms, and no two of a file share a name", () => {
  expect(forms.length).toBeGreaterThan(30);
  const names = forms.map(({ file, form }) => `${file}: ${form.name}`);
  expect(names).toEqual([...new Set(names)]);
});

describe.each(forms.map(({ file, form }) => [file, form.name, form] as const))("%s, %s", (_, __, form) => {
  test("says what it is: exact, asymptotic, a bound or an approximation, and where it is from", () => {
    expect(Object.keys(kinds)).toContain(form.kind);
    expect(form.source.paper).toMatch(/\d{4}/);
    expect(form.source.where).toMatch(
      /^(Theorem|Proposition|Lemma|Corollary|Equation|Figure|Section|Appendix) [A-Z0-9]/,
    );
  });

  test("declines a population of another family by a sentence that names it", () => {
    const foreign = { family: "no-such-family", noise: 0 };
    expect(form.applies(foreign, {})).toMatch("no-such-family");
  });
});

describe("docs/theory.md", () => {
  test.each(table.map((row) => [row.name, row] as const))("%s: file, kind and source are the code's", (name, row) => {
    const found = forms.find(({ file, form }) => file === row.file && form.name === name);
    expect(found).toBeDefined();
    const { kind, source } = found!.form;
    expect({ kind: row.kind, source: row.source }).toEqual({ kind, source: `${source.paper}, ${source.where}` });
  });

  test("lists every closed form of linear regression", () => {
    const listed = table.map(({ file, name }) => `${file}: ${name}`);
    const missing = forms.filter(({ file, form }) => !file.includes("/") && !listed.includes(`${file}: ${form.name}`));
    expect(missing.map(({ file, form }) => `${file}: ${form.name} is missing`)).toEqual([]);
  });
});
