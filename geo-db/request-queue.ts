import { GeoWebServiceError } from './web-service-error.ts';

export interface RequestQueueOptions {
  readonly maxConcurrent: number;
  readonly maxPerSecond: number;
  readonly maxQueued: number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onState: ((problem: GeoWebServiceError | undefined) => void) | undefined;
}

interface Waiting<Value> {
  readonly run: () => Promise<Value>;
  readonly done: Promise<Value>;
  resolve(value: Value): void;
  reject(error: GeoWebServiceError): void;
}

const shortestPauseMs = 1000;
const longestPauseMs = 300_000;
const lastingPauseMs = 600_000;

/**
 * Requests one for each key, so many at once and so many in a second. After a failure nothing is asked for a while,
 * which doubles with each further one, and what waits is given up.
 */
export class RequestQueue<Key, Value> {
  readonly #options: RequestQueueOptions;
  /** In the order of their turn. */
  #waiting = new Map<Key, Waiting<Value>>();
  readonly #running = new Map<Key, Promise<Value>>();
  #timer: NodeJS.Timeout | undefined;
  #nextStartMs = 0;
  #pausedUntilMs = 0;
  #failuresInARow = 0;
  #problem: GeoWebServiceError | undefined;
  #asked = 0;
  #failed = 0;
  #closed = false;

  constructor(options: RequestQueueOptions) {
    this.#options = options;
  }

  /** Takes the request where there is room and the service is not paused; its failure is nobody's. */
  offer(key: Key, run: () => Promise<Value>): void {
    if (this.#waiting.has(key) || this.#running.has(key)) return;
    if (this.#closed || this.#paused() || this.#waiting.size >= this.#options.maxQueued) return;
    this.#add(key, run, false);
  }

  /**
   * Goes before all that was offered, and joins what is under way.
   * @throws GeoWebServiceError also at once, while the service is paused
   */
  async demand(key: Key, run: () => Promise<Value>): Promise<Value> {
    const underWay = this.#running.get(key) ?? this.#waiting.get(key)?.done;
    if (underWay !== undefined) return underWay;
    if (this.#closed) throw new GeoWebServiceError('CLOSED');
    if (this.#paused() && this.#problem !== undefined) throw this.#problem;
    return this.#add(key, run, true);
  }

  status() {
    return {
      queued: this.#waiting.size,
      asked: this.#asked,
      failed: this.#failed,
      pausedUntilMs: this.#paused() ? this.#pausedUntilMs : 0,
      problem: this.#problem,
    };
  }

  close(): void {
    this.#closed = true;
    this.#giveUp(new GeoWebServiceError('CLOSED'));
  }

  #paused(): boolean {
    return this.#pausedUntilMs > this.#options.now();
  }

  #add(key: Key, run: () => Promise<Value>, first: boolean): Promise<Value> {
    let settle: Pick<Waiting<Value>, 'resolve' | 'reject'> | undefined;
    const done = new Promise<Value>((resolve, reject) => {
      settle = { resolve, reject };
    });
    done.catch(() => undefined);
    const waiting: Waiting<Value> = {
      run,
      done,
      resolve: (value) => settle?.resolve(value),
      reject: (error) => settle?.reject(error),
    };
    if (first) this.#waiting = new Map([[key, waiting], ...this.#waiting]);
    else this.#waiting.set(key, waiting);
    this.#pump();
    return done;
  }

  #pump(): void {
    clearTimeout(this.#timer);
    const { maxConcurrent, maxPerSecond, now } = this.#options;
    while (this.#waiting.size > 0 && this.#running.size < maxConcurrent) {
      const nowMs = now();
      if (nowMs < this.#nextStartMs) {
        this.#timer = setTimeout(() => this.#pump(), this.#nextStartMs - nowMs).unref();
        return;
      }
      this.#nextStartMs = nowMs + 1000 / maxPerSecond;
      const [next] = this.#waiting;
      if (next !== undefined) void this.#start(...next);
    }
  }

  async #start(key: Key, waiting: Waiting<Value>): Promise<void> {
    this.#waiting.delete(key);
    this.#running.set(key, waiting.done);
    this.#asked++;
    try {
      waiting.resolve(await waiting.run());
      this.#recovered();
    } catch (cause) {
      const error = cause instanceof GeoWebServiceError ? cause : new GeoWebServiceError('UNKNOWN');
      waiting.reject(error);
      this.#failure(error);
    } finally {
      this.#running.delete(key);
      this.#pump();
    }
  }

  #recovered(): void {
    this.#failuresInARow = 0;
    if (this.#problem === undefined || this.#paused()) return;
    this.#problem = undefined;
    this.#options.onState?.(undefined);
  }

  /** Requests that ran side by side fail together: they are one failure. */
  #failure(error: GeoWebServiceError): void {
    this.#failed++;
    if (this.#paused()) return;
    const pauseMs = Math.min(shortestPauseMs * 2 ** this.#failuresInARow++, longestPauseMs);
    this.#pausedUntilMs = this.#options.now() + (error.lasting ? lastingPauseMs : pauseMs);
    if (this.#problem?.code !== error.code) this.#options.onState?.(error);
    this.#problem = error;
    this.#giveUp(error);
  }

  #giveUp(error: GeoWebServiceError): void {
    clearTimeout(this.#timer);
    const waiting = [...this.#waiting.values()];
    this.#waiting.clear();
    for (const { reject } of waiting) reject(error);
  }
}
