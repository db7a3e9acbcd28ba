import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  demandFields,
  eventLine,
  invalidField,
  numberField,
  serverEventLine,
  textField,
} from '../../analytics/index.ts';
import { AppError } from '../errors.ts';
import type { SnapshotConversionAction } from '../inventory/snapshot.ts';
import { type ClickReference, readClickId } from './click-id.ts';
import { saidField } from './consented.ts';
import { hasSecret } from './conversion-actions.ts';
import type { Delivery } from './delivery.ts';
import { randomWord } from './event-id.ts';
import { hex64 } from './hex.ts';
import { queryValue } from './query.ts';
import { BeaconReply, gifHeaders, pixelGif, ServedReply, sendProblem } from './reply.ts';
import { readSmallBody } from './request-body.ts';
import { SipKey, sipHash, sipResult } from './sip-hash.ts';

const maxBodyBytes = 4096;
const maxOrderLength = 200;
/** Of the currency's units. */
const largestValue = 1_000_000_000;
const decimal = /^\d{1,10}(\.\d{1,6})?$/;
const currencyForm = /^[A-Z]{3}$/;

interface Conversion {
  readonly action: SnapshotConversionAction;
  readonly valueMicros: number;
  /** Empty: the action's. */
  readonly currency: string;
  readonly order: string | undefined;
  readonly click: ClickReference | undefined;
}

/**
 * GET /v1/conv?action=5&value=12.50&currency=EUR&order=A-17&click=…: the pixel on an advertiser's page, answered with an
 * image. A click id that does not fit is left aside: visitors can write what they like into a page's address.
 */
export function answerConversionPixel(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
): void {
  const nowMs = delivery.now();
  const given = {
    action: Number(queryValue(query, 'action') ?? Number.NaN),
    value: queryValue(query, 'value'),
    currency: queryValue(query, 'currency') || undefined,
    order: queryValue(query, 'order') || undefined,
  };
  const value = given.value === undefined || given.value === '' ? undefined : given.value;
  const conversion = check(delivery, { ...given, value });
  if (conversion instanceof AppError) {
    sendProblem(response, conversion);
    return;
  }
  if (!conversion.action.pixel) {
    sendProblem(response, new AppError('forbidden', 'This conversion action takes no pixel.'));
    return;
  }
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) {
    response.destroy();
    return;
  }
  const click = readClickId(queryValue(query, 'click') ?? '', nowMs);
  const fields =
    fieldsOf({ ...conversion, click }) +
    client.fields +
    saidField(delivery, client, query) +
    delivery.clients.pairingField(client, conversion.action.advertiserId, nowMs) +
    invalidField(client.marks);
  const line = eventLine(
    'conversion',
    idOf(conversion),
    nowMs,
    nowMs,
    client.visitor,
    client.network,
    fields,
  );
  delivery.counters.event('conversion', client.marks);
  delivery.spool.append(line, 1, new ServedReply(response, 200, gifHeaders, pixelGif));
}

/**
 * POST /v1/conv with a body of JSON, `{"action":5,"value":"12.50","currency":"EUR","order":"A-17","click":"…"}`, and the
 * action's secret as bearer token: an advertiser's server. It is not the visitor, so nothing of the request is kept.
 */
export function answerConversionPost(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  readSmallBody(request, response, maxBodyBytes, 'A conversion', (body) => {
    const nowMs = delivery.now();
    const conversion = parse(delivery, body, request.headers.authorization, nowMs);
    if (conversion instanceof AppError) sendProblem(response, conversion);
    else {
      const line = serverEventLine('conversion', idOf(conversion), nowMs, fieldsOf(conversion));
      delivery.counters.event('conversion', 0);
      delivery.spool.append(line, 1, new BeaconReply(response));
    }
  });
}

function parse(
  delivery: Delivery,
  body: Buffer,
  authorization: string | undefined,
  nowMs: number,
): Conversion | AppError {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return new AppError('malformed_json', 'The body is not valid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    return invalid('', 'The body has to be an object');
  const { action, value, currency, order, click } = parsed as Record<string, unknown>;
  const known = typeof action === 'number' ? delivery.conversions.get(action) : undefined;
  // Who has no secret is not told which actions there are.
  if (known === undefined || !hasSecret(known, authorization)) {
    return new AppError('unauthorized', "Send a conversion action's number and its secret as bearer token.");
  }
  const conversion = check(delivery, {
    action: known.id,
    value: value ?? undefined,
    currency: currency ?? undefined,
    order: order ?? undefined,
  });
  if (conversion instanceof AppError || click === undefined || click === null) return conversion;
  const reference = typeof click === 'string' ? readClickId(click, nowMs) : undefined;
  if (reference === undefined) return invalid('/click', 'has to be a click id that is at most 90 days old');
  return { ...conversion, click: reference };
}

interface Given {
  readonly action: number;
  readonly value: unknown;
  readonly currency: unknown;
  readonly order: unknown;
}

function check(delivery: Delivery, { action: id, value, currency, order }: Given): Conversion | AppError {
  if (!Number.isInteger(id)) return invalid('/action', "has to be a conversion action's id, a whole number");
  const action = delivery.conversions.get(id);
  if (action === undefined) return new AppError('not_found', `There is no conversion action ${id}.`);
  const valueMicros = value === undefined ? 0 : microsOf(value);
  if (valueMicros === undefined)
    return invalid('/value', `has to be a number from 0 to ${largestValue} with at most six decimals`);
  if (currency !== undefined && (typeof currency !== 'string' || !currencyForm.test(currency)))
    return invalid('/currency', 'has to be an ISO 4217 code, like EUR');
  if (order !== undefined && (typeof order !== 'string' || order.length < 1 || order.length > maxOrderLength))
    return invalid('/order', `has to be text of 1 to ${maxOrderLength} characters`);
  return { action, valueMicros, currency: currency ?? '', order, click: undefined };
}

/** Micros out of units, by the digits: no sum may differ by what a binary fraction cannot hold. */
function microsOf(value: unknown): number | undefined {
  const text = typeof value === 'number' ? String(value) : value;
  if (typeof text !== 'string' || !decimal.test(text)) return undefined;
  const [units = '', fraction = ''] = text.split('.');
  const micros = Number(units) * 1_000_000 + Number(fraction.padEnd(6, '0'));
  return micros <= largestValue * 1_000_000 ? micros : undefined;
}

function invalid(path: string, message: string): AppError {
  const detail = path === '' ? `${message}.` : `${path} ${message}.`;
  return new AppError('invalid_input', detail, { fields: [{ path, message }] });
}

function fieldsOf({ action, valueMicros, currency, click }: Conversion): string {
  return (
    demandFields(action.advertiserId, 0, 0, 0) +
    numberField('conversion_action', action.id) +
    numberField('value_micros', valueMicros) +
    textField('currency', currency) +
    (click === undefined ? '' : `,"decision":"${click.id}","decision_time":${click.decisionMs}`)
  );
}

const idKey = new SipKey(Buffer.from('signpost order 1'));

/** An order's conversions have one id, however often and from wherever they are reported; the order itself is not kept. */
function idOf({ action, order }: Conversion): string {
  if (order === undefined) return hex64(randomWord(), randomWord());
  const bytes = Buffer.from(`${action.id} ${order}`, 'utf8');
  sipHash(idKey, bytes, bytes.length);
  return hex64(sipResult.high, sipResult.low);
}
