import type { IncomingMessage, ServerResponse } from 'node:http';
import { countedForMs, eventLine, invalidField, textField, zoneFields } from '../../analytics/index.ts';
import { bodySignals, type ConsentSignals } from '../audience/index.ts';
import { AppError } from '../errors.ts';
import { withCookies } from './consented.ts';
import type { Delivery } from './delivery.ts';
import { randomWord } from './event-id.ts';
import { hex64 } from './hex.ts';
import { parseKeyValues } from './key-values.ts';
import { hostOf, pageAddress } from './page-address.ts';
import { BeaconReply, emptyHeaders, sendProblem } from './reply.ts';
import { readSmallBody } from './request-body.ts';
import { SipKey, sipHash, sipResult } from './sip-hash.ts';
import { type KeyValues, noKeyValues } from './targeting/facts.ts';

const maxBodyBytes = 16 * 1024;
const maxGiven = 20;

/** POST /v1/page with a body of JSON: `{"zone":12,"url":"https://…","referrer":"…","id":"…","at":…}`, or `site` for `zone`. */
export function answerPageView(delivery: Delivery, request: IncomingMessage, response: ServerResponse): void {
  readSmallBody(request, response, maxBodyBytes, 'A page view', (body) =>
    record(delivery, request, response, body),
  );
}

function record(delivery: Delivery, request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const view = parsePageView(delivery, body);
  if (view instanceof AppError) {
    sendProblem(response, view);
    return;
  }
  const nowMs = delivery.now();
  const client = delivery.clients.readConsented(request, nowMs, view.signals);
  if (client === undefined) {
    response.destroy();
    return;
  }
  const id = view.id === undefined ? hex64(randomWord(), randomWord()) : idOf(view.id, client.visitor);
  const fields =
    zoneFields(view.site, view.zone) +
    client.fields +
    textField('page', view.page) +
    textField('referrer', view.referrer) +
    invalidField(client.marks);
  const line = eventLine(
    'page_view',
    id,
    nowMs,
    originOf(view, nowMs),
    client.visitor,
    client.network,
    fields,
    client.visitorKind,
  );
  delivery.counters.event('page_view', client.marks);
  const { audience } = client;
  if (audience !== undefined && client.marks === 0)
    audience.visited(delivery.audience.model.categoriesOf(view));
  delivery.spool.append(line, 1, new BeaconReply(response, withCookies(emptyHeaders, audience)));
}

interface PageView {
  readonly site: number;
  readonly zone: number;
  readonly page: string;
  readonly referrer: string;
  readonly id: string | undefined;
  /** When the page was opened, by the browser's clock: milliseconds since 1970. */
  readonly at: number | undefined;
  readonly keyValues: KeyValues;
  /** Names of the categories that the page gives itself. */
  readonly given: readonly string[];
  readonly signals: ConsentSignals | undefined;
}

/**
 * The counting period in which repetitions of a page view meet. They all carry the same time of the browser; a clock
 * that is wrong by more than two hours is not believed.
 */
function originOf({ id, at }: PageView, nowMs: number): number {
  if (id === undefined || at === undefined || at > nowMs + countedForMs || at < nowMs - countedForMs)
    return nowMs;
  return at;
}

function parsePageView(delivery: Delivery, body: Buffer): PageView | AppError {
  let parsed: unknown;
  try {
    parsed = JSON.parse(body.toString('utf8'));
  } catch {
    return new AppError('malformed_json', 'The body is not valid JSON.');
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    return new AppError('invalid_input', 'The body has to be a JSON object.');
  }
  const fields = parsed as Record<string, unknown>;
  const { zone, site, url, referrer, id, at, kv, interests } = fields;
  const page = typeof url === 'string' ? pageAddress(url) : '';
  if (page === '') return invalid('/url', 'has to be the http(s) address of the page');
  if (referrer !== undefined && typeof referrer !== 'string') return invalid('/referrer', 'has to be text');
  if (id !== undefined && (typeof id !== 'string' || id.length < 8 || id.length > 64)) {
    return invalid('/id', 'has to be text of 8 to 64 characters');
  }
  if (at !== undefined && !(Number.isInteger(at) && (at as number) > 0)) {
    return invalid('/at', 'has to be milliseconds since 1970');
  }
  const place = placeOf(delivery, zone, site);
  if (place instanceof AppError) return place;
  return {
    ...{ ...place, page, referrer: hostOf(referrer), id, at: at as number | undefined },
    keyValues: typeof kv === 'string' ? parseKeyValues(kv) : noKeyValues,
    given: typeof interests === 'string' ? interests.split(',', maxGiven) : [],
    signals: bodySignals(fields),
  };
}

function placeOf(
  delivery: Delivery,
  zone: unknown,
  site: unknown,
): { site: number; zone: number } | AppError {
  if (zone !== undefined) {
    if (!Number.isInteger(zone)) return invalid('/zone', "has to be a zone's id, a whole number");
    const known = delivery.inventory?.zone(zone as number);
    if (known === undefined) return new AppError('unknown_zone', `There is no zone ${zone}.`);
    return { site: known.zone.siteId, zone: zone as number };
  }
  if (!Number.isInteger(site)) return invalid('/site', 'give zone or site, a whole number');
  if (delivery.inventory?.hasSite(site as number) !== true)
    return new AppError('not_found', `There is no site ${site}.`);
  return { site: site as number, zone: 0 };
}

function invalid(path: string, message: string): AppError {
  return new AppError('invalid_input', `${path} ${message}.`, { fields: [{ path, message }] });
}

const idKey = new SipKey(Buffer.from('signpost page id'));

/** The event's id out of the page's own: a page view that is sent again has the same, and counts once. */
function idOf(pageId: string, visitor: string): string {
  const bytes = Buffer.from(`${visitor}${pageId}`, 'utf8');
  sipHash(idKey, bytes, bytes.length);
  return hex64(sipResult.high, sipResult.low);
}
