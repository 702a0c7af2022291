import { Word } from "./record.js";

/** WGSL that says where a model's tables lie among the launch's numbers. */
export function tablesText(tables: number): string {
  return Array.from({ length: tables }, (_, t) => `  let table${t} = trials[trial + ${Word.tables + t}u];`).join("\n");
}

/** Number `at` of a table by its name among `names`, which are in the order of the records. */
export function tableElement(names: readonly string[]): (name: string, at: string) => string {
  return (name, at) => `numbers[table${names.indexOf(name)} + ${at}]`;
}
