/** Milliseconds between two drawings of one picture: faster than that nobody reads. */
const EVERY = 120;

/** Milliseconds over which frames are counted. */
const WINDOW = 1000;

/**
 * Draws pictures, at most one in a frame of the screen, so that none of them makes the page miss one; and counts frames.
 */
export class Frames {
  private readonly pictures = new Map<string, { readonly draw: () => void; dirty: boolean; at: number }>();
  private counted = 0;
  private since = performance.now();

  /** @param told hears, every second, how many frames it had */
  constructor(private readonly told: (perSecond: number) => void) {
    requestAnimationFrame(() => this.frame());
  }

  /** Names a picture and how it is drawn. */
  add(name: string, draw: () => void): void {
    this.pictures.set(name, { draw, dirty: false, at: 0 });
  }

  /** Has a picture drawn soon. */
  mark(...names: readonly string[]): void {
    for (const name of names) this.pictures.get(name)!.dirty = true;
  }

  private frame(): void {
    // First: a picture that cannot be drawn must not stop the others.
    requestAnimationFrame(() => this.frame());
    const now = performance.now();
    this.counted += 1;
    if (now - this.since >= WINDOW) {
      this.told((1000 * this.counted) / (now - this.since));
      [this.counted, this.since] = [0, now];
    }
    const waiting = [...this.pictures.values()].filter(({ dirty, at }) => dirty && now - at >= EVERY);
    const [oldest] = waiting.sort((a, b) => a.at - b.at);
    if (oldest) {
      Object.assign(oldest, { dirty: false, at: now });
      oldest.draw();
    }
  }
}
