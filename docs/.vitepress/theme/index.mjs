// The theme without its web font: the reader's own fonts will do, and a page is smaller by 0.5 MB.
import Theme from "vitepress/theme-without-fonts";
import "katex/dist/katex.min.css";
import "./style.css";

export default Theme;
