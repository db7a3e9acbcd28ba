/** Cuts long work into slices, so that requests are answered between two. */
export class TimeSlices {
  readonly #sliceMs: number;
  #begunMs = performance.now();

  /** @param sliceMs how long the event loop is held up at the most, if `pause` is called often; milliseconds */
  constructor(sliceMs: number) {
    this.#sliceMs = sliceMs;
  }

  /** To be awaited often. Lets others have their turn when a slice is over. */
  async pause(): Promise<void> {
    if (performance.now() - this.#begunMs < this.#sliceMs) return;
    await new Promise(setImmediate);
    this.#begunMs = performance.now();
  }

  /** Whether a slice is over: where there are many steps, so that most need not wait for a promise. */
  get isOver(): boolean {
    return performance.now() - this.#begunMs >= this.#sliceMs;
  }
}
