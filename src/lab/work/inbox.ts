/** Messages that wait for a thread that works in portions. */
export class Inbox<Message> {
  private readonly waiting: Message[] = [];
  private wake: () => void = () => {};

  put(message: Message): void {
    this.waiting.push(message);
    this.wake();
  }

  take(): Message | undefined {
    return this.waiting.shift();
  }

  /** Drops messages that later ones have made useless. */
  drop(useless: (message: Message) => boolean): void {
    const kept = this.waiting.filter((message) => !useless(message));
    this.waiting.splice(0, this.waiting.length, ...kept);
  }

  /** Until a message comes, at most so many milliseconds; 0 lets in what waits. */
  rest(milliseconds?: number): Promise<void> {
    return new Promise<void>((resume) => {
      this.wake = resume;
      if (milliseconds !== undefined) setTimeout(resume, milliseconds);
      if (this.waiting.length > 0) resume();
    });
  }
}
