import type { SigningKey } from '../secrets/index.ts';
import { decodeBase64url, encodeBase64url } from './base64url.ts';
import { SipKey, sipHash, sipResult } from './sip-hash.ts';

/** What a decision hands to its impression, viewable impression and click. Numbers are unsigned, 32 bits where nothing else is said. */
export interface Decided {
  timeMs: number;
  idHigh: number;
  idLow: number;
  site: number;
  zone: number;
  advertiser: number;
  campaign: number;
  lineItem: number;
  creative: number;
  /** Lower half of the visitor number at the decision. */
  visitor: number;
  /** Lower half of the browser's hash; 0: not known, as where mail is read in one program and clicked in another. */
  browser: number;
  /** The country's two letters, 16 bits; 0: unknown. */
  country: number;
}

/**
 * A token is 57 bytes in base64url: key id (1 byte), time in ms (6), then as 32-bit words the id, site, zone,
 * advertiser, campaign, line item, creative, visitor and browser, the country (2), and 64 bits of SipHash over all
 * before.
 */
const signedBytes = 49;
const tokenBytes = signedBytes + 8;
export const tokenLength = (tokenBytes / 3) * 4;

/** The zone that a token names, signed or not; undefined where the text cannot be one. */
export function zoneOfToken(token: string): number | undefined {
  const bytes = Buffer.from(token, 'base64url');
  return bytes.length === tokenBytes ? bytes.readUInt32BE(19) : undefined;
}

interface ReadyKey {
  readonly id: number;
  readonly signsFromMs: number;
  readonly key: SipKey;
}

export class TokenSigner {
  #signing: ReadyKey;
  /** Keys whose time comes later. */
  readonly #coming: ReadyKey[];
  readonly #byId = new Map<number, SipKey>();
  readonly #bytes = Buffer.alloc(tokenBytes);
  readonly #text = Buffer.alloc(tokenLength);

  /** @param keys in the order in which they sign, at least one that does */
  constructor(keys: readonly SigningKey[]) {
    for (const { id, key } of keys) this.#byId.set(id, new SipKey(key));
    const [first, ...coming] = keys
      .filter(({ verifyOnly }) => !verifyOnly)
      .map(({ id, signsFromMs }) => ({ id, signsFromMs, key: this.#byId.get(id) as SipKey }));
    if (first === undefined) throw new Error('there is no signing key');
    this.#signing = first;
    this.#coming = coming;
  }

  /** As base64url text of `tokenLength` characters. */
  sign(decided: Decided): string {
    return this.signed(decided).toString('latin1');
  }

  /** As `sign`, in ASCII; the bytes hold until the next token. */
  signed(decided: Decided): Buffer {
    const next = this.#coming[0];
    if (next !== undefined && decided.timeMs >= next.signsFromMs) {
      this.#signing = next;
      this.#coming.shift();
      return this.signed(decided);
    }
    const bytes = this.#bytes;
    bytes[0] = this.#signing.id;
    bytes.writeUIntBE(decided.timeMs, 1, 6);
    bytes.writeUInt32BE(decided.idHigh, 7);
    bytes.writeUInt32BE(decided.idLow, 11);
    bytes.writeUInt32BE(decided.site, 15);
    bytes.writeUInt32BE(decided.zone, 19);
    bytes.writeUInt32BE(decided.advertiser, 23);
    bytes.writeUInt32BE(decided.campaign, 27);
    bytes.writeUInt32BE(decided.lineItem, 31);
    bytes.writeUInt32BE(decided.creative, 35);
    bytes.writeUInt32BE(decided.visitor, 39);
    bytes.writeUInt32BE(decided.browser, 43);
    bytes.writeUInt16BE(decided.country, 47);
    sipHash(this.#signing.key, bytes, signedBytes);
    bytes.writeUInt32BE(sipResult.high, signedBytes);
    bytes.writeUInt32BE(sipResult.low, signedBytes + 4);
    encodeBase64url(bytes, this.#text);
    return this.#text;
  }

  /** What was signed; undefined where the text is no token, or was not signed with one of the keys. */
  verify(token: string): Decided | undefined {
    const bytes = this.#bytes;
    if (!decodeBase64url(token, bytes)) return undefined;
    const key = this.#byId.get(bytes[0] as number);
    if (key === undefined) return undefined;
    sipHash(key, bytes, signedBytes);
    const wrong =
      (bytes.readUInt32BE(signedBytes) ^ sipResult.high) |
      (bytes.readUInt32BE(signedBytes + 4) ^ sipResult.low);
    if (wrong !== 0) return undefined;
    return {
      timeMs: bytes.readUIntBE(1, 6),
      idHigh: bytes.readUInt32BE(7),
      idLow: bytes.readUInt32BE(11),
      site: bytes.readUInt32BE(15),
      zone: bytes.readUInt32BE(19),
      advertiser: bytes.readUInt32BE(23),
      campaign: bytes.readUInt32BE(27),
      lineItem: bytes.readUInt32BE(31),
      creative: bytes.readUInt32BE(35),
      visitor: bytes.readUInt32BE(39),
      browser: bytes.readUInt32BE(43),
      country: bytes.readUInt16BE(47),
    };
  }
}
