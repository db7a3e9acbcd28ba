import { ByteText, invalidField, putLineEnd, putLineStart, putPageField } from '../../analytics/index.ts';
import { noValues } from '../audience/index.ts';
import { AppError } from '../errors.ts';
import { putAddresses, putFilled, putNoFill } from './ad-answer.ts';
import type { Asker, Client } from './client.ts';
import { consentedOf, jsonHeadersFor, segmentsField, stateFor } from './consented.ts';
import type { Decision } from './decide.ts';
import type { Delivery } from './delivery.ts';
import type { DecisionState } from './eligible.ts';
import { randomWord } from './event-id.ts';
import { hex64 } from './hex.ts';
import type { IndexedCreative } from './indexed-creative.ts';
import { decideByInterest } from './interest-choice.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import { parseKeyValues } from './key-values.ts';
import type { NoFillReason } from './no-fill.ts';
import { meetAdvertiser } from './own-values.ts';
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
  const page = pageOf(client, query);
  const decideNext =
    previewId !== undefined
      ? previewer(inventory, previewId)
      : many === undefined || inventory === undefined
        ? undefined
        : decider(delivery, inventory, client, zones, nowMs, pagesOf(page, query, zones.length));
  const lines = delivery.spool.begin();
  body.length = 0;
  let events = 0;
  if (many !== undefined) body.text('[');
  for (const [at, zone] of zones.entries()) {
    if (at > 0) body.text(',');
    if (decideZone(delivery, inventory, client, zone, nowMs, page, body, lines, decideNext)) events++;
  }
  if (many !== undefined) body.text(']');
  const headers = client.audience === undefined ? jsonHeaders : jsonHeadersFor(client.audience);
  const reply = new ServedReply(response, 200, headers, body.bytes);
  if (events > 0) delivery.spool.appendBegun(events, reply);
  else reply.written(true);
}

/** The answer that is being put together; there is one at a time. */
const body = new ByteText(4096);

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
    ownValues: client.audience === undefined ? noValues : client.audience.ownValues,
  };
}

/** What a zone shows: a decision's outcome, or a preview. */
interface Shown {
  readonly creative: IndexedCreative;
  readonly preview: boolean;
}

type DecideNext = (zone: ZoneIndex) => Shown | NoFillReason;

function previewer(inventory: InventoryIndex | undefined, creativeId: number): DecideNext {
  const found = inventory?.creative(creativeId);
  return () => (found === undefined ? 'no_creative_fits' : { creative: found.creative, preview: true });
}

/** Decides for the only zone of a page, and counts what is handed out. */
function decideAlone(
  delivery: Delivery,
  inventory: InventoryIndex,
  client: Client,
  zone: ZoneIndex,
  nowMs: number,
  page: PageFacts,
): Shown | NoFillReason {
  const facts = factsOf(client, zone, nowMs, page);
  const state = stateNow(delivery, inventory, client);
  return counted(delivery, client, nowMs, decideByInterest(inventory, zone, facts, delivery.random, state));
}

/**
 * Gives the decision for each known zone of a page, in their order, and counts what is handed out.
 * @param pages what is told of the page for each of the zones
 */
function decider(
  delivery: Delivery,
  inventory: InventoryIndex,
  client: Client,
  zones: readonly number[],
  nowMs: number,
  pages: readonly PageFacts[],
): DecideNext {
  if (zones.length === 1) {
    const [page] = pages as readonly [PageFacts];
    return (zone) => decideAlone(delivery, inventory, client, zone, nowMs, page);
  }
  const places = zones.flatMap((id, at) => {
    const zone = inventory.zone(id);
    const pageFacts = pages[at] as PageFacts;
    return zone === undefined ? [] : [{ zone, facts: factsOf(client, zone, nowMs, pageFacts) }];
  });
  const page = new Page(inventory, places, delivery.random, () => stateNow(delivery, inventory, client));
  return () => counted(delivery, client, nowMs, page.next());
}

