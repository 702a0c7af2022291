import * as Plot from "@observablehq/plot";

/**
 * Draws Plot options in a place of the page, in the stead of what was there. Plot's own style element goes, which a strict
 * content security policy refuses: the page's style sheet has its rules.
 */
export function drawn(place: HTMLElement, options: Plot.PlotOptions): void {
  place.replaceChildren(picture(options));
}

/** The drawing by itself. */
export function picture(options: Plot.PlotOptions): SVGSVGElement {
  const { title: _, caption: __, legend: ___, ...bare } = options as Plot.PlotOptions & { readonly legend?: unknown };
  const svg = Plot.plot({ ...bare, figure: false }) as SVGSVGElement;
  for (const style of Array.from(svg.querySelectorAll("style"))) style.remove();
  svg.setAttribute("aria-hidden", "true");
  return svg;
}
