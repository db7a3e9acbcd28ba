import { randomBytes } from 'node:crypto';
import type { Address } from '../../geo-db/index.ts';
import { dayKey } from '../secrets/key-files.ts';
import type { Browser } from './browser.ts';
import { SipKey, sipHash } from './sip-hash.ts';

const dayMs = 86_400_000;

/**
 * Visitor numbers of kind `daily`: a keyed hash of address and browser. The key is random, lives one UTC day and is
 * then destroyed; without it nobody, the operator included, can tell whose number it was.
 */
export class DailyVisitors {
  readonly #dataDir: string;
  #day = -1;
  #key: SipKey | undefined;
  readonly #input = new Uint8Array(24);
  readonly #view = new DataView(this.#input.buffer);

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /**
   * Leaves in `sipResult` what pairs a day's visitor number with an advertiser's events of that day: another for each
   * advertiser, and nothing without the day's key, so that nothing else can be joined by it.
   */
  pairing(high: number, low: number, advertiser: number, nowMs: number): void {
    const key = this.#keyAt(nowMs);
    const view = this.#view;
    view.setUint32(0, high);
    view.setUint32(4, low);
    view.setUint32(8, advertiser);
    sipHash(key, this.#input, 12);
  }

  /** Leaves the number in `sipResult`. Reads the day's key from the disk at the first call of a day. */
  number(address: Address, browser: Browser, nowMs: number): void {
    const key = this.#keyAt(nowMs);
    const view = this.#view;
    view.setUint32(0, address.a);
    view.setUint32(4, address.b);
    view.setUint32(8, address.c);
    view.setUint32(12, address.d);
    view.setUint32(16, browser.hashHigh);
    view.setUint32(20, browser.hashLow);
    sipHash(key, this.#input, 24);
  }

  #keyAt(nowMs: number): SipKey {
    const day = Math.floor(nowMs / dayMs);
    if (day !== this.#day || this.#key === undefined) {
      this.#key = new SipKey(this.#keyOf(new Date(nowMs).toISOString().slice(0, 10)));
      this.#day = day;
    }
    return this.#key;
  }

  /** Where the disk refuses, this process makes do with a key of its own: visitors count too often, but are served. */
  #keyOf(day: string): Uint8Array {
    try {
      return dayKey(this.#dataDir, day);
    } catch {
      return randomBytes(16);
    }
  }
}
