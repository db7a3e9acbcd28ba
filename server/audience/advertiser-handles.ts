import { type AdvertiserEntry, maxValueLength } from './advertiser-values.ts';
import type { CookieKeys } from './cookie-keys.ts';
import { pseudonymBytes } from './pseudonym.ts';

/** A handle holds for a day after the click, or after its ad was shown; so does a pixel's address. */
export const handleMs = 86_400_000;
/** Clocks of several machines differ by less than this. */
const clockSkewMs = 60_000;
const secondMs = 1000;
/** Pseudonym (17), when it was sealed (4), when the value was set (4), the value's length (1). */
const headBytes = pseudonymBytes + 9;

/** What a handle tells its advertiser. */
export type Handle = Pick<AdvertiserEntry, 'visitor' | 'value' | 'valueAtS'>;

/**
 * What the advertiser keeps for a visitor, sealed for its own server: nobody else can read it, and two handles have nothing
 * in common and all are of one length, so that whoever sees them can neither join by them nor tell whether there is a value.
 */
export function sealHandle(
  advertiser: number,
  { visitor, value, valueAtS }: Handle,
  keys: CookieKeys,
  nowMs: number,
): string {
  const bytes = Buffer.alloc(headBytes + maxValueLength);
  bytes.write(visitor, 0, 'base64url');
  bytes.writeUInt32BE(Math.floor(nowMs / secondMs), pseudonymBytes);
  bytes.writeUInt32BE(valueAtS, pseudonymBytes + 4);
  bytes[headBytes - 1] = value.length;
  bytes.write(value, headBytes, 'latin1');
  return keys.seal(bytes, nowMs, 'handle', String(advertiser));
}

/**
 * Undefined where the text is no handle of this advertiser: another advertiser's is like any text that is none. And where
 * it is older than `withinMs`.
 */
export function openHandle(
  advertiser: number,
  text: string,
  keys: CookieKeys,
  nowMs: number,
  withinMs = handleMs,
): Handle | undefined {
  const bytes = keys.open(text, 'handle', String(advertiser));
  if (bytes === undefined || bytes.length < headBytes) return undefined;
  if (!inTime(bytes.readUInt32BE(pseudonymBytes), nowMs, withinMs)) return undefined;
  return {
    visitor: bytes.toString('base64url', 0, pseudonymBytes),
    value: bytes.toString('latin1', headBytes, headBytes + (bytes[headBytes - 1] as number)),
    valueAtS: bytes.readUInt32BE(pseudonymBytes + 4),
  };
}

/** Whose entry in which browser a pixel may change. */
export type PixelTarget = Pick<AdvertiserEntry, 'advertiser' | 'visitor'>;

/** The last part of a pixel's address. */
export function sealPixel({ advertiser, visitor }: PixelTarget, keys: CookieKeys, nowMs: number): string {
  const bytes = Buffer.alloc(4 + pseudonymBytes + 4);
  bytes.writeUInt32BE(advertiser, 0);
  bytes.write(visitor, 4, 'base64url');
  bytes.writeUInt32BE(Math.floor(nowMs / secondMs), 4 + pseudonymBytes);
  return keys.seal(bytes, nowMs, 'pixel');
}

/** Undefined where the text is none, or too old. */
export function openPixel(text: string, keys: CookieKeys, nowMs: number): PixelTarget | undefined {
  const bytes = keys.open(text, 'pixel');
  if (bytes === undefined || !inTime(bytes.readUInt32BE(4 + pseudonymBytes), nowMs, handleMs))
    return undefined;
  return { advertiser: bytes.readUInt32BE(0), visitor: bytes.toString('base64url', 4, 4 + pseudonymBytes) };
}

function inTime(sealedS: number, nowMs: number, withinMs: number): boolean {
  const ageMs = nowMs - sealedS * secondMs;
  return ageMs <= withinMs && ageMs >= -clockSkewMs;
}
