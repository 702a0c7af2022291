/** Words of the control block that threads of one crew share. */
const Word = { asked: 0, halted: 1, arrived: 2, phase: 3 } as const;

/** Bytes of a control block. */
export const CONTROL_BYTES = 16;

/** Looks before sleeping: waking a thread costs some 50 us, a step of training takes a few hundred. */
const SPINS = 4000;

/**
 * Where the threads of a crew meet twice a step, and where the main thread leaves word to stop. A pure spin would cost
 * milliseconds when threads outnumber cores; a pure wait costs a wake-up every time.
 */
export class Barrier {
  private readonly words: Int32Array;

  constructor(
    control: ArrayBufferLike,
    readonly members: number,
  ) {
    this.words = new Int32Array(control);
  }

  /** Returns when all members have called it. */
  meet(): void {
    if (this.members === 1) return;
    const { words } = this;
    const phase = Atomics.load(words, Word.phase);
    if (Atomics.add(words, Word.arrived, 1) + 1 === this.members) {
      Atomics.store(words, Word.arrived, 0);
      Atomics.add(words, Word.phase, 1);
      Atomics.notify(words, Word.phase);
      return;
    }
    for (let spin = 0; Atomics.load(words, Word.phase) === phase; spin++)
      if (spin >= SPINS) Atomics.wait(words, Word.phase, phase);
  }

  /** Asks the crew to stop before its next step; from any thread, at any time. */
  stop(): void {
    Atomics.store(this.words, Word.asked, 1);
  }

  /** The leader's part, while the others wait: from here on all members see the same answer in `halted`. */
  settle(): void {
    Atomics.store(this.words, Word.halted, Atomics.load(this.words, Word.asked));
  }

  get halted(): boolean {
    return Atomics.load(this.words, Word.halted) === 1;
  }
}
