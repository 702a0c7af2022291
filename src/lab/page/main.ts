/** The page: what a person does goes to the session, what the session hears is shown. */
import { linkOf, stateOf } from "../state/link.js";
import type { LabState } from "../state/settings.js";
import { START } from "../state/start.js";
import { writeAddress } from "./address.js";
import { Controls } from "./controls.js";
import { element } from "./element.js";
import { Frames } from "./frames.js";
import { drawLoss } from "./loss-chart.js";
import { drawMatrices } from "./matrix-chart.js";
import { drawPredictions } from "./prediction-charts.js";
import { writeRanking } from "./ranking-list.js";
import { writeLegend, writeNotes } from "./reading.js";
import { listenToSaving } from "./saving.js";
import { Session } from "./session.js";
import { listenToStudy, writeStudy } from "./study-panel.js";
import { listenToTransport, writeTransport } from "./transport.js";

const frames = new Frames((perSecond) => {
  element("frames").textContent = `${Math.round(perSecond)} frames/s`;
});

const session: Session = new Session(stateOf(location.hash, START) ?? START, (...news) => {
  const shows = {
    choices: ["settings"],
    settings: ["settings", "study", "transport", "loss"],
    snapshot: ["transport", "loss"],
    theory: ["loss"],
    weights: ["weights"],
    predictions: ["predictions"],
    ranking: ["ranking"],
    place: ["transport", "study"],
  } as const;
  frames.mark(...news.flatMap((each) => [...shows[each]]));
});

const controls = new Controls(
  element<HTMLFormElement>("settings"),
  () => session.settings,
  (set) => session.change(set),
);
frames.add("settings", () => {
  if (session.choices && session.regime) controls.write(session.choices);
});
frames.add("transport", () => {
  writeTransport(session);
  writeAddress(session);
});
frames.add("study", () => writeStudy(session));
frames.add("loss", () => {
  drawLoss(element("loss"), session.record, session.state.axis);
  writeNotes(session);
});
frames.add("weights", () => {
  const { levels, weighed } = session;
  const target = levels && typeof levels.target !== "string" ? [levels.target] : [];
  if (weighed) drawMatrices(element("weights"), [...weighed.matrices, ...target]);
  writeNotes(session);
});
frames.add("predictions", () => {
  if (session.predictions) drawPredictions(element("predictions"), session.predictions);
});
frames.add("ranking", () => {
  writeRanking(element("ranking"), session.ranking);
  writeNotes(session);
});

writeLegend(element("legend"));
listenToTransport(session, () => frames.mark("transport", "loss"));
listenToStudy(session);
listenToSaving(session);
addEventListener("resize", () => frames.mark("loss", "weights"));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => frames.mark("weights"));
addEventListener("hashchange", () => {
  const state = stateOf(location.hash, START);
  if (state && linkOf(state) !== linkOf(session.state)) session.begin(state);
});
element<HTMLFormElement>("settings").addEventListener("submit", (event) => event.preventDefault());
session.begin(session.state);

/** For the console of a browser, and for tests: the state, the last snapshot, and a GPU that is lost. */
Object.assign(globalThis, {
  lab: {
    state: (): LabState => session.state,
    snapshot: () => session.snapshot,
    levels: () => session.levels,
    risk: () => session.weighed,
    course: () => [...session.record.courses.entries()],
    lose: () => session.send({ kind: "lose" }),
  },
});
