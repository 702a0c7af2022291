import type { Choice } from "../messages.js";
import { at } from "../state/paths.js";
import type { Control } from "./control.js";
import { made } from "./element.js";

/** A choice among units, with the sentence of the one that is chosen. */
export function choiceControl(
  id: string,
  choices: readonly Choice[],
  path: string,
  chosen: (choice: Choice) => void,
): Control {
  const options = choices.map(({ name }) => made("option", { value: name }, [name]));
  const select = made("select", { id }, options);
  const says = made("p", { className: "note" });
  select.addEventListener("change", () => chosen(choices.find(({ name }) => name === select.value)!));
  return {
    node: made("div", { className: "field" }, [made("label", { htmlFor: id }, [id]), select, says]),
    show(settings) {
      const name = String(at(settings, path));
      // A choice that was refused goes back.
      select.value = name;
      says.textContent = choices.find((each) => each.name === name)?.says ?? "";
    },
  };
}
