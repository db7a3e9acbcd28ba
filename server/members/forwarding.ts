import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { SigningKey } from '../secrets/key-files.ts';
import type { AskedBy } from './asked-by.ts';

/** What a delivery worker found out of who asks, and that it is a worker who says so. */
export const askedHeader = 'signpost-asked';
export const signatureHeader = 'signpost-signature';
/** What the back office has the worker do to the browser's cookies: JSON of `CookieOrder`. */
export const cookiesHeader = 'signpost-cookies';

export interface CookieOrder {
  /** What the session's cookie is to have; null: removed. */
  readonly session?: string | null;
  /** Whether visitor number, interests and ads are to leave the browser. */
  readonly forget?: true;
}

/** A request that is older was not sent just now. */
const freshMs = 60_000;

interface Forwarded {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly body: Uint8Array;
}

/** The headers by which a back office believes a worker; they share the signing keys. */
export function forwardingHeaders(
  keys: readonly SigningKey[],
  by: AskedBy,
  request: Forwarded,
): Record<string, string> {
  const key = keys.findLast(({ verifyOnly, signsFromMs }) => !verifyOnly && signsFromMs <= by.at) ?? keys[0];
  if (key === undefined) throw new Error('There is no signing key.');
  const asked = Buffer.from(JSON.stringify(by)).toString('base64url');
  return {
    [askedHeader]: asked,
    [signatureHeader]: `${key.id}.${macOf(key, asked, request).toString('hex')}`,
  };
}

/** Who asks; undefined where no worker says so, or it did long ago. */
export function readForwarded(
  keys: readonly SigningKey[],
  headers: { readonly asked: string | undefined; readonly signature: string | undefined },
  request: Forwarded,
  nowMs: number,
): AskedBy | undefined {
  const { asked, signature } = headers;
  const [id, mac] = (signature ?? '').split('.');
  const key = keys.find((each) => String(each.id) === id);
  if (asked === undefined || key === undefined || mac === undefined) return undefined;
  const told = Buffer.from(mac, 'hex');
  const expected = macOf(key, asked, request);
  if (told.length !== expected.length || !timingSafeEqual(told, expected)) return undefined;
  const by = JSON.parse(Buffer.from(asked, 'base64url').toString('utf8')) as AskedBy;
  return Math.abs(nowMs - by.at) <= freshMs ? by : undefined;
}

function macOf({ key }: SigningKey, asked: string, { method, url, body }: Forwarded): Buffer {
  const derived = Buffer.from(hkdfSync('sha256', key, '', 'signpost members forwarding', 32));
  const sum = createHash('sha256').update(body).digest('hex');
  return createHmac('sha256', derived).update(`${method}\n${url}\n${asked}\n${sum}`).digest();
}
