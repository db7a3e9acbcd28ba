import type { CookieKeys } from './cookie-keys.ts';
import { newPseudonym, pseudonymBytes } from './pseudonym.ts';
import { cookieTable } from './purposes.ts';

const dayMs = 86_400_000;
const version = 1;
/** Advertiser (4), pseudonym (17), days it was made on and its ad was last seen on (2 each), when the value was set (4), its length (1). */
const headBytes = 30;
/** All of them with the longest values take 1,600 bytes as a cookie: nobody's value leaves no room for another's. */
export const maxAdvertisers = 12;
/** After so many days a visitor has a new pseudonym, also where the advertiser's ads are seen all the time. */
const pseudonymDays = 365;

/** Characters. */
export const maxValueLength = 64;
/** What an advertiser may keep: 1 to 64 printable ASCII characters without space; empty is nothing. */
const valueForm = /^[\x21-\x7e]{0,64}$/;
export const isValue = (text: string): boolean => valueForm.test(text);

/** Values by the advertiser's id. */
export type OwnValues = ReadonlyMap<number, string>;
export const noValues: OwnValues = new Map();

export interface AdvertiserEntry {
  readonly advertiser: number;
  /** The pseudonym, as the advertiser has it. */
  readonly visitor: string;
  readonly madeDay: number;
  seenDay: number;
  /** Seconds since 1970; 0: never. */
  valueAtS: number;
  value: string;
}

/** A value that an advertiser's server sent for a visitor, and that is on its way to the browser. */
export interface SentValue {
  readonly value: string;
  readonly atS: number;
}

/**
 * What advertisers keep in one browser, in a cookie that is encrypted as a whole: no server has it. Each advertiser whose
 * ad was shown has a pseudonym and a value. Of more than twelve those stay whose ads were seen last.
 */
export class AdvertiserValues {
  readonly #entries: Map<number, AdvertiserEntry>;

  constructor(entries: readonly AdvertiserEntry[] = []) {
    this.#entries = new Map(entries.map((entry) => [entry.advertiser, entry]));
  }

  /** Undefined where the text was altered, or its key is gone. What is too old is left out. */
  static open(text: string, keys: CookieKeys, nowMs: number): AdvertiserValues | undefined {
    const bytes = keys.open(text, 'advertisers');
    if (bytes === undefined || bytes[0] !== version) return undefined;
    const today = Math.floor(nowMs / dayMs);
    const entries: AdvertiserEntry[] = [];
    for (let at = 1; at + headBytes <= bytes.length; ) {
      const end = at + headBytes + (bytes[at + headBytes - 1] as number);
      const entry = entryOf(bytes.subarray(at, end));
      const isOld = today - entry.seenDay >= cookieTable.advertisers.lifeDays;
      if (!isOld && today - entry.madeDay < pseudonymDays) entries.push(entry);
      at = end;
    }
    return new AdvertiserValues(entries);
  }

  /** Encrypted, for the cookie. */
  seal(keys: CookieKeys, nowMs: number): string {
    const parts = [...this.#entries.values()].map(entryBytes);
    return keys.seal(Buffer.concat([Uint8Array.of(version), ...parts]), nowMs, 'advertisers');
  }

  get isEmpty(): boolean {
    return this.#entries.size === 0;
  }

  get entries(): readonly AdvertiserEntry[] {
    return [...this.#entries.values()];
  }

  of(advertiser: number): AdvertiserEntry | undefined {
    return this.#entries.get(advertiser);
  }

  values(): OwnValues {
    const found = new Map<number, string>();
    for (const { advertiser, value } of this.#entries.values())
      if (value !== '') found.set(advertiser, value);
    return found;
  }

  /** An ad of the advertiser is shown: gives the visitor a pseudonym for it. @returns whether anything changed */
  meet(advertiser: number, keys: CookieKeys, nowMs: number): boolean {
    const today = Math.floor(nowMs / dayMs);
    const known = this.#entries.get(advertiser);
    if (known !== undefined) {
      if (known.seenDay === today) return false;
      known.seenDay = today;
      return true;
    }
    if (this.#entries.size >= maxAdvertisers) {
      const [longest] = this.entries.toSorted((a, b) => a.seenDay - b.seenDay);
      if (longest !== undefined) this.#entries.delete(longest.advertiser);
    }
    const visitor = newPseudonym(advertiser, keys, nowMs).toString('base64url');
    this.#entries.set(advertiser, {
      ...{ advertiser, visitor, madeDay: today, seenDay: today },
      ...{ valueAtS: 0, value: '' },
    });
    return true;
  }

  /** Sets a value, unless the advertiser has set a later one. @returns whether anything changed */
  set(entry: AdvertiserEntry, { value, atS }: SentValue): boolean {
    if (atS < entry.valueAtS || (entry.value === value && entry.valueAtS !== 0)) return false;
    entry.value = value;
    entry.valueAtS = atS;
    return true;
  }

  remove(advertiser: number): void {
    this.#entries.delete(advertiser);
  }
}

function entryOf(bytes: Buffer): AdvertiserEntry {
  return {
    advertiser: bytes.readUInt32BE(0),
    visitor: bytes.subarray(4, 4 + pseudonymBytes).toString('base64url'),
    madeDay: bytes.readUInt16BE(21),
    seenDay: bytes.readUInt16BE(23),
    valueAtS: bytes.readUInt32BE(25),
    value: bytes.toString('latin1', headBytes),
  };
}

function entryBytes({ advertiser, visitor, madeDay, seenDay, valueAtS, value }: AdvertiserEntry): Buffer {
  const bytes = Buffer.alloc(headBytes + value.length);
  bytes.writeUInt32BE(advertiser, 0);
  bytes.write(visitor, 4, 'base64url');
  bytes.writeUInt16BE(madeDay, 21);
  bytes.writeUInt16BE(seenDay, 23);
  bytes.writeUInt32BE(valueAtS, 25);
  bytes[headBytes - 1] = value.length;
  bytes.write(value, headBytes, 'latin1');
  return bytes;
}
