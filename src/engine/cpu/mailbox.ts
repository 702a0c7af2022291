/** Values from callbacks, taken one after another by one reader. */
export class Mailbox<Value> {
  private readonly values: Value[] = [];
  private waiting: (() => void) | null = null;

  put(value: Value): void {
    this.values.push(value);
    this.wake();
  }

  /** Lets a waiting `take` return without a value. */
  wake(): void {
    this.waiting?.();
    this.waiting = null;
  }

  /** The next value; undefined where `wake` came first. */
  async take(): Promise<Value | undefined> {
    if (this.values.length === 0)
      await new Promise<void>((resolve) => {
        this.waiting = resolve;
      });
    return this.values.shift();
  }
}
