import {
  countedForMs,
  invalidField,
  putDecisionFields,
  putLineEnd,
  putLineStart,
  putPriceField,
  reasonBit,
  type Sender,
  textField,
} from '../../analytics/index.ts';
import { consentOf, querySignals } from '../audience/index.ts';
import { purposes } from '../audience/purposes.ts';
import { AppError } from '../errors.ts';
import { costNanos } from '../inventory/delivery-terms.ts';
import { clickIdOf, withClickId } from './click-id.ts';
import type { Asker, Client } from './client.ts';
import { segmentsField } from './consented.ts';
import type { Delivery } from './delivery.ts';
import { changeMarks } from './invalid-traffic/changes.ts';
import { landingOf, splitLink } from './landing.ts';
import { landingHandle } from './own-values.ts';
import { creativeOf, isPreview } from './preview.ts';
import {
  BeaconReply,
  emptyHeaders,
  type HeaderList,
  type Responder,
  ServedReply,
  sendProblem,
} from './reply.ts';
import { type Decided, type DecidedConsent, expiresAfterMs, handleMark, longTokenLength } from './token.ts';

/** Clocks of several machines differ by less than this. */
const clockSkewMs = 60_000;

/** GET or POST /v1/e/i/<token> and /v1/e/v/<token>. */
export function answerBeacon(
  delivery: Delivery,
  request: Asker,
  response: Responder,
  type: 'impression' | 'viewable',
  token: string,
  query: string,
): void {
  const nowMs = delivery.now();
  const decided = readToken(delivery, token, nowMs);
  if (decided instanceof AppError) {
    sendProblem(response, decided);
    return;
  }
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) response.destroy();
  else {
    putLine(delivery, client, type, decided, nowMs, query);
    delivery.spool.appendBegun(1, new BeaconReply(response));
  }
}

/**
 * GET /v1/c/<token> and /v1/c/<token>/<link>: to the creative's own address, which comes from the inventory and never
 * from the request.
 */
export function answerClick(
  delivery: Delivery,
  request: Asker,
  response: Responder,
  path: string,
  query: string,
): void {
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
  const code = narrowedCode(delivery, client, decided, query);
  const allowed = ((code ?? 0) & purposes.advertisers.bit) !== 0;
  const own = allowed ? landingHandle(delivery, decided, token, nowMs) : undefined;
  const facts = { publicUrl, token, decided, location: client.location, own };
  const landing = landingOf(inventory, link, facts);
  if (landing === undefined) {
    sendProblem(
      response,
      new AppError('not_found', 'The ad is no longer there, and its address is not known any more.'),
    );
    return;
  }
  const url =
    !isPreview(decided) && delivery.conversions.wantClickId(decided.advertiser)
      ? withClickId(landing.url, clickIdOf(decided))
      : landing.url;
  putLine(delivery, client, 'click', decided, nowMs, query, textField('link', landing.link));
  delivery.spool.appendBegun(1, new ServedReply(response, 302, landingHeaders(url), ''));
}

export function landingHeaders(url: string): HeaderList {
  return ['Location', url, 'Referrer-Policy', 'no-referrer-when-downgrade', ...emptyHeaders];
}

/** What a token of ours says; an error where it is none, or too old. */
export function readToken(delivery: Delivery, token: string, nowMs: number): Decided | AppError {
  const plain = token.length > longTokenLength ? (token.split(handleMark, 1)[0] as string) : token;
  const decided = delivery.signer.verify(plain);
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
export function priceNanos({ inventory }: Delivery, type: keyof typeof metricOf, creativeId: number): number {
  return costNanos(inventory?.price(creativeId), metricOf[type]);
}

/** Counts the event, and puts its line where the spool's lines begin. */
function putLine(
  delivery: Delivery,
  client: Client,
  type: 'impression' | 'viewable' | 'click',
  decided: Decided,
  nowMs: number,
  query: string,
  further = '',
): void {
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
  const creative = creativeOf(decided);
  const code = narrowedCode(delivery, client, decided, query);
  const known = cookieOf(decided, code);
  const line = delivery.spool.begin();
  const sender = known === undefined ? client : cookieSender(client, decided, known);
  putLineStart(line, type, decided.idHigh, decided.idLow, nowMs, decided.timeMs, sender);
  putDecisionFields(line, decided, creative);
  if (known !== undefined && type !== 'viewable')
    line.text(delivery.clients.pairingField(client, decided.advertiser, nowMs));
  if (notCounted !== '') line.text(notCounted);
  putPriceField(line, priceNanos(delivery, type, creative));
  if (further !== '') line.text(further);
  client.putFields(line);
  if (marks !== 0) line.text(invalidField(marks));
  if (code !== undefined) {
    line.text(consentOf(code).field + segmentsField(delivery.audience.decided(client.headers, code, nowMs)));
  }
  putLineEnd(line);
}

/** The decision's consent, as far as this request leaves it. */
function narrowedCode(
  { audience }: Delivery,
  { headers }: Client,
  { consented }: Decided,
  query: string,
): number | undefined {
  // Nearly all say nothing.
  if (query === '' && headers.gpc === undefined && headers.dnt === undefined) return consented?.code;
  return audience.narrowed(consented?.code, headers, querySignals(query));
}

/** The decision's visitor of kind `cookie`, where that may still be told. */
function cookieOf({ consented }: Decided, code: number | undefined): DecidedConsent | undefined {
  const may = ((code ?? 0) & purposes.measurement.bit) !== 0;
  return may && consented?.isCookie === true ? consented : undefined;
}

/** The event belongs to its decision, and so do consent and visitor, whether or not cookies come along. */
function cookieSender({ masked }: Client, { visitor }: Decided, { visitorHigh }: DecidedConsent): Sender {
  return { visitorHigh, visitorLow: visitor, visitorKind: 'cookie', masked };
}
