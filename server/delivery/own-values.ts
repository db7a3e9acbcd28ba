import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  type Audience,
  type AudienceVisitor,
  isValue,
  openHandle,
  openPixel,
  querySignals,
  sealHandle,
  sealPixel,
} from '../audience/index.ts';
import { everything } from '../audience/purposes.ts';
import { AppError } from '../errors.ts';
import type { Client } from './client.ts';
import type { Delivery } from './delivery.ts';
import type { IndexedCreative } from './indexed-creative.ts';
import type { InventoryIndex } from './inventory-index.ts';
import type { OwnMacros } from './macro-values.ts';
import { isPreview } from './preview.ts';
import { queryValue } from './query.ts';
import { gifHeaders, pixelGif, send, sendProblem } from './reply.ts';
import { type Decided, expiresAfterMs, handleMark } from './token.ts';

/**
 * Gives the visitor a pseudonym for the advertiser whose ad is shown, where both take part.
 * @returns the token, with the advertiser's handle behind it where the ad's landing asks for one
 */
export function meetAdvertiser(
  inventory: InventoryIndex,
  { keys }: Audience,
  { audience }: Client,
  decided: Decided,
  { handle }: IndexedCreative,
  token: Buffer,
): Buffer {
  if (audience?.allows('advertisers') !== true || isPreview(decided)) return token;
  if (inventory.advertiser(decided.advertiser)?.visitorValues !== true) return token;
  const entry = audience.meet(decided.advertiser);
  if (entry === undefined || !handle) return token;
  const sealed = sealHandle(decided.advertiser, entry, keys, decided.timeMs);
  return Buffer.from(`${token.toString('latin1')}${handleMark}${sealed}`);
}

/** A click has no cookies of the page that the ad was on: its address has the handle, which is made anew for the landing. */
export function landingHandle(
  { audience: { keys } }: Delivery,
  { advertiser }: Decided,
  token: string,
  nowMs: number,
): OwnMacros | undefined {
  const mark = token.indexOf(handleMark);
  const opened =
    mark < 0 ? undefined : openHandle(advertiser, token.slice(mark + 1), keys, nowMs, expiresAfterMs);
  if (opened === undefined) return undefined;
  return { visitor: '', value: '', handle: sealHandle(advertiser, opened, keys, nowMs), pixel: '' };
}

/** What the document of an ad is told: it alone, and not the page around it, can read it. */
export function documentMacros(
  delivery: Delivery,
  client: Client,
  decided: Decided,
  nowMs: number,
): { readonly own: OwnMacros; readonly cookie: string | undefined } | undefined {
  const { audience, publicUrl } = delivery;
  const code = audience.narrowed(decided.consented?.code, client.headers, undefined);
  const visitor = code === undefined ? undefined : advertisersOf(audience, client, code, nowMs);
  const entry = visitor?.advertisers?.of(decided.advertiser);
  if (visitor === undefined || entry === undefined || isPreview(decided)) return undefined;
  const own = {
    visitor: entry.visitor,
    value: entry.value,
    handle: sealHandle(decided.advertiser, entry, audience.keys, nowMs),
    pixel: `${publicUrl}/v1/own/${sealPixel(entry, audience.keys, nowMs)}`,
  };
  return { own, cookie: visitor.advertisersCookie() };
}

/** The browser's own choice, where it keeps one, holds too. */
function advertisersOf(
  audience: Audience,
  { headers, location }: Client,
  code: number,
  nowMs: number,
): AudienceVisitor | undefined {
  const now = audience.consent(headers, undefined, location);
  const bits = now === undefined ? everything : now.bits;
  return audience.decided(headers, code & (bits | ~everything), nowMs, 'advertisers');
}

/**
 * GET /v1/own/<pixel>?value=…: an advertiser's ad sets its value in the browser that it was shown in. The address comes
 * from the ad's own document, and works in no other browser. Whether there is anything, the answer does not tell.
 */
export function answerOwnPixel(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  sealed: string,
  query: string,
): void {
  const nowMs = delivery.now();
  const { audience } = delivery;
  const target = openPixel(sealed, audience.keys, nowMs);
  if (target === undefined) {
    sendProblem(response, new AppError('forbidden', 'This is no address for you, or none any more.'));
    return;
  }
  const value = queryValue(query, 'value');
  if (value !== undefined && !isValue(value)) {
    const detail = 'A value has 1 to 64 printable ASCII characters and no space; empty, it is removed.';
    sendProblem(response, new AppError('bad_request', detail));
    return;
  }
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) {
    response.destroy();
    return;
  }
  const code = audience.narrowed(everything, client.headers, querySignals(query));
  const visitor = code === undefined ? undefined : advertisersOf(audience, client, code, nowMs);
  if (value !== undefined) visitor?.setValue(target.advertiser, target.visitor, value);
  const cookie = visitor?.advertisersCookie();
  send(response, 200, cookie === undefined ? gifHeaders : [...gifHeaders, 'Set-Cookie', cookie], pixelGif);
}
