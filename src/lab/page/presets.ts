/// <reference types="vite/client" />

/** Cells of papers as studies, by their titles: every file of `presets`. */
const files = import.meta.glob("../presets/*.yaml", { eager: true, query: "?raw", import: "default" }) as Record<
  string,
  string
>;

export interface Preset {
  readonly title: string;
  readonly study: string;
}

export const PRESETS: readonly Preset[] = Object.keys(files)
  .sort()
  .map((file) => ({ title: /^title: (.*)$/m.exec(files[file]!)?.[1] ?? file, study: files[file]! }));
