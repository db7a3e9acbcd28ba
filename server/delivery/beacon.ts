import {
  countedForMs,
  demandFields,
  eventLine,
  invalidField,
  numberField,
  reasonBit,
  textField,
  zoneFields,
} from '../../analytics/index.ts';
import { consentOf } from '../audience/index.ts';
import { AppError } from '../errors.ts';
import { costNanos } from '../inventory/delivery-terms.ts';
import { clickIdOf, withClickId } from './click-id.ts';
import type { Asker, Client } from './client.ts';
import { segmentsField } from './consented.ts';
import type { Delivery } from './delivery.ts';
import { hex64 } from './hex.ts';
import { changeMarks } from './invalid-traffic/changes.ts';
import { landingOf, splitLink } from './landing.ts';
import { creativeOf, isPreview } from './preview.ts';
import {
  BeaconReply,
  emptyHeaders,
  type HeaderList,
  type Responder,
  ServedReply,
  sendProblem,
} from './reply.ts';
import type { Decided } from './token.ts';

/** A token this much older than its decision is no longer taken: nothing is recorded, and a click leads nowhere. */
const expiresAfterMs = 7 * 86_400_000;
/** Clocks of several machines differ by less than this. */
const clockSkewMs = 60_000;

/** GET or POST /v1/e/i/<token> and /v1/e/v/<token>. */
export function answerBeacon(
  delivery: Delivery,
  request: Asker,
  response: Responder,
  type: 'impression' | 'viewable',
  token: string,
): void {
  const nowMs = delivery.now();
  const decided = readToken(delivery, token, nowMs);
  if (decided instanceof AppError) {
    sendProblem(response, decided);
    return;
  }
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) response.destroy();
  else delivery.spool.append(lineOf(delivery, client, type, decided, nowMs), 1, new BeaconReply(response));
}

/**
 * GET /v1/c/<token> and /v1/c/<token>/<link>: to the creative's own address, which comes from the inventory and never
 * from the request.
 */
export function answerClick(delivery: Delivery, request: Asker, response: Responder, path: string): void {
  const nowMs = delivery.now();
  const [token, link] = splitLink(path);
  const decided = readToken(delivery, token, nowMs);
  if (decided instanceof AppError) {
    sendProblem(response, decided);
    return;
  }
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) {
    response.destroy();
    return;
  }
  const { publicUrl, inventory } = delivery;
  const landing = landingOf(inventory, link, { publicUrl, token, decided, location: client.location });
  if (landing === undefined) {
    sendProblem(
      response,
      new AppError('not_found', 'The ad is no longer there, and its address is not known any more.'),
    );
    return;
  }
  const line = lineOf(delivery, client, 'click', decided, nowMs, textField('link', landing.link));
  const url =
    !isPreview(decided) && delivery.conversions.wantClickId(decided.advertiser)
      ? withClickId(landing.url, clickIdOf(decided))
      : landing.url;
  delivery.spool.append(line, 1, new ServedReply(response, 302, landingHeaders(url), ''));
}

export function landingHeaders(url: string): HeaderList {
  return ['Location', url, 'Referrer-Policy', 'no-referrer-when-downgrade', ...emptyHeaders];
}

/** What a token of ours says; an error where it is none, or too old. */
export function readToken(delivery: Delivery, token: string, nowMs: number): Decided | AppError {
  const decided = delivery.signer.verify(token);
  // No decision is without a zone: that is what a preview link holds.
  if (decided === undefined || decided.zone === 0 || decided.timeMs > nowMs + clockSkewMs) {
    return new AppError(
      'token_invalid',
      'The token is not one of this server, or was altered. Nothing was recorded.',
    );
  }
  if (nowMs - decided.timeMs > expiresAfterMs) {
    return new AppError('token_expired', 'The token has expired. Nothing was recorded.');
  }
  return decided;
}

/** What speaks against a click that a page or an ad loaded by itself, as an image or by script. Old browsers say nothing. */
export function notFollowed({ headers: { fetchMode } }: Client): number {
  return fetchMode === undefined || fetchMode === 'navigate' ? 0 : reasonBit.not_followed;
}

const metricOf = { impression: 'impressions', viewable: 'viewable', click: 'clicks' } as const;

/** What the event costs, at the price that the inventory has now; the log has it also where the event does not count. */
export function priceField({ inventory }: Delivery, type: keyof typeof metricOf, creativeId: number): string {
  return numberField('price_nanos', costNanos(inventory?.price(creativeId), metricOf[type]));
}

/** The log line. */
function lineOf(
  delivery: Delivery,
  client: Client,
  type: 'impression' | 'viewable' | 'click',
  decided: Decided,
  nowMs: number,
  further = '',
): string {
  let marks =
    client.marks | changeMarks(decided, { browser: client.browser.hashLow, country: client.country });
  let notCounted = '';
  if (isPreview(decided)) notCounted = ',"not_counted":"preview"';
  else if (nowMs - decided.timeMs > countedForMs) notCounted = ',"not_counted":"late"';
  else if (type === 'impression') marks |= delivery.rates.impression(decided, client, nowMs);
  else if (type === 'click') {
    marks |= notFollowed(client);
    if (marks === 0 && delivery.rates.isRepeatedClick(decided, nowMs))
      notCounted = ',"not_counted":"repeated"';
    else marks |= delivery.rates.click(decided, client, nowMs);
  }
  delivery.counters.event(type, marks);
  if (marks === 0 && notCounted === '')
    delivery.ads.leases.count(type, decided.lineItem, decided.timeMs, nowMs);
  const fields =
    zoneFields(decided.site, decided.zone) +
    demandFields(decided.advertiser, decided.campaign, decided.lineItem, creativeOf(decided)) +
    notCounted +
    priceField(delivery, type, creativeOf(decided)) +
    further +
    client.fields +
    invalidField(marks);
  const id = hex64(decided.idHigh, decided.idLow);
  const { consented } = decided;
  if (consented === undefined)
    return eventLine(type, id, nowMs, decided.timeMs, client.visitor, client.network, fields);
  // The event belongs to its decision, and so do consent and visitor, whether or not cookies come along.
  const { isCookie, visitorHigh, code } = consented;
  const visitor = isCookie ? hex64(visitorHigh, decided.visitor) : client.visitor;
  return eventLine(
    ...([type, id, nowMs, decided.timeMs, visitor, client.network] as const),
    fields + consentOf(code).field + segmentsField(delivery.audience.decided(client.headers, code, nowMs)),
    isCookie ? 'cookie' : 'daily',
  );
}
