import { element, made } from "./element.js";
import type { Session } from "./session.js";

/** Updates a second that can be chosen; null: as many as there can be. */
const SPEEDS: readonly (number | null)[] = [1, 10, 100, 1000, null];

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof Element && target.closest("input, select, textarea, button, summary, a") !== null;

/** Listens to the buttons, the fields beside them, and the keys that stand for them. */
export function listenToTransport(session: Session, shown: () => void): void {
  const [speed, seed] = [element<HTMLSelectElement>("speed"), element<HTMLInputElement>("seed")];
  const [backend, axis] = [element<HTMLSelectElement>("backend"), element<HTMLInputElement>("axis")];
  speed.append(
    ...SPEEDS.map((each) =>
      made("option", { value: String(each) }, [each === null ? "full speed" : `${each} updates/s`]),
    ),
  );
  const again = (playing: boolean) =>
    session.begin({ ...session.state, settings: session.settings, changes: [], until: null, playing });
  const play = () => {
    if (session.snapshot?.ended) again(true);
    else session.send({ kind: session.snapshot?.playing ? "pause" : "play" });
  };
  const step = () => session.send({ kind: "step", updates: 1 });
  const reset = () => again(false);
  for (const [id, act] of Object.entries({ play, step, reset })) element(id).addEventListener("click", act);
  const keys: { readonly [key: string]: () => void } = { " ": play, ".": step, r: reset };
  addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (!act || isTyping(event.target) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    act();
  });
  speed.addEventListener("change", () => {
    const chosen = speed.value === "null" ? null : Number(speed.value);
    session.state = { ...session.state, speed: chosen };
    session.send({ kind: "speed", speed: chosen });
  });
  seed.addEventListener("change", () => {
    const value = Number(seed.value);
    if (Number.isSafeInteger(value) && value >= 0)
      session.begin({ ...session.state, seed: value, changes: [], until: null });
  });
  backend.addEventListener("change", () => {
    const wanted = backend.value as "auto" | "webgpu" | "cpu";
    session.begin({ ...session.state, backend: wanted, until: null });
  });
  axis.addEventListener("change", () => {
    session.state = { ...session.state, axis: axis.checked ? "log" : "linear" };
    shown();
  });
}

/** Says how training stands. */
export function writeTransport({ state, snapshot, place, settings, status, fault }: Session): void {
  const { steps } = settings.model.train as { readonly steps: number };
  const playing = snapshot?.playing ?? false;
  element("play").textContent = playing ? "Pause" : snapshot?.ended ? "Again" : "Play";
  element<HTMLButtonElement>("step").disabled = snapshot?.ended ?? false;
  element<HTMLProgressElement>("progress").value = (snapshot?.step ?? 0) / steps;
  const where =
    place === null
      ? "opening …"
      : place.name === "webgpu"
        ? `On your GPU: ${place.adapter.split(";")[0]}.`
        : `On your CPU: ${place.adapter}`;
  const why = place?.why ? `, as ${place.why}.` : place?.name === "cpu" ? "." : "";
  element("place").textContent = `${where}${why}`;
  const pace = snapshot && snapshot.pace > 0 ? `, ${count(snapshot.pace)} updates/s` : "";
  element("pace").textContent = `Update ${snapshot?.step ?? 0} of ${steps}${pace}.`;
  write("status", status);
  write("fault", fault);
  const [speed, seed, backend, axis] = ["speed", "seed", "backend", "axis"].map((id) => element<HTMLInputElement>(id));
  speed!.value = String(state.speed);
  if (document.activeElement !== seed) seed!.value = String(state.seed);
  backend!.value = state.backend;
  axis!.checked = state.axis === "log";
}

/** A live region speaks whenever it is written: only what is new is. */
function write(id: string, text: string): void {
  if (element(id).textContent !== text) element(id).textContent = text;
}

const count = (value: number): string => (value < 10 ? value.toPrecision(2) : Math.round(value).toLocaleString("en"));
