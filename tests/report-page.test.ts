import { parseHTML } from "linkedom";
import type { Identified, Judged, Material, Section } from "../src/report/material.js";
import { page } from "../src/report/page.js";
import { PAGE_STYLE } from "../src/report/page-style.js";
import type { Verdict } from "../src/types.js";

const base: Verdict = {
  holds: true,
  measured: 0.20624,
  expected: 0.2062,
  standardError: 0.00031,
  margin: 0.00091,
  standardErrors: 2.9,
  about: "training",
  rows: 20,
  why: "nearest is context 20",
};

const claim = (id: string, verdict: Partial<Verdict> = {}, expected: "holds" | "refuted" = "holds"): Judged => ({
  claim: { id, says: `sentence ${id}`, expected, source: { paper: "von Oswald et al. 2023", where: "Section 3" } },
  verdict: { ...base, ...verdict },
});

const section = (id: string, more: Partial<Section> = {}): Section => ({
  id,
  title: `title of ${id}`,
  byline: "A. Author (2023)",
  link: "https://arxiv.org/abs/2212.07677",
  question: `question of ${id}`,
  settings: [["features", "10"]],
  claims: [claim("one")],
  figures: [
    { id: "risk", title: "Risk", caption: "Lines: closed forms.", svg: "<svg/>", inline: '<svg id="drawing"/>' },
  ],
  notes: [{ paper: "U(-1, 1)", code: "U(-1/2, 1/2)", found: "the loss of the code" }],
  provenance: [["backend", "tfjs-cpu"]],
  ...more,
});

const read = (material: Material) => parseHTML(page(material)).document;

const textOf = (element: Element | null) => (element?.textContent ?? "").replace(/\s+/g, " ").trim();

test("the verdicts stand on top: sign and word, claim, source, measured ± error, expected, margin, about", () => {
  const document = read({ title: "report", sections: [section("paper")] });
  const cells = [...document.querySelectorAll("table.verdicts tbody tr:last-child td")].map(textOf);
  expect(cells).toEqual([
    "✓ holds",
    "sentence one von Oswald et al. 2023, Section 3",
    "0.20624 ± 0.00031",
    "0.2062",
    "+0.00091 (2.9 SE)",
    "training",
  ]);
  const sections = [...document.querySelectorAll("section")].map(({ id }) => id);
  expect(sections).toEqual(["verdicts", "paper"]);
});

test("the counts at the top are those of all sections, and an unexpected verdict is told by its sign", () => {
  const claims = [
    claim("a"),
    claim("b", { holds: false }, "refuted"),
    claim("c", { holds: true }, "refuted"),
    claim("d", { holds: null, measured: null, margin: null, standardErrors: null }),
  ];
  const document = read({ title: "report", sections: [section("p", { claims }), section("q")] });
  expect(textOf(document.querySelector(".counts"))).toBe("2 hold, 1 refuted as expected, 1 unexpected, 1 undecided");
  const badges = [...document.querySelectorAll("table.verdicts .badge")].map(textOf);
  expect(badges).toEqual(["✓ holds", "⊘ refuted as expected", "✗ holds, unexpected", "? undecided", "✓ holds"]);
  expect([...document.querySelectorAll(".group")].map(textOf)).toEqual(["title of p", "title of q"]);
});

test("a section tells question, settings, figures with captions, notes, each claim with what decided it, provenance", () => {
  const document = read({ title: "report", sections: [section("paper", { text: "title: a < b" })] });
  const text = textOf(document.querySelector("#paper"));
  for (const words of ["question of paper", "features10", "Lines: closed forms.", "U(-1/2, 1/2)", "backendtfjs-cpu"])
    expect(text).toContain(words);
  for (const words of ["nearest is context 20", "rows20", "known outcomeholds", "title: a < b"])
    expect(text).toContain(words);
  expect(document.querySelector("figure svg")!.id).toBe("drawing");
});

const named: Identified = {
  model: "lsa",
  cell: "context 6, seed 0",
  is: "gradient-step",
  best: { name: "gradient-step", distance: 0.0041, standardError: 0.0012, constant: 1.0123 },
  next: { name: "newton-2", distance: 0.312, standardError: 0.014, constant: null },
  alike: ["ols", "ridge"],
  says: "best: gradient-step",
};

