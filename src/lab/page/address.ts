import { linkOf } from "../state/link.js";
import type { LabState } from "../state/settings.js";
import type { Session } from "./session.js";

/** Milliseconds between two changes of the address, which browsers limit. */
const EVERY = 400;

let written = "";
let at = 0;
let later: ReturnType<typeof setTimeout> | undefined;

/** The state as another page should begin with it: one that is paused trains to where this one stands. */
export function shownState({ state, snapshot }: Session): LabState {
  if (!snapshot || snapshot.playing || snapshot.step === 0) return state;
  return { ...state, until: snapshot.step, playing: true };
}

/** Keeps the address that of the state. */
export function writeAddress(session: Session): void {
  clearTimeout(later);
  const link = linkOf(shownState(session));
  if (link === written) return;
  const wait = at + EVERY - performance.now();
  if (wait > 0) later = setTimeout(() => writeAddress(session), wait);
  else {
    history.replaceState(null, "", `#${link}`);
    [written, at] = [link, performance.now()];
  }
}
