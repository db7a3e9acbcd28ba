import { eventLine, invalidField, textField } from '../../analytics/index.ts';
import { AppError } from '../errors.ts';
import type { SnapshotLineItem } from '../inventory/snapshot.ts';
import type { Asker, Client } from './client.ts';
import { consentedOf, jsonHeadersFor, segmentsField, stateFor } from './consented.ts';
import type { Decision } from './decide.ts';
import type { Delivery } from './delivery.ts';
import { randomWord } from './event-id.ts';
import { hex64 } from './hex.ts';
import { decideByInterest } from './interest-choice.ts';
import type { IndexedCreative, InventoryIndex, ZoneIndex } from './inventory-index.ts';
import { parseKeyValues } from './key-values.ts';
import type { NoFillReason } from './no-fill.ts';
import { Page } from './page.ts';
import { hostOf, pageAddress } from './page-address.ts';
import { previewCreative, previewed } from './preview.ts';
import { queryValue } from './query.ts';
import { jsonHeaders, type Responder, ServedReply, sendProblem } from './reply.ts';
import { type Facts, type KeyValues, noKeyValues } from './targeting/facts.ts';
import type { Decided } from './token.ts';

const maxZones = 50;
/** Of visitors who have not consented to any. */
const noSegments: readonly string[] = Object.freeze([]);

/** GET /v1/ad: one decision for `zone=12`, a list of them for `zones=12,13`. */
export function answerAd(delivery: Delivery, request: Asker, response: Responder, query: string): void {
  const one = queryValue(query, 'zone');
  const many = queryValue(query, 'zones');
  const zones = parseZones(one, many);
  if (zones instanceof AppError) {
    sendProblem(response, zones);
    return;
  }
  const { inventory } = delivery;
  if (many === undefined && inventory !== undefined && inventory.zone(zones[0] as number) === undefined) {
    sendProblem(response, new AppError('unknown_zone', `There is no zone ${zones[0]}.`));
    return;
  }
  const nowMs = delivery.now();
  const preview = queryValue(query, 'preview');
  const previewId = preview === undefined ? undefined : previewed(delivery.signer, preview, nowMs);
  if (preview !== undefined && previewId === undefined) {
    sendProblem(response, new AppError('token_invalid', 'The preview link is not valid, or has expired.'));
    return;
  }
  const client = delivery.clients.readConsented(request, nowMs, query);
  if (client === undefined) {
    response.destroy();
    return;
  }
  let lines = '';
  let body = '';
  let events = 0;
  const page = pageOf(client, query);
  const pages = many === undefined ? [page] : pagesOf(page, query, zones.length);
  const decideNext =
    previewId === undefined
      ? decider(delivery, inventory, client, zones, nowMs, pages)
      : previewer(inventory, previewId);
  for (const zone of zones) {
    const decided = decideZone(delivery, inventory, client, zone, nowMs, page, decideNext);
    body += body === '' ? decided.body : `,${decided.body}`;
    lines += decided.line;
    if (decided.line !== '') events++;
  }
  const headers = client.audience === undefined ? jsonHeaders : jsonHeadersFor(client.audience);
  const reply = new ServedReply(response, 200, headers, many === undefined ? body : `[${body}]`);
  if (events > 0) delivery.spool.append(lines, events, reply);
  else reply.written(true);
}

function parseZones(one: string | undefined, many: string | undefined): number[] | AppError {
  if ((one === undefined) === (many === undefined)) {
    return new AppError('bad_request', 'Give either zone, like ?zone=12, or zones, like ?zones=12,13.');
  }
  const texts = one === undefined ? (many as string).split(',') : [one];
  if (texts.length > maxZones)
    return new AppError('bad_request', `At most ${maxZones} zones go into one request.`);
  const zones: number[] = [];
  for (const text of texts) {
    const id = zoneId(text);
    if (id === undefined) {
      return new AppError(
        'bad_request',
        `"${text.slice(0, 40)}" is not a zone's id: a whole number above 0.`,
      );
    }
    zones.push(id);
  }
  return zones;
}

