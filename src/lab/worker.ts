/** The program of each of the page's threads; its name says which one it is. One text, so that they share what is loaded. */
import { labCatalogue } from "./work/catalogue.js";
import { comparingThread } from "./work/comparing-thread.js";
import type { Port } from "./work/port.js";
import { theoryThread } from "./work/theory-thread.js";
import { trainingThread } from "./work/training-thread.js";

// biome-ignore lint/suspicious/noExplicitAny: each thread knows what it hears.
const port = self as unknown as Port<any, any> & { readonly name: string };
const threads = { training: trainingThread, theory: theoryThread, comparing: comparingThread };
threads[port.name as keyof typeof threads](port, labCatalogue());
