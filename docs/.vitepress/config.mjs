import { katex } from "@mdit/plugin-katex";
import { defineConfig } from "vitepress";
import { outsideLinks } from "../build/outside-links.mjs";
import { sidebar } from "../build/sidebar.mjs";

/** The documentation as a site of static files. Links that lead nowhere fail the build; nothing asks another host. */
export default defineConfig({
  title: "iclab",
  description: "The in-context-learning laboratory: trained attention beside theory, with a verdict.",
  lang: "en",
  base: process.env.ICLAB_DOCS_BASE ?? "/",
  srcExclude: ["build/**"],
  ignoreDeadLinks: false,
  metaChunk: true,
  markdown: { config: (md) => md.use(katex).use(outsideLinks) },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    nav: [
      { text: "Tour", link: "/tour" },
      { text: "Papers", link: "/papers/" },
      { text: "Gallery", link: "/papers/gallery" },
      { text: "Study file", link: "/reference/study-file" },
      { text: "Source", link: "/reference/source" },
    ],
    sidebar: sidebar(),
  },
});
