/** Milliseconds between two looks at the messages. */
const EVERY = 20;

/** Pauses in which a busy thread reads its messages. A port's message comes at once; a page's timer takes 4 ms. */
export class Pauses {
  private last = performance.now();

  get due(): boolean {
    return performance.now() - this.last > EVERY;
  }

  async pause(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    await new Promise((resume) => {
      port1.onmessage = resume;
      port2.postMessage(null);
    });
    port1.close();
    this.last = performance.now();
  }
}
