/** The page's only style. Figures keep white paper in the dark too: their colours are chosen for it. */
export const PAGE_STYLE = `
:root {
  --paper: #ffffff; --card: #f6f7f9; --ink: #1b1f24; --faint: #59636e; --line: #d5dae0; --link: #0b5cad;
  --holds: #14683a; --refuted: #5b3b8c; --unexpected: #a8201a; --undecided: #7a5b00;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #14171b; --card: #1d2228; --ink: #e4e7eb; --faint: #a0aab5; --line: #363e47; --link: #7ab7f5;
    --holds: #74cf98; --refuted: #c0a5f0; --unexpected: #ff8f86; --undecided: #e3c062;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 1.5rem 1rem 4rem; max-width: 70rem;
  background: var(--paper); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
}
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 .25rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .5rem; padding-top: 1rem; border-top: 2px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0 0 .4rem; }
p { margin: .4rem 0; max-width: 48rem; }
a { color: var(--link); text-decoration-thickness: .06em; text-underline-offset: .15em; }
code, pre { font: .88em/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
pre { overflow-x: auto; padding: .75rem; background: var(--card); border: 1px solid var(--line); border-radius: .4rem; }
.subtitle, .byline, .key, figcaption, small { color: var(--faint); }
.byline { overflow-wrap: anywhere; }
.key, figcaption { font-size: .88rem; }
.key { max-width: none; }
.counts { font-size: 1.1rem; font-weight: 600; }
.question { font-size: 1.05rem; }
table { border-collapse: collapse; width: 100%; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .6rem; border-bottom: 1px solid var(--line); }
thead th { color: var(--faint); font-weight: 600; font-size: .85rem; white-space: nowrap; }
.group th { background: var(--card); }
.says small { display: block; margin-top: .1rem; overflow-wrap: anywhere; }
.number { font-variant-numeric: tabular-nums; white-space: nowrap; }
.verdicts .says { width: 40%; }
.notes td { width: 33.3%; }
.badge { font-weight: 600; white-space: nowrap; }
.holds { color: var(--holds); }
.refuted-as-expected { color: var(--refuted); }
.unexpected { color: var(--unexpected); }
.undecided { color: var(--undecided); }
figure, article {
  margin: 1rem 0; padding: .9rem; background: var(--card); border: 1px solid var(--line); border-radius: .4rem;
}
.drawing { overflow-x: auto; background: #fff; border-radius: .25rem; }
.drawing > svg { display: block; margin: 0 auto; width: 100%; min-width: 32rem; max-width: 46rem; height: auto; }
figcaption { margin-top: .5rem; max-width: 48rem; }
.facts { display: flex; flex-wrap: wrap; gap: .15rem 1.6rem; margin: .4rem 0; }
.facts div { display: flex; gap: .45rem; max-width: 100%; }
.facts dt { color: var(--faint); flex: none; }
.facts dt::after { content: ":"; }
.facts dd { margin: 0; overflow-wrap: anywhere; min-width: 0; }
details { margin: 1rem 0; }
summary { cursor: pointer; font-weight: 600; }
@media (max-width: 62rem) {
  .badge, .number { white-space: normal; }
}
@media screen and (max-width: 44rem) {
  table, tbody, tr, td, .group th { display: block; width: auto; }
  thead { display: none; }
  tr { border-bottom: 2px solid var(--line); padding: .4rem 0; }
  td, .notes td, .verdicts .says { border: 0; padding: .15rem 0; width: auto; }
  td::before { content: attr(data-head) ": "; color: var(--faint); font-size: .85rem; }
  .says::before, td[data-head="verdict"]::before { content: none; }
  .notes td::before { display: block; font-weight: 600; }
  figure, article { padding: .6rem; }
}
@media print {
  :root {
    --paper: #fff; --card: #fff; --ink: #000; --faint: #333; --line: #999; --link: #000;
    --holds: #000; --refuted: #000; --unexpected: #000; --undecided: #000;
  }
  body { max-width: none; padding: 0; font-size: 10pt; }
  table, thead th { font-size: 8.5pt; }
  .badge, .number { white-space: normal; }
  figure, article, tr { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  a { text-decoration: none; }
  .drawing > svg { min-width: 0; max-width: 14cm; }
}
`;
