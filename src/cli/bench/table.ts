/** A Markdown table whose columns stand under each other as plain text too; all but the first are aligned right. */
export function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((name, k) => Math.max(name.length, 3, ...rows.map((row) => row[k]?.length ?? 0)));
  const cell = (text: string, k: number) => (k === 0 ? text.padEnd(widths[k]!) : text.padStart(widths[k]!));
  const line = (cells: readonly string[]) => `| ${widths.map((_, k) => cell(cells[k] ?? "", k)).join(" | ")} |`;
  const rule = `|${widths.map((width, k) => (k === 0 ? `:${"-".repeat(width + 1)}` : `${"-".repeat(width + 1)}:`)).join("|")}|`;
  return [line(header), rule, ...rows.map(line)].join("\n");
}
