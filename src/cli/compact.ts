import { join } from "node:path";
import { loadExperiments } from "../runner/catalogue.js";
import { type Compaction, compact } from "../runner/compact.js";
import { rerunCell } from "../runner/rerun-cell.js";
import { Store } from "../runner/store.js";
import { UsageError } from "./failure.js";
import { experimentsIn } from "./stored-rows.js";

/** `iclab compact`: the finished cells of a folder as Parquet files in place of a file each; a run may go on meanwhile. */
export async function compactFolder(folder: string, { json }: { readonly json?: boolean }): Promise<void> {
  const names = experimentsIn(folder);
  if (names.length === 0)
    throw new UsageError(`${folder} holds no rows; \`iclab reproduce\` and \`iclab run\` write them there`);
  const papers = names.some((name) => name !== "study") ? await loadExperiments() : new Map();
  const done: Done[] = [];
  for (const experiment of names) {
    const store = new Store(join(folder, "rows", experiment));
    done.push({ experiment, ...(await compact(store, rerunCell(folder, papers))) });
  }
  process.stdout.write(json ? `${JSON.stringify(done, null, 2)}\n` : done.map(asText).join(""));
}

interface Done extends Compaction {
  readonly experiment: string;
}

function asText({ experiment, cells, files, bytesBefore, bytesAfter, torn }: Done): string {
  const kilobytes = (bytes: number) => `${Math.ceil(bytes / 1000)} kB`;
  const sizes = `${kilobytes(bytesBefore)} of files are ${kilobytes(bytesAfter)} of Parquet`;
  const what = cells === 0 ? "nothing to compact" : `${cells} cells in ${files.join(", ")}: ${sizes}`;
  return `${experiment}: ${what}\n${torn.map((file) => `  ${file} is not whole and was left\n`).join("")}`;
}
