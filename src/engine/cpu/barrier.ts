/** Words of the control block that threads of one crew share. */
const Word = { asked: 0, halted: 1, abandoned: 2, claimed: 3, arrived: 4, phase: 5 } as const;

/** Bytes of a control block, zero at first. */
export const CONTROL_BYTES = 24;

/** Looks before sleeping, some 20 us: waking a thread costs 50, and looking takes a core from whoever has work. */
const SPINS = 4000;

/**
 * Where the threads of a crew share out a step's chunks and meet at its end, and where the main thread leaves word to
 * stop. A pure spin would cost milliseconds a step when threads outnumber cores; a pure wait costs a wake-up every time.
 */
export class Barrier {
  private readonly words: Int32Array;

  constructor(
    control: ArrayBufferLike,
    readonly members: number,
  ) {
    this.words = new Int32Array(control);
  }

  /** A chunk of this step that no other member has: 0, 1, 2, ...; from `chunks` on, or once a stop is asked, there is none. */
  claim(chunks: number): number {
    if (Atomics.load(this.words, Word.asked) === 1) return chunks;
    return Atomics.add(this.words, Word.claimed, 1);
  }

  /**
   * Returns when all members have called it, and begins a new step: all see the same answer in `halted`. Returns at
   * once when a member has abandoned the crew, which the others would wait for for ever: `abandoned` says so.
   */
  meet(): void {
    const { words } = this;
    const phase = Atomics.load(words, Word.phase);
    // Whoever reads a phase from before `abandon` sees it change below; whoever reads it later sees the word here.
    if (this.abandoned) return;
    if (Atomics.add(words, Word.arrived, 1) + 1 === this.members) {
      Atomics.store(words, Word.arrived, 0);
      Atomics.store(words, Word.claimed, 0);
      Atomics.store(words, Word.halted, Atomics.load(words, Word.asked));
      this.advance();
      return;
    }
    for (let spin = 0; Atomics.load(words, Word.phase) === phase; spin++)
      if (spin >= SPINS) Atomics.wait(words, Word.phase, phase);
  }

  /** Asks the crew to stop before its next chunk; from any thread, at any time. */
  stop(): void {
    Atomics.store(this.words, Word.asked, 1);
  }

  /** Whether the crew had been asked to stop when it last met: its sums may then lack chunks. */
  get halted(): boolean {
    return Atomics.load(this.words, Word.halted) === 1;
  }

  /** Of a member that cannot go on: lets the others out of `meet`, now or when they come to it. */
  abandon(): void {
    Atomics.store(this.words, Word.abandoned, 1);
    this.advance();
  }

  get abandoned(): boolean {
    return Atomics.load(this.words, Word.abandoned) === 1;
  }

  private advance(): void {
    Atomics.add(this.words, Word.phase, 1);
    Atomics.notify(this.words, Word.phase);
  }
}
