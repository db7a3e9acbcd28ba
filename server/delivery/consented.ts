import { type AudienceVisitor, querySignals } from '../audience/index.ts';
import type { CapRule, SeenAds } from './caps.ts';
import type { Client } from './client.ts';
import type { Delivery } from './delivery.ts';
import type { DecisionState } from './eligible.ts';
import { type HeaderList, jsonHeaders } from './reply.ts';
import type { DecidedConsent } from './token.ts';
import { TwoGenerationCache } from './two-generation-cache.ts';

/** What the token carries of a visitor whose consent is known. */
export function consentedOf(client: Client, { consent }: AudienceVisitor): DecidedConsent | undefined {
  if (consent === undefined) return undefined;
  const isCookie = client.visitorKind === 'cookie';
  return { code: consent.code, isCookie, visitorHigh: isCookie ? client.visitorHigh : 0 };
}

/** Log field of the visitor's segments; empty without any. */
export function segmentsField(audience: AudienceVisitor | undefined): string {
  if (audience === undefined || audience.segments.length === 0) return '';
  return `,"segments":${JSON.stringify(audience.segments)}`;
}

/**
 * Log field of what a request says of consent by its headers and its address, for what goes without cookies whatever is
 * allowed; empty where it says nothing.
 */
export function saidField({ audience }: Delivery, { headers, location }: Client, query: string): string {
  const consent = audience.consent({ ...headers, cookie: undefined }, querySignals(query), location);
  return consent === undefined ? '' : consent.field;
}

/** What decides for a visitor whose browser keeps what it was shown, and what it hid. */
export function stateFor({ ads, hidden }: AudienceVisitor, state: DecisionState): DecisionState {
  const { allowance, page, seen } = state;
  const both = seen === undefined || ads === undefined ? seen : new SeenTwice(seen, ads);
  return { allowance, seen: both, page, hidden };
}

/** By the worker's memory and by the cookie: each may know of ads that the other does not. */
class SeenTwice implements SeenAds {
  readonly #memory: SeenAds;
  readonly #cookie: SeenAds;

  constructor(memory: SeenAds, cookie: SeenAds) {
    this.#memory = memory;
    this.#cookie = cookie;
  }

  count(subject: CapRule['subject'], sinceMs: number): number {
    return Math.max(this.#memory.count(subject, sinceMs), this.#cookie.count(subject, sinceMs));
  }
}

const byOrigin = new TwoGenerationCache<HeaderList & object>(1000);

/**
 * Headers of JSON for a page whose requests carry cookies: it has to be allowed by its name. Any page may be: a cookie
 * of ours is either of that page's site alone, or does not come along at all.
 */
export function jsonHeadersFor(audience: AudienceVisitor, choice?: number | 'forget'): HeaderList {
  return withCookies(jsonHeadersOf(audience.origin), audience, choice);
}

function jsonHeadersOf(origin: string | undefined): HeaderList {
  if (origin === undefined) return jsonHeaders;
  let headers = byOrigin.get(origin);
  if (headers === undefined) {
    headers = [
      ...['Content-Type', 'application/json; charset=utf-8', 'Cache-Control', 'no-store', 'Vary', 'Origin'],
      ...['Access-Control-Allow-Origin', origin, 'Access-Control-Allow-Credentials', 'true'],
    ];
    byOrigin.set(origin, headers);
  }
  return headers;
}

/** With what the visitor's browser is to keep or to forget. */
export function withCookies(
  headers: HeaderList,
  audience: AudienceVisitor | undefined,
  choice?: number | 'forget',
): HeaderList {
  if (audience === undefined) return headers;
  const cookies = audience.answerCookies(choice);
  if (cookies.length === 0) return headers;
  const all = [...headers];
  for (const cookie of cookies) all.push('Set-Cookie', cookie);
  return all;
}
