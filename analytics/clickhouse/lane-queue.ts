/** Runs calls one after another, in the order they came. */
export class LaneQueue {
  #tail: Promise<unknown> = Promise.resolve();

  /** Settles as `call` does, which starts when all earlier ones have ended. */
  run<T>(call: () => Promise<T>): Promise<T> {
    const result = this.#tail.then(call, call);
    this.#tail = result.catch(() => undefined);
    return result;
  }

  /** Resolves when all calls made so far have ended. */
  async idle(): Promise<void> {
    await this.#tail;
  }
}