test("each model stands beside the nearest predictor, the next, their distances, and those that are not told apart", () => {
  const identified: Identified[] = [
    named,
    { ...named, best: { ...named.best!, constant: 1.0004 }, next: null, alike: [] },
    { ...named, is: "none", next: null, alike: null, says: "none of these: the nearest is ridge" },
    { ...named, is: null, best: null, next: null, alike: null, says: "undefined: its training diverged" },
  ];
  const document = read({ title: "report", sections: [section("study", { identified })] });
  const rows = [...document.querySelectorAll("table.identified tbody tr")];
  expect(rows.map((row) => [...row.querySelectorAll("td")].slice(1).map(textOf))).toEqual([
    [
      ...["context 6, seed 0", "gradient-step (constant × 1.01)", "0.0041 ± 0.0012"],
      ...["newton-2", "0.312 ± 0.014", "ols, ridge"],
    ],
    ["context 6, seed 0", "gradient-step", "0.0041 ± 0.0012", "–", "–", "–"],
    ["context 6, seed 0", "none of these: the nearest is ridge"],
    ["context 6, seed 0", "undefined: its training diverged"],
  ]);
  expect(read({ title: "report", sections: [section("study")] }).querySelector("table.identified")).toBeNull();
});

test("every link on the page leads to an id on it or to the web, and ids are unique", () => {
  const document = read({ title: "report", sections: [section("p"), section("q")] });
  const ids = [...document.querySelectorAll("section, figure, article")].map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const links = [...document.querySelectorAll("a")].map((link) => link.getAttribute("href")!);
  expect(links.length).toBeGreaterThan(4);
  for (const link of links) expect(link.startsWith("#") ? ids.includes(link.slice(1)) : link).toBeTruthy();
  const script = read({ title: "r", sections: [section("p", { link: "javascript:alert(1)" })] });
  expect([...script.querySelectorAll("a")].filter((link) => /javascript/.test(link.getAttribute("href")!))).toEqual([]);
});

test("every text is escaped, wherever it stands", () => {
  const evil = `</style><script>alert("1")</script><img src=x onerror='a&b'>`;
  const all = section(evil, {
    ...{ title: evil, byline: evil, link: `https://${evil}`, question: evil, text: evil },
    settings: [[evil, evil]],
    provenance: [[evil, evil]],
    notes: [{ paper: evil, code: evil, found: evil }],
    identified: [
      { ...named, model: evil, cell: evil, alike: [evil], says: evil },
      { ...named, alike: null, says: evil },
    ],
    figures: [{ id: evil, title: evil, caption: evil, svg: "", inline: "" }],
    claims: [
      {
        claim: { id: evil, says: evil, expected: "holds", expression: evil },
        verdict: { ...base, why: evil },
      },
    ],
  });
  const html = page({ title: evil, subtitle: evil, sections: [all] });
  expect(html).not.toMatch(/<script|<img/);
  expect(html.match(/<\/style>/g)).toHaveLength(1);
  expect(textOf(parseHTML(html).document.querySelector("h1"))).toBe(evil);
});

test("the page asks nothing of any host, and says so to the browser", () => {
  const html = page({ title: "report", sections: [section("paper")] });
  expect(html).not.toMatch(/ src=|<link|@import|url\(|<script|<iframe|<object/);
  const policy = parseHTML(html).document.querySelector('meta[http-equiv="Content-Security-Policy"]');
  expect(policy!.getAttribute("content")).toBe("default-src 'none'; style-src 'unsafe-inline'; img-src data:");
  for (const rule of ["prefers-color-scheme: dark", "@media print", "max-width: 44rem"])
    expect(PAGE_STYLE).toContain(rule);
});

/** Relative luminance of #rrggbb (WCAG 2). */
const luminance = (colour: string) => {
  const channels = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r, g, b] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
};

test("in the light and in the dark every colour of text reads at 4.5 to 1 on paper and cards", () => {
  const [light, dark] = [...PAGE_STYLE.matchAll(/:root \{([^}]*)\}/g)].map(
    ([, body]) => new Map([...body!.matchAll(/--(\w+): (#[0-9a-f]{6})/g)].map(([, name, value]) => [name!, value!])),
  );
  for (const colours of [light!, dark!])
    for (const ground of ["paper", "card"])
      for (const ink of ["ink", "faint", "link", "holds", "refuted", "unexpected", "undecided"]) {
        const [on, under] = [ink, ground].map((name) => luminance(colours.get(name)!)).sort((a, b) => b - a);
        expect({ ink, ground, reads: (on! + 0.05) / (under! + 0.05) >= 4.5 }).toEqual({ ink, ground, reads: true });
      }
});

test("a page without claims or sections says so", () => {
  expect(textOf(read({ title: "empty", sections: [] }).querySelector("#verdicts"))).toBe(
    "Verdicts No claims were judged.",
  );
});
