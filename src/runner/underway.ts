/** Work that goes on while its giver does other things, a bounded amount at a time. */
export class Underway {
  private readonly works: Promise<void>[] = [];
  private failure: { readonly error: unknown } | null = null;

  /** @param most at a time */
  constructor(private readonly most: number) {}

  /** Takes work that has begun; waits for the oldest where there is too much of it. @throws what an earlier one threw */
  async add(work: Promise<void>): Promise<void> {
    work.catch((error) => {
      this.failure ??= { error };
    });
    this.works.push(work);
    if (this.works.length >= this.most) await this.works.shift();
  }

  /** @throws what one of them threw, as soon as it is known */
  check(): void {
    if (this.failure !== null) throw this.failure.error;
  }

  /** Waits until none goes on, whatever becomes of them. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.works.splice(0));
  }

  /** Waits for all. @throws what one of them threw */
  async end(): Promise<void> {
    while (this.works.length > 0) await this.works.shift();
  }
}
