import { randomFillSync } from 'node:crypto';
import { sipHash, sipResult } from '../delivery/sip-hash.ts';
import type { CookieKeys } from './cookie-keys.ts';
import { cookieTable } from './purposes.ts';

const dayMs = 86_400_000;

/** A visitor of kind `cookie`: a random number that lasts as long as the cookie, and the day it was made. */
export interface CookieVisitor {
  readonly high: number;
  readonly low: number;
  /** Days since 1970. */
  readonly madeDay: number;
  /** Of the key that signed it. */
  readonly keyId: number;
}

/** Key id (1 byte), number (8), day (2), and 64 bits of SipHash over all before. */
const signedBytes = 11;
const cookieBytes = signedBytes + 8;
const textLength = Math.ceil((cookieBytes * 4) / 3);
const bytes = Buffer.alloc(cookieBytes);

export function newVisitor(nowMs: number): CookieVisitor {
  const words = randomFillSync(new Uint32Array(2));
  return {
    high: words[0] as number,
    low: words[1] as number,
    madeDay: Math.floor(nowMs / dayMs),
    keyId: -1,
  };
}

export function visitorText({ high, low, madeDay }: CookieVisitor, keys: CookieKeys, nowMs: number): string {
  const { id, visitor } = keys.now(nowMs);
  bytes[0] = id;
  bytes.writeUInt32BE(high, 1);
  bytes.writeUInt32BE(low, 5);
  bytes.writeUInt16BE(madeDay, 9);
  sipHash(visitor, bytes, signedBytes);
  bytes.writeUInt32BE(sipResult.high, signedBytes);
  bytes.writeUInt32BE(sipResult.low, signedBytes + 4);
  return bytes.toString('base64url');
}

/** Undefined where the text was altered, is older than the cookie may be, or its key is gone. */
export function readVisitor(text: string, keys: CookieKeys, nowMs: number): CookieVisitor | undefined {
  if (text.length !== textLength || bytes.write(text, 'base64url') !== cookieBytes) return undefined;
  const keyId = bytes[0] as number;
  const key = keys.of(keyId);
  if (key === undefined) return undefined;
  sipHash(key.visitor, bytes, signedBytes);
  const wrong =
    (bytes.readUInt32BE(signedBytes) ^ sipResult.high) |
    (bytes.readUInt32BE(signedBytes + 4) ^ sipResult.low);
  const madeDay = bytes.readUInt16BE(9);
  if (wrong !== 0 || leftDays(madeDay, nowMs) <= 0) return undefined;
  return { high: bytes.readUInt32BE(1), low: bytes.readUInt32BE(5), madeDay, keyId };
}

/** A visit does not make it last longer. */
export function leftDays(madeDay: number, nowMs: number): number {
  return madeDay + cookieTable.visitor.lifeDays - Math.floor(nowMs / dayMs);
}