/** Decimal digits without sign, 1 to 4294967295. */
export function zoneId(text: string): number | undefined {
  if (text.length === 0 || text.length > 10) return undefined;
  let id = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    id = id * 10 + digit;
  }
  return id >= 1 && id <= 0xffffffff ? id : undefined;
}

/** What the request tells of the page that it is for. */
export interface PageFacts {
  /** Without query string; empty where unknown. */
  readonly page: string;
  /** Host name; empty where unknown. */
  readonly referrer: string;
  readonly keyValues: KeyValues;
  /** Log field. */
  readonly field: string;
}

/** The tag tells page and referrer; without it the browser's Referer is the page. */
export function pageOf(client: Client, query: string): PageFacts {
  const page = pageAddress(queryValue(query, 'url') ?? client.headers.referer);
  const referrer = queryValue(query, 'ref');
  const keyValues = queryValue(query, 'kv');
  return {
    page,
    referrer: referrer === undefined ? '' : hostOf(referrer),
    keyValues: keyValues === undefined ? noKeyValues : parseKeyValues(keyValues),
    field: textField('page', page),
  };
}

/**
 * What a request for several zones tells of each of them. `kvs` has the key-values of the zones' own, in their order, with
 * semicolons between; those of the page hold for all.
 */
function pagesOf(page: PageFacts, query: string, zones: number): readonly PageFacts[] {
  const own = queryValue(query, 'kvs')?.split(';', zones);
  const ofPage = own === undefined ? undefined : (queryValue(query, 'kv') ?? '');
  return Array.from({ length: zones }, (_, at) =>
    own?.[at] ? { ...page, keyValues: parseKeyValues(`${ofPage},${own[at]}`) } : page,
  );
}

export interface ZoneDecided {
  readonly body: string;
  /** The log line; empty where there is nothing to log. */
  readonly line: string;
}

/** What targeting looks at in a request for a zone. */
export function factsOf(client: Client, { zone }: ZoneIndex, nowMs: number, page: PageFacts): Facts {
  return {
    location: client.location,
    browser: client.browser,
    language: client.language,
    site: zone.siteId,
    zone: zone.id,
    nowMs,
    page: page.page,
    referrer: page.referrer,
    keyValues: page.keyValues,
    segments: client.audience === undefined ? noSegments : client.audience.segments,
  };
}

/** What a zone shows: a decision's outcome, or a preview. */
interface Shown {
  readonly lineItem: SnapshotLineItem;
  readonly creative: IndexedCreative;
  readonly preview: boolean;
}

type DecideNext = (zone: ZoneIndex) => Shown | NoFillReason;

function previewer(inventory: InventoryIndex | undefined, creativeId: number): DecideNext {
  const found = inventory?.creative(creativeId);
  return () => (found === undefined ? 'no_creative_fits' : { ...found, preview: true });
}

/**
 * Gives the decision for each known zone of the request, in their order, and counts what is handed out.
 * @param pages what is told of the page for each of the zones
 */
function decider(
  delivery: Delivery,
  inventory: InventoryIndex | undefined,
  client: Client,
  zones: readonly number[],
  nowMs: number,
  pages: readonly PageFacts[],
): DecideNext {
  if (inventory === undefined) return () => 'not_ready';
  const { ads, random } = delivery;
  const { audience } = client;
  const stateNow = () => {
    const state = ads.of(inventory, client.visitor);
    return audience === undefined ? state : stateFor(audience, state);
  };
  const counted = (decision: Decision): Shown | NoFillReason => {
    if (decision.noFill !== undefined) return decision.noFill;
    ads.taken(decision, client, nowMs);
    audience?.shown([...decision.candidate.caps, ...decision.creative.caps]);
    return { lineItem: decision.candidate.lineItem, creative: decision.creative, preview: false };
  };
  if (zones.length === 1) {
    const [pageFacts] = pages as readonly [PageFacts];
    return (zone) =>
      counted(decideByInterest(inventory, zone, factsOf(client, zone, nowMs, pageFacts), random, stateNow()));
  }
  const places = zones.flatMap((id, at) => {
    const zone = inventory.zone(id);
    const pageFacts = pages[at] as PageFacts;
    return zone === undefined ? [] : [{ zone, facts: factsOf(client, zone, nowMs, pageFacts) }];
  });
  const page = new Page(inventory, places, random, stateNow);
  return () => counted(page.next());
}

