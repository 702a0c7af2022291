import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";

/** A link of a page, and the page that it stands on, both as they are written. */
export interface Link {
  readonly page: string;
  readonly tag: string;
  readonly target: string;
}

/** Every page of a built site, as paths from its folder. */
export const pagesOf = (site: string): string[] =>
  readdirSync(site, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".html"))
    .sort();

/** What the pages of a site link to, load or show, data: addresses left out. */
export function linksOf(site: string): Link[] {
  return pagesOf(site).flatMap((page) => {
    const text = readFileSync(join(site, page), "utf8");
    return [...text.matchAll(/<(\w+)\b[^>]*?\s(?:href|src)="([^"]*)"/g)]
      .map(([, tag, target]) => ({ page, tag: tag as string, target: (target as string).replaceAll("&amp;", "&") }))
      .filter(({ target }) => !target.startsWith("data:"));
  });
}

export const leavesSite = ({ target }: Link): boolean => /^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target);

/** Links within a site that lead to no file of it, or to no anchor of the page that they name. */
export function brokenLinks(site: string): Link[] {
  const anchors = new Map<string, ReadonlySet<string>>();
  const anchorsOf = (file: string) => {
    if (!anchors.has(file)) {
      const text = readFileSync(file, "utf8");
      anchors.set(file, new Set([...text.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id as string)));
    }
    return anchors.get(file) as ReadonlySet<string>;
  };
  return linksOf(site)
    .filter((link) => !leavesSite(link))
    .filter(({ page, target }) => {
      const [path = "", anchor = ""] = target.split("#");
      const named = decodeURI(path.replace(/\?.*$/, ""));
      const place = named === "" ? page : named.startsWith("/") ? named.slice(1) : join(dirname(page), named);
      const file = join(site, place, place === "" || place.endsWith("/") ? "index.html" : "");
      if (!existsSync(file) || !statSync(file).isFile()) return true;
      return anchor !== "" && file.endsWith(".html") && !anchorsOf(file).has(decodeURIComponent(anchor));
    });
}
