/** Keeps what was made for a while, by a key; of those who ask at the same time, one makes it for all. */
export class KeptFor<Value> {
  readonly #forMs: number;
  readonly #most: number;
  readonly #kept = new Map<string, { readonly untilMs: number; readonly value: Promise<Value> }>();

  /** @param most values kept at a time */
  constructor(forMs: number, most: number) {
    this.#forMs = forMs;
    this.#most = most;
  }

  /** What fails is not kept. */
  get(key: string, nowMs: number, make: () => Promise<Value>): Promise<Value> {
    const found = this.#kept.get(key);
    if (found !== undefined && nowMs < found.untilMs) return found.value;
    const value = make();
    this.#kept.delete(key);
    this.#kept.set(key, { untilMs: nowMs + this.#forMs, value });
    value.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > this.#most && oldest !== undefined) this.#kept.delete(oldest);
    return value;
  }
}