/**
 * Decides for one zone, and makes the answer and the log line of it.
 * @param decideNext default: the zone is the only one of its page
 */
export function decideZone(
  delivery: Delivery,
  inventory: InventoryIndex | undefined,
  client: Client,
  zoneNumber: number,
  nowMs: number,
  page: PageFacts,
  decideNext: DecideNext = decider(delivery, inventory, client, [zoneNumber], nowMs, [page]),
): ZoneDecided {
  const zone = inventory?.zone(zoneNumber);
  if (inventory === undefined || zone === undefined) {
    const reason = inventory === undefined ? 'not_ready' : 'unknown_zone';
    return { body: noFillBody('', zoneNumber, reason), line: '' };
  }
  const idHigh = randomWord();
  const idLow = randomWord();
  const id = hex64(idHigh, idLow);
  const shown = decideNext(zone);
  delivery.counters.event('ad_request', client.marks);
  if (typeof shown === 'string') {
    delivery.counters.noFill(shown);
    const fields = `${zone.fields},"no_fill":"${shown}"${client.fields}${segmentsField(client.audience)}${page.field}${invalidField(client.marks)}`;
    return {
      body: noFillBody(id, zoneNumber, shown),
      line: eventLine(
        'ad_request',
        id,
        nowMs,
        nowMs,
        client.visitor,
        client.network,
        fields,
        client.visitorKind,
      ),
    };
  }
  delivery.counters.filled();
  const { lineItem, creative, preview } = shown;
  const decided: Decided = {
    timeMs: nowMs,
    idHigh,
    idLow,
    site: zone.zone.siteId,
    zone: zoneNumber,
    advertiser: lineItem.advertiserId,
    campaign: lineItem.campaignId,
    lineItem: lineItem.id,
    creative: preview ? previewCreative(creative.creative.id) : creative.creative.id,
    visitor: client.visitorLow,
    browser: client.browser.hashLow,
    country: client.country,
    consented: client.audience === undefined ? undefined : consentedOf(client, client.audience),
  };
  const token = delivery.signer.sign(decided);
  const { publicUrl } = delivery;
  const { answer, fill } = creative;
  const filled = fill === undefined ? answer : fill({ publicUrl, token, decided, location: client.location });
  const notCounted = preview ? ',"not_counted":"preview"' : '';
  const base = `${publicUrl}/v1/`;
  const why = delivery.audience.marksAds(client.location) ? `,"whyUrl":"${base}why/${token}"` : '';
  return {
    body:
      `{"id":"${id}","zone":${zoneNumber},"noFill":null,"creative":${filled},` +
      `"impressionUrl":"${base}e/i/${token}","viewableUrl":"${base}e/v/${token}","clickUrl":"${base}c/${token}"${why}}`,
    line: eventLine(
      'ad_request',
      id,
      nowMs,
      nowMs,
      client.visitor,
      client.network,
      zone.fields +
        creative.fields +
        notCounted +
        client.fields +
        segmentsField(client.audience) +
        page.field +
        invalidField(client.marks),
      client.visitorKind,
    ),
  };
}

function noFillBody(id: string, zone: number, reason: string): string {
  return `{"id":"${id}","zone":${zone},"noFill":"${reason}","creative":null,"impressionUrl":null,"viewableUrl":null,"clickUrl":null}`;
}