function stateNow({ ads }: Delivery, inventory: InventoryIndex, client: Client): DecisionState {
  const state = ads.of(inventory, client);
  return client.audience === undefined ? state : stateFor(client.audience, state);
}

function counted({ ads }: Delivery, client: Client, nowMs: number, decision: Decision): Shown | NoFillReason {
  if (decision.noFill !== undefined) return decision.noFill;
  const { candidate, creative } = decision;
  ads.taken(decision, client, nowMs);
  if (client.audience !== undefined && candidate.caps.length + creative.caps.length > 0) {
    client.audience.shown([...candidate.caps, ...creative.caps]);
  }
  return { creative, preview: false };
}

/**
 * Decides for one zone, and puts answer and log line of it.
 * @param body for the answer
 * @param lines of the log, as `SpoolWriter.begin` gives them
 * @param decideNext default: the zone is the only one of its page
 * @returns whether there is a line
 */
export function decideZone(
  delivery: Delivery,
  inventory: InventoryIndex | undefined,
  client: Client,
  zoneNumber: number,
  nowMs: number,
  page: PageFacts,
  body: ByteText,
  lines: ByteText,
  decideNext?: DecideNext,
): boolean {
  const zone = inventory?.zone(zoneNumber);
  if (inventory === undefined || zone === undefined) {
    putNoFill(body, '', zoneNumber, inventory === undefined ? 'not_ready' : 'unknown_zone');
    return false;
  }
  const idHigh = randomWord();
  const idLow = randomWord();
  const shown =
    decideNext === undefined ? decideAlone(delivery, inventory, client, zone, nowMs, page) : decideNext(zone);
  delivery.counters.event('ad_request', client.marks);
  putLineStart(lines, 'ad_request', idHigh, idLow, nowMs, nowMs, client);
  lines.put(zone.fields);
  if (typeof shown === 'string') {
    delivery.counters.noFill(shown);
    lines.text(`,"no_fill":"${shown}"`);
    putNoFill(body, hex64(idHigh, idLow), zoneNumber, shown);
  } else {
    delivery.counters.filled();
    const { creative, preview } = shown;
    creative.texts.put(lines, creative.fieldsAt);
    if (preview) lines.text(',"not_counted":"preview"');
    const decided = decidedOf(shown, zone, client, nowMs, idHigh, idLow);
    putFilled(body, idHigh, idLow, zoneNumber);
    putShown(body, delivery, inventory, decided, creative, client);
  }
  client.putFields(lines);
  if (client.audience !== undefined) lines.text(segmentsField(client.audience));
  putPageField(lines, page.page);
  if (client.marks !== 0) lines.text(invalidField(client.marks));
  putLineEnd(lines);
  return true;
}

function decidedOf(
  { creative, preview }: Shown,
  { zone }: ZoneIndex,
  client: Client,
  nowMs: number,
  idHigh: number,
  idLow: number,
): Decided {
  return {
    timeMs: nowMs,
    idHigh,
    idLow,
    site: zone.siteId,
    zone: zone.id,
    advertiser: creative.advertiserId,
    campaign: creative.campaignId,
    lineItem: creative.lineItemId,
    creative: preview ? previewCreative(creative.id) : creative.id,
    visitor: client.visitorLow,
    browser: client.browser.hashLow,
    country: client.country,
    consented: client.audience === undefined ? undefined : consentedOf(client, client.audience),
  };
}

/** Puts the creative, and where its events go to. */
function putShown(
  body: ByteText,
  { signer, publicUrl, audience }: Delivery,
  inventory: InventoryIndex,
  decided: Decided,
  creative: IndexedCreative,
  client: Client,
): void {
  const { texts, answerAt, fill } = creative;
  const { location } = client;
  const signed = signer.signed(decided);
  const token =
    client.audience === undefined
      ? signed
      : meetAdvertiser(inventory, audience, client, decided, creative, signed);
  if (fill === undefined) texts.put(body, answerAt);
  else body.text(fill({ publicUrl, token: token.toString('latin1'), decided, location }));
  putAddresses(body, publicUrl, token, audience.marksAds(location));
}
