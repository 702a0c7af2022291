import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { packageRoot } from "../src/runner/package-root.js";

/** An `@example` of a doc comment. */
export interface DocExample {
  /** `laws/gaussian-linear.ts: linearRegressionLaw`. */
  readonly title: string;
  readonly room: string;
  /** TypeScript, as the comment has it. */
  readonly text: string;
}

/** Every example in the doc comments of src, in order of the files. */
export function docExamples(): DocExample[] {
  const source = join(packageRoot, "src");
  const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"));
  return files.sort().flatMap((file) => {
    const comments = readFileSync(join(source, file), "utf8").matchAll(
      /\/\*\*(?:(?!\*\/).)*?@example\n(.*?)\*\/\n(.*)/gs,
    );
    return [...comments].map(([, comment, below]) => {
      const [, name] = /^(?:export )?(?:async )?(?:function\*?|const|class) (\w+)/.exec(below!) ?? [];
      const text = comment!.replace(/^ \* ?/gm, "").trimEnd();
      return { title: `${file}: ${name}`, room: file.split("/")[0]!, text: `${text}\n` };
    });
  });
}

/**
 * The example with its promises checked: an expression that is a statement by itself, with a comment behind it, becomes a
 * call of `meets` with the comment's value, in JSON. Other comments stand behind other statements.
 *
 * @throws Error on an expression that does nothing and promises nothing, or a value that is not JSON
 */
export function checked(text: string): string {
  const source = ts.createSourceFile("example.ts", text, ts.ScriptTarget.ES2022, true);
  let result = "";
  let end = 0;
  for (const statement of source.statements) {
    if (!ts.isExpressionStatement(statement)) continue;
    const { expression } = statement;
    const [, value] = /^[ \t]*\/\/ (.+)/.exec(text.slice(statement.end)) ?? [];
    if (value === undefined) {
      if (ts.isAwaitExpression(expression)) continue;
      throw new Error(`promises nothing: ${statement.getText()}`);
    }
    JSON.parse(value);
    const written = expression.getText();
    result += `${text.slice(end, statement.getStart())}meets(${JSON.stringify(written)}, ${written}, ${JSON.stringify(value)});`;
    end = statement.end;
  }
  return result + text.slice(end);
}
