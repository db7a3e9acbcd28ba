import type { Rate } from '../../../analytics/index.ts';

/** Keys that share a set; of more, the one that was quiet for longest is forgotten. */
const ways = 4;
/** Words of a set: two for each key, then how often each came (0: its place is free), then when it came last. */
const setWords = 16;
const countsAt = 8;
const lastAt = 12;

/**
 * Remembers the last times of many keys in a fixed amount of memory, and tells whether a key comes too often. Where
 * more keys come than fit, some are forgotten early and a rate is missed; none is ever reported without cause.
 * Keys are 64 bits that are spread evenly already.
 *
 * A set is 64 bytes, one line of the processor's cache: where a million keys come at random, looking one up costs
 * a wait for memory for the set and one for its times, and nothing else that counts.
 */
export class RateTable {
  readonly #rates: readonly Rate[];
  /** Times kept of a key: as many as the largest rate looks back. */
  readonly #depth: number;
  readonly #mask: number;
  readonly #sets: Uint32Array;
  /** Of each place a ring of its last times, in milliseconds since 1970. */
  readonly #times: Float64Array;

  /** @param times most times that are kept, 8 bytes each; rounded down to a power of two of sets */
  constructor(rates: readonly Rate[], times: number) {
    this.#rates = rates;
    this.#depth = Math.max(1, ...rates.map(({ count }) => count));
    const sets = rates.length === 0 ? 0 : 2 ** Math.max(0, Math.floor(Math.log2(times / this.#depth / ways)));
    this.#mask = sets - 1;
    this.#sets = new Uint32Array(sets * setWords);
    this.#times = new Float64Array(sets * ways * this.#depth);
  }

  /** Bytes it takes, however many keys come. */
  get bytes(): number {
    return this.#sets.byteLength + this.#times.byteLength;
  }

  /** Takes note of an event; whether as many as some rate allows came before it within its window. */
  hit(keyHigh: number, keyLow: number, nowMs: number): boolean {
    const rates = this.#rates;
    if (rates.length === 0) return false;
    const sets = this.#sets;
    const index = (keyLow ^ keyHigh) & this.#mask;
    const set = index * setWords;
    const way = this.#wayOf(set, keyHigh >>> 0, keyLow >>> 0);
    const count = sets[set + countsAt + way] as number;
    const depth = this.#depth;
    const times = this.#times;
    const base = (index * ways + way) * depth;
    let tooOften = false;
    for (let i = 0; i < rates.length && count > 0; i++) {
      const rate = rates[i] as Rate;
      if (rate.count > count) continue;
      if (nowMs - (times[base + ((count - rate.count) % depth)] as number) < rate.windowMs) tooOften = true;
    }
    times[base + (count % depth)] = nowMs;
    sets[set + countsAt + way] = count + 1;
    sets[set + lastAt + way] = nowMs / 1000;
    return tooOften;
  }

  /** The key's place in its set; where it has none, a free one, or that of the key that was quiet for longest. */
  #wayOf(set: number, keyHigh: number, keyLow: number): number {
    const sets = this.#sets;
    let quietest = 0;
    let quietestS = Number.POSITIVE_INFINITY;
    for (let way = 0; way < ways; way++) {
      const free = sets[set + countsAt + way] === 0;
      if (!free && sets[set + 2 * way] === keyHigh && sets[set + 2 * way + 1] === keyLow) return way;
      const lastS = free ? -1 : (sets[set + lastAt + way] as number);
      if (lastS < quietestS) {
        quietest = way;
        quietestS = lastS;
      }
    }
    sets[set + 2 * quietest] = keyHigh;
    sets[set + 2 * quietest + 1] = keyLow;
    sets[set + countsAt + quietest] = 0;
    return quietest;
  }
}
