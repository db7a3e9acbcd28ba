import type { Rate } from '../../../analytics/index.ts';

/** Keys that share a place; of more, the one that was quiet for longest is forgotten. */
const ways = 4;

/**
 * Remembers the last times of many keys in a fixed amount of memory, and tells whether a key comes too often. Where
 * more keys come than fit, some are forgotten early and a rate is missed; none is ever reported without cause.
 * Keys are 64 bits that are spread evenly already.
 */
export class RateTable {
  readonly #rates: readonly Rate[];
  /** Times kept of a key: as many as the largest rate looks back. */
  readonly #depth: number;
  readonly #sets: number;
  readonly #keys: Uint32Array;
  /** How often a key came, 0: the place is free. */
  readonly #counts: Float64Array;
  /** Of each key a ring of its last times, in milliseconds since 1970. */
  readonly #times: Float64Array;

  /** @param times most times that are kept, 8 bytes each; rounded down to a power of two of keys */
  constructor(rates: readonly Rate[], times: number) {
    this.#rates = rates;
    this.#depth = Math.max(1, ...rates.map(({ count }) => count));
    this.#sets = 2 ** Math.max(0, Math.floor(Math.log2(times / this.#depth / ways)));
    const places = rates.length === 0 ? 0 : this.#sets * ways;
    this.#keys = new Uint32Array(2 * places);
    this.#counts = new Float64Array(places);
    this.#times = new Float64Array(places * this.#depth);
  }

  /** Bytes it takes, however many keys come. */
  get bytes(): number {
    return this.#keys.byteLength + this.#counts.byteLength + this.#times.byteLength;
  }

  /** Takes note of an event; whether as many as some rate allows came before it within its window. */
  hit(keyHigh: number, keyLow: number, nowMs: number): boolean {
    if (this.#rates.length === 0) return false;
    const place = this.#placeOf(keyHigh >>> 0, keyLow >>> 0);
    const depth = this.#depth;
    const count = this.#counts[place] as number;
    const base = place * depth;
    let tooOften = false;
    for (const rate of this.#rates) {
      if (rate.count > count) continue;
      const then = this.#times[base + ((count - rate.count) % depth)] as number;
      if (nowMs - then < rate.windowMs) tooOften = true;
    }
    this.#times[base + (count % depth)] = nowMs;
    this.#counts[place] = count + 1;
    return tooOften;
  }

  #placeOf(keyHigh: number, keyLow: number): number {
    const first = ((keyLow ^ keyHigh) & (this.#sets - 1)) * ways;
    let quietest = first;
    let quietestMs = Number.POSITIVE_INFINITY;
    for (let place = first; place < first + ways; place++) {
      const count = this.#counts[place] as number;
      if (count !== 0 && this.#keys[2 * place] === keyHigh && this.#keys[2 * place + 1] === keyLow)
        return place;
      const lastMs =
        count === 0 ? -1 : (this.#times[place * this.#depth + ((count - 1) % this.#depth)] as number);
      if (lastMs < quietestMs) {
        quietest = place;
        quietestMs = lastMs;
      }
    }
    this.#keys[2 * quietest] = keyHigh;
    this.#keys[2 * quietest + 1] = keyLow;
    this.#counts[quietest] = 0;
    return quietest;
  }
}
