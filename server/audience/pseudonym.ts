import { randomFillSync } from 'node:crypto';
import { sipHash, sipResult } from '../delivery/sip-hash.ts';
import type { CookieKeys } from './cookie-keys.ts';

/** Key id (1 byte), random number (8), and 64 bits of SipHash over the advertiser's id and both. */
export const pseudonymBytes = 17;
const textLength = Math.ceil((pseudonymBytes * 4) / 3);
const signedBytes = 9;
const input = Buffer.alloc(4 + signedBytes);

/**
 * An advertiser's number for one visitor on one site: random, so that two advertisers' numbers for the same visitor have
 * nothing in common, nor has one advertiser's on two sites. It is signed for its advertiser: whether a number is one of
 * theirs can be told without anything kept on a server.
 */
export function newPseudonym(advertiser: number, keys: CookieKeys, nowMs: number): Buffer {
  const bytes = randomFillSync(Buffer.alloc(pseudonymBytes));
  bytes[0] = keys.now(nowMs).id;
  sign(bytes, advertiser, keys);
  bytes.writeUInt32BE(sipResult.high, signedBytes);
  bytes.writeUInt32BE(sipResult.low, signedBytes + 4);
  return bytes;
}

/** Whether the text is a number that was made for the advertiser. */
export function isPseudonymOf(advertiser: number, text: string, keys: CookieKeys): boolean {
  const bytes = Buffer.from(text, 'base64url');
  if (text.length !== textLength || bytes.length !== pseudonymBytes) return false;
  if (bytes.toString('base64url') !== text || !sign(bytes, advertiser, keys)) return false;
  const wrong =
    (bytes.readUInt32BE(signedBytes) ^ sipResult.high) |
    (bytes.readUInt32BE(signedBytes + 4) ^ sipResult.low);
  return wrong === 0;
}

/** Leaves the signature in `sipResult`; false where its key is gone. */
function sign(bytes: Buffer, advertiser: number, keys: CookieKeys): boolean {
  const key = keys.of(bytes[0] as number);
  if (key === undefined) return false;
  input.writeUInt32BE(advertiser, 0);
  bytes.copy(input, 4, 0, signedBytes);
  sipHash(key.pseudonym, input, input.length);
  return true;
}
