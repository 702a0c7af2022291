import { element } from "./element.js";
import { rowsText } from "./rows-text.js";
import { saveFile, svgText } from "./save.js";
import type { Session } from "./session.js";

/** Lets rows and pictures be saved. */
export function listenToSaving(session: Session): void {
  element("save-rows").addEventListener("click", () => saveFile("iclab-lab.csv", "text/csv", rowsText(session.record)));
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-save]")) {
    const id = button.dataset.save!;
    button.addEventListener("click", () => {
      const place = element(id);
      saveFile(`iclab-${id}.svg`, "image/svg+xml", svgText(place, place.ariaLabel ?? id));
    });
  }
}
