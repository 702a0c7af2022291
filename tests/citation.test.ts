import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { packageRoot, version } from "../src/runner/package-root.js";

const read = (name: string) => readFileSync(join(packageRoot, name), "utf8");
const citation = (text = read("CITATION.cff")): unknown => parse(text);

/** What the schema of the Citation File Format 1.2.0 says of the keys that the file has: no other key, none empty. */
const text = z.string().min(1);
const schema = z.strictObject({
  "cff-version": z.literal("1.2.0"),
  message: text,
  title: text,
  abstract: text,
  type: z.enum(["software", "dataset"]),
  authors: z.array(z.strictObject({ name: text })).min(1),
  version: text,
  license: z.literal("Apache-2.0"),
  keywords: z
    .array(text)
    .min(1)
    .refine((words) => new Set(words).size === words.length),
});

test("CITATION.cff is valid, names no person, and has package.json's version, licence and keywords", () => {
  const found = schema.parse(citation());
  const { license, keywords } = JSON.parse(read("package.json")) as { license: string; keywords: string[] };
  expect(found).toMatchObject({ version, license });
  expect(found.authors).toEqual([{ name: "iclab developers" }]);
  for (const word of found.keywords) expect(keywords).toContain(word);
});

test.each([
  ["message: ", "mesage: "],
  ["cff-version: 1.2.0", "cff-version: 1.1.0"],
  ["type: software", "type: program"],
])("what the schema does not know is found: %s", (from, to) => {
  const changed = read("CITATION.cff").replace(from, to);
  expect(changed).toContain(to);
  expect(schema.safeParse(citation(changed)).success).toBe(false);
});
