import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Resvg } from "@resvg/resvg-js";

const fonts = join(dirname(createRequire(import.meta.url).resolve("dejavu-fonts-ttf/package.json")), "ttf");

/** Fonts come with the package: on a machine without any, all text would vanish from the picture. */
const font = {
  loadSystemFonts: false,
  fontFiles: [join(fonts, "DejaVuSans.ttf"), join(fonts, "DejaVuSans-Bold.ttf")],
  defaultFontFamily: "DejaVu Sans",
};

/** A standalone SVG as a PNG with `zoom` dots a pixel; the same bytes on every machine. */
export function pngOf(svg: string, zoom = 2): Buffer {
  return new Resvg(svg, { font, fitTo: { mode: "zoom", value: zoom } }).render().asPng();
}
