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
  /** Where something is known of the visitor's consent. */
  consented?: DecidedConsent | undefined;
}

export interface DecidedConsent {
  /** See `Consent.code`: 15 bits. */
  readonly code: number;
  /** Whether the visitor number is that of a cookie; then the token has both halves, which nobody can read but this server. */
  readonly isCookie: boolean;
  readonly visitorHigh: number;
}

/**
 * A token is 57 bytes in base64url: key id (1 byte), time in ms (6), then as 32-bit words the id, site, zone,
 * advertiser, campaign, line item, creative, visitor and browser, the country (2), and 64 bits of SipHash over all
 * before. Where consent is known there are 63: behind the country its code (2) and the visitor number's upper half (4).
 * The number of a cookie is masked there by a hash of the decision's id, since pages and ads see tokens, and a number
 * that lasts is for nobody but this server to join.
 */
const signedBytes = 49;
const tokenBytes = signedBytes + 8;
const longSignedBytes = signedBytes + 6;
const longTokenBytes = longSignedBytes + 8;
export const tokenLength = (tokenBytes / 3) * 4;
export const longTokenLength = (longTokenBytes / 3) * 4;
const cookieBit = 0x8000;
const maskInput = Buffer.alloc(9, 'm');

/** A token this much older than its decision is no longer taken: nothing is recorded, and a click leads nowhere. */
export const expiresAfterMs = 7 * 86_400_000;
/** In the addresses of a decision an advertiser's handle may stand behind the token and this. */
export const handleMark = '~';

/** The zone that a token names, signed or not; undefined where the text cannot be one. */
export function zoneOfToken(token: string): number | undefined {
  const bytes = Buffer.from(token, 'base64url');
  return bytes.length === tokenBytes || bytes.length === longTokenBytes ? bytes.readUInt32BE(19) : undefined;
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
  readonly #longBytes = Buffer.alloc(longTokenBytes);
  readonly #longText = Buffer.alloc(longTokenLength);

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

  /** As base64url text of `tokenLength` characters; `longTokenLength` where consent is known. */
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
    const { consented } = decided;
    const bytes = consented === undefined ? this.#bytes : this.#longBytes;
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
    if (consented !== undefined) this.#writeConsent(bytes, decided, consented);
    const signed = consented === undefined ? signedBytes : longSignedBytes;
    sipHash(this.#signing.key, bytes, signed);
    bytes.writeUInt32BE(sipResult.high, signed);
    bytes.writeUInt32BE(sipResult.low, signed + 4);
    const text = consented === undefined ? this.#text : this.#longText;
    encodeBase64url(bytes, text);
    return text;
  }

  #writeConsent(bytes: Buffer, decided: Decided, { code, isCookie, visitorHigh }: DecidedConsent): void {
    bytes.writeUInt16BE(code | (isCookie ? cookieBit : 0), 49);
    if (isCookie) mask(this.#signing.key, decided);
    bytes.writeUInt32BE((visitorHigh ^ (isCookie ? sipResult.high : 0)) >>> 0, 51);
    if (isCookie) bytes.writeUInt32BE((decided.visitor ^ sipResult.low) >>> 0, 39);
  }

  /** What was signed; undefined where the text is no token, or was not signed with one of the keys. */
  verify(token: string): Decided | undefined {
    const long = token.length === longTokenLength;
    const bytes = long ? this.#longBytes : this.#bytes;
    if (!decodeBase64url(token, bytes)) return undefined;
    const key = this.#byId.get(bytes[0] as number);
    if (key === undefined) return undefined;
    const signed = long ? longSignedBytes : signedBytes;
    sipHash(key, bytes, signed);
    const wrong =
      (bytes.readUInt32BE(signed) ^ sipResult.high) | (bytes.readUInt32BE(signed + 4) ^ sipResult.low);
    if (wrong !== 0) return undefined;
    const decided: Decided = {
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
      consented: undefined,
    };
    if (long) readConsent(bytes, key, decided);
    return decided;
  }
}

function readConsent(bytes: Buffer, key: SipKey, decided: Decided): void {
  const word = bytes.readUInt16BE(49);
  const isCookie = (word & cookieBit) !== 0;
  if (isCookie) {
    mask(key, decided);
    decided.visitor = (decided.visitor ^ sipResult.low) >>> 0;
  }
  const visitorHigh = (bytes.readUInt32BE(51) ^ (isCookie ? sipResult.high : 0)) >>> 0;
  decided.consented = { code: word & ~cookieBit, isCookie, visitorHigh };
}

/** Leaves in `sipResult` what masks the visitor number of this one decision. No token is hashed at this length. */
function mask(key: SipKey, { idHigh, idLow }: Decided): void {
  maskInput.writeUInt32BE(idHigh, 1);
  maskInput.writeUInt32BE(idLow, 5);
  sipHash(key, maskInput, maskInput.length);
}
