import { katex } from "@mdit/plugin-katex";
import { defineConfig } from "vitepress";
import { outsideLinks } from "../build/outside-links.mjs";
import { sidebar } from "../build/sidebar.mjs";

/** A curve that falls to a level: what most figures here show. */
const ICON =
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" fill="none" stroke="#3451b2" stroke-width="2">` +
  `<path d="M2 2Q3 11 14 11M2 14h12"/></svg>`;

/** The documentation as a site of static files. Links that lead nowhere fail the build; nothing asks another host. */
export default defineConfig({
  title: "iclab",
  description: "The in-context-learning laboratory: trained attention beside theory, with a verdict.",
  lang: "en",
  base: process.env.ICLAB_DOCS_BASE ?? "/",
  srcExclude: ["build/**"],
  ignoreDeadLinks: false,
  metaChunk: true,
  head: [["link", { rel: "icon", href: `data:image/svg+xml,${encodeURIComponent(ICON)}` }]],
  // The index that is searched is one chunk, which a page loads when somebody searches.
  vite: { build: { chunkSizeWarningLimit: 4000 } },
  markdown: { config: (md) => md.use(katex).use(outsideLinks) },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Tour", link: "/tour" },
      { text: "Papers", link: "/papers/" },
      { text: "Gallery", link: "/papers/gallery" },
      { text: "Study file", link: "/reference/study-file" },
      { text: "API", link: "/api/" },
      { text: "Source", link: "/reference/source" },
    ],
    sidebar: sidebar(),
  },
});
