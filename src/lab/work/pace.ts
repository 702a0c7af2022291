/** Milliseconds over which the pace is told, and for which an idle limit saves up. */
const WINDOW = 500;

/** How fast updates are made, and how many may be made now where their number a second is limited. */
export class Pace {
  private counted = 0;
  private since = performance.now();
  private told = 0;
  private allowed = 0;
  private at = performance.now();

  /** @param perSecond updates a second at most; null: no limit */
  constructor(private perSecond: number | null) {}

  limit(perSecond: number | null): void {
    this.perSecond = perSecond;
    this.allowed = 0;
    this.at = performance.now();
  }

  /** How many updates may be made now; where none, so many milliseconds on there may. */
  allowance(): { readonly updates: number; readonly wait: number } {
    if (this.perSecond === null) return { updates: Number.POSITIVE_INFINITY, wait: 0 };
    const now = performance.now();
    this.allowed = Math.min(
      Math.max(1, (this.perSecond * WINDOW) / 1000),
      this.allowed + ((now - this.at) * this.perSecond) / 1000,
    );
    this.at = now;
    const updates = Math.floor(this.allowed);
    return { updates, wait: updates > 0 ? 0 : Math.min(100, ((1 - this.allowed) * 1000) / this.perSecond) };
  }

  /** Takes note of updates. */
  made(updates: number): void {
    this.allowed -= updates;
    this.counted += updates;
    const now = performance.now();
    if (now - this.since < WINDOW) return;
    this.told = (1000 * this.counted) / (now - this.since);
    [this.counted, this.since] = [0, now];
  }

  /** Updates a second at most; null: no limit. */
  get limited(): number | null {
    return this.perSecond;
  }

  /** Updates a second, lately. */
  get lately(): number {
    return this.told;
  }
}
