import { made } from "./element.js";

/** Hands a text to the person as a file. */
export function saveFile(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = made("a", { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Attributes in which drawings name colours of the page. */
const COLOURED = ["fill", "stroke"];

/** The drawings of a place as one SVG file that stands alone: one beside another, colours as they are now, on their paper. */
export function svgText(place: HTMLElement, title: string): string {
  const drawings = [...place.querySelectorAll("svg")].filter((svg) => svg.parentElement === place);
  const sizes = drawings.map((svg) => ({
    width: Number(svg.getAttribute("width")),
    height: Number(svg.getAttribute("height")),
  }));
  const { color, backgroundColor } = getComputedStyle(document.body);
  const style = getComputedStyle(document.documentElement);
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  let across = 0;
  for (const [i, drawing] of drawings.entries()) {
    const copy = drawing.cloneNode(true) as SVGSVGElement;
    for (const node of [copy, ...copy.querySelectorAll("*")])
      for (const name of COLOURED) {
        const value = node.getAttribute(name);
        const variable = value?.match(/^var\((--[\w-]+)/)?.[1];
        if (value === "currentColor") node.setAttribute(name, color);
        else if (variable) node.setAttribute(name, style.getPropertyValue(variable).trim() || backgroundColor);
      }
    copy.setAttribute("x", String(across));
    copy.removeAttribute("class");
    root.append(copy);
    across += sizes[i]!.width;
  }
  const height = Math.max(...sizes.map((size) => size.height));
  const named = document.createElementNS(root.namespaceURI, "title");
  named.textContent = title;
  const paper = document.createElementNS(root.namespaceURI, "rect");
  for (const [name, value] of Object.entries({ width: across, height, fill: backgroundColor }))
    paper.setAttribute(name, String(value));
  root.prepend(named, paper);
  for (const [name, value] of Object.entries({ width: across, height, viewBox: `0 0 ${across} ${height}` }))
    root.setAttribute(name, String(value));
  root.setAttribute("font-family", "DejaVu Sans, Verdana, sans-serif");
  root.setAttribute("font-size", "10");
  return new XMLSerializer().serializeToString(root);
}
