import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { brokenLinks, leavesSite, linksOf } from "./site-links.js";

const site = mkdtempSync(join(tmpdir(), "iclab-site-"));
afterAll(() => rmSync(site, { recursive: true }));

test("a link to no file, and one to no anchor, are found; those that lead somewhere are not", () => {
  writeFileSync(join(site, "index.html"), `<h1 id="top"><a class="x" href="#top">a</a><a href="/b.html#there">b</a>`);
  writeFileSync(
    join(site, "b.html"),
    `<p id="there"><img src="none.svg"><a href="/">a</a><a href="/b.html#gone">c</a>`,
  );
  expect(brokenLinks(site)).toEqual([
    { page: "b.html", tag: "img", target: "none.svg" },
    { page: "b.html", tag: "a", target: "/b.html#gone" },
  ]);
});

test("what another host would be asked for is told from what the site has itself", () => {
  writeFileSync(join(site, "b.html"), `<script src="https://cdn.example/x.js"></script><a href="//else.example">c</a>`);
  expect(linksOf(site).filter(leavesSite)).toHaveLength(2);
});
