/** Milliseconds a dispatch should last: drivers end those of seconds, and a page waits for its picture meanwhile. */
const LASTS = 250;

/** Updates of the first dispatch, and by how many times as many the next may make. */
const FIRST = 1;
const GROWTH = 8;

/** Most rows times updates of a dispatch: their paces travel with it. */
const MOST = 2 ** 18;

/** How many updates a dispatch may make, by what the last one took. */
export class DispatchClock {
  private steps = FIRST;

  /** @param rows of paces that travel with a dispatch */
  constructor(private readonly rows = 1) {}

  /** How many of `left` updates the next dispatch makes. */
  next(left: number): number {
    return Math.min(left, this.steps);
  }

  /** Takes note that so many updates took so long. A dispatch cut short by a wanted snapshot does not shorten the next. */
  made(steps: number, milliseconds: number): void {
    const fitting = Math.floor((LASTS * steps) / Math.max(milliseconds, 1e-3));
    const grown = fitting > this.steps ? Math.max(this.steps, Math.min(fitting, GROWTH * steps)) : fitting;
    this.steps = Math.max(1, Math.min(Math.ceil(MOST / this.rows), grown));
  }
}
