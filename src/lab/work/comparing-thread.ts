import type { Catalogue } from "../../types.js";
import type { FromComparing, ToComparing } from "../messages.js";
import { Comparing } from "./comparing.js";
import { Inbox } from "./inbox.js";
import type { Port } from "./port.js";

/** The thread that compares a model's predictions with predictors'. */
export function comparingThread(port: Port<FromComparing, ToComparing>, catalogue: Catalogue): void {
  const inbox = new Inbox<ToComparing>();
  port.onmessage = ({ data }) => inbox.put(data);
  void work(port, inbox, catalogue);
}

async function work(
  port: Port<FromComparing, ToComparing>,
  inbox: Inbox<ToComparing>,
  catalogue: Catalogue,
): Promise<never> {
  let comparing: Comparing | null = null;
  let run = 0;
  for (;;) {
    const message = inbox.take();
    if (message?.kind === "regime") {
      // A slider on its way: only where it comes to is compared.
      if (inbox.has(({ kind }) => kind === "regime")) continue;
      comparing = await Comparing.of(message.regime, catalogue);
      run = message.regime.run;
    } else if (message) {
      if (message.run !== run || !comparing) continue;
      port.postMessage(comparing.predictions(message.step, message.weights));
      if (message.rank) port.postMessage(await comparing.ranking(message.step, message.weights));
    } else await inbox.rest();
  }
}
