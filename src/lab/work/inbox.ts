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

  /** Whether such a message waits. */
  has(wanted: (message: Message) => boolean): boolean {
    return this.waiting.some(wanted);
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
