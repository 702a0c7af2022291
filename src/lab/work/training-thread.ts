import type { Catalogue } from "../../types.js";
import type { FromTraining, ToTraining } from "../messages.js";
import { choicesOf } from "./choices.js";
import type { Port } from "./port.js";
import { Trainer } from "./trainer.js";

/** The thread that trains. */
export function trainingThread(port: Port<FromTraining, ToTraining>, catalogue: Catalogue): void {
  const trainer = new Trainer(catalogue, (message) => port.postMessage(message));
  port.onmessage = ({ data }) => trainer.receive(data);
  port.postMessage({ kind: "choices", choices: choicesOf(catalogue) });
  void trainer.work();
}
