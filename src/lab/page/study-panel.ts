import { linkOf } from "../state/link.js";
import { studyText } from "../state/study-text.js";
import { shownState } from "./address.js";
import { element, made } from "./element.js";
import { PRESETS } from "./presets.js";
import type { Session } from "./session.js";

/** Shows the settings as a study, and the command that runs it. */
export function writeStudy({ settings, state }: Session): void {
  const study = element<HTMLTextAreaElement>("study");
  const notes =
    state.changes.length > 0
      ? ["Settings were changed while it trained: this study trains with the last ones from its beginning."]
      : [];
  if (document.activeElement !== study) study.value = studyText(settings, notes);
  element("command").textContent = `iclab run study.yaml --seed ${state.seed}`;
}

/** Listens to the study's buttons and to the choice of a paper's cell. */
export function listenToStudy(session: Session): void {
  const study = element<HTMLTextAreaElement>("study");
  const begin = (text: string) => session.begin({ ...session.state, changes: [], until: null, playing: false }, text);
  element("use-study").addEventListener("click", () => begin(study.value));
  element("copy-study").addEventListener("click", () => copy("copy-study", study.value));
  element("copy-link").addEventListener("click", () => {
    const address = new URL(location.href);
    address.hash = linkOf(shownState(session));
    void copy("copy-link", address.href);
  });
  const preset = element<HTMLSelectElement>("preset");
  preset.append(
    made("option", { value: "" }, ["Choose …"]),
    ...PRESETS.map(({ title }, i) => made("option", { value: String(i) }, [title])),
  );
  preset.addEventListener("change", () => {
    const chosen = PRESETS[Number(preset.value)];
    if (preset.value !== "" && chosen) begin(chosen.study);
  });
}

async function copy(id: string, text: string): Promise<void> {
  const button = element(id);
  const label = button.textContent;
  await navigator.clipboard.writeText(text);
  button.textContent = "Copied";
  setTimeout(() => {
    button.textContent = label;
  }, 1500);
}
