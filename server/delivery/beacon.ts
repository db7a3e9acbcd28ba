import type { IncomingMessage, ServerResponse } from 'node:http';
import { countedForMs, demandFields, eventLine, textField, zoneFields } from '../../analytics/index.ts';
import { AppError } from '../errors.ts';
import type { Delivery } from './delivery.ts';
import { hex64 } from './hex.ts';
import { creativeOf, isPreview } from './preview.ts';
import { BeaconReply, emptyHeaders, ServedReply, sendProblem } from './reply.ts';
import type { Decided } from './token.ts';

/** A token this much older than its decision is no longer taken: nothing is recorded, and a click leads nowhere. */
const expiresAfterMs = 7 * 86_400_000;
/** Clocks of several machines differ by less than this. */
const clockSkewMs = 60_000;

/** GET or POST /v1/e/i/<token> and /v1/e/v/<token>. */
export function answerBeacon(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  type: 'impression' | 'viewable',
  token: string,
): void {
  const nowMs = delivery.now();
  const decided = readToken(delivery, token, nowMs);
  if (decided instanceof AppError) {
    sendProblem(response, decided);
    return;
  }
  const line = lineOf(delivery, request, type, decided, nowMs);
  if (line === undefined) response.destroy();
  else delivery.spool.append(line, 1, new BeaconReply(response));
}

/** GET /v1/c/<token>: to the creative's own address, which comes from the inventory and never from the request. */
export function answerClick(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  token: string,
): void {
  const nowMs = delivery.now();
  const decided = readToken(delivery, token, nowMs);
  if (decided instanceof AppError) {
    sendProblem(response, decided);
    return;
  }
  const landing = delivery.inventory?.clickUrl(creativeOf(decided));
  if (landing === undefined) {
    sendProblem(
      response,
      new AppError('not_found', 'The ad is no longer there, and its address is not known any more.'),
    );
    return;
  }
  const line = lineOf(delivery, request, 'click', decided, nowMs);
  if (line === undefined) {
    response.destroy();
    return;
  }
  const headers = ['Location', landing, 'Referrer-Policy', 'no-referrer-when-downgrade', ...emptyHeaders];
  delivery.spool.append(line, 1, new ServedReply(response, 302, headers, ''));
}

function readToken(delivery: Delivery, token: string, nowMs: number): Decided | AppError {
  const decided = delivery.signer.verify(token);
  if (decided === undefined || decided.timeMs > nowMs + clockSkewMs) {
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

/** The log line; undefined where the connection is already gone. */
function lineOf(
  delivery: Delivery,
  request: IncomingMessage,
  type: 'impression' | 'viewable' | 'click',
  decided: Decided,
  nowMs: number,
): string | undefined {
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) return undefined;
  let notCounted = nowMs - decided.timeMs > countedForMs ? 'late' : '';
  if (isPreview(decided)) notCounted = 'preview';
  else if (notCounted === '') {
    delivery.ads.leases.count(type, decided.lineItem, decided.timeMs, nowMs);
  }
  const fields =
    zoneFields(decided.site, decided.zone) +
    demandFields(decided.advertiser, decided.campaign, decided.lineItem, creativeOf(decided)) +
    textField('not_counted', notCounted) +
    client.fields;
  const id = hex64(decided.idHigh, decided.idLow);
  return eventLine(type, id, nowMs, decided.timeMs, client.visitor, client.network, fields);
}
