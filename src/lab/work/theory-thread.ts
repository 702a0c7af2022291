import type { Catalogue } from "../../types.js";
import type { FromTheory, ToTheory } from "../messages.js";
import { Inbox } from "./inbox.js";
import type { Port } from "./port.js";
import { Theory } from "./theory.js";

/** Milliseconds of the predicted course between two looks at the messages. */
const PORTION = 15;

/** The thread of theory: levels, the predicted course, and what each snapshot's weights are worth. */
export function theoryThread(port: Port<FromTheory, ToTheory>, catalogue: Catalogue): void {
  const inbox = new Inbox<ToTheory>();
  port.onmessage = ({ data }) => inbox.put(data);
  void work(port, inbox, catalogue);
}

async function work(port: Port<FromTheory, ToTheory>, inbox: Inbox<ToTheory>, catalogue: Catalogue): Promise<never> {
  let theory: Theory | null = null;
  let run = 0;
  let from = 0;
  for (;;) {
    const message = inbox.take();
    if (message?.kind === "regime") {
      theory = await Theory.of(message.regime, catalogue);
      ({ run, step: from } = message.regime);
      port.postMessage(theory.levels());
    } else if (message) {
      // Where a risk takes longer to measure than training to go on, snapshots in between are left out.
      if (theory?.samples && inbox.has((later) => later.kind === "weigh")) continue;
      if (message.run === run && theory) port.postMessage(theory.weigh(message.step, message.weights));
    } else if (theory?.course && !theory.course.finished) {
      const points = theory.course.advance(PORTION);
      if (points.length > 0) port.postMessage({ kind: "course", run, from, points });
      await inbox.rest(0);
    } else await inbox.rest();
  }
}
