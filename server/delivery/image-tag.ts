import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  demandFields,
  eventLine,
  invalidField,
  numberField,
  reasonBit,
  textField,
} from '../../analytics/index.ts';
import { AppError } from '../errors.ts';
import type { ImageCreative } from '../inventory/snapshot.ts';
import { factsOf, type PageFacts, pageOf, zoneId } from './ad.ts';
import type { AssetFiles } from './assets.ts';
import { landingHeaders, notFollowed, priceNanos } from './beacon.ts';
import type { Client } from './client.ts';
import { saidField } from './consented.ts';
import { type Decision, decide } from './decide.ts';
import type { Delivery } from './delivery.ts';
import type { DecisionState, PageSoFar } from './eligible.ts';
import { hex64 } from './hex.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import { landingOf } from './landing.ts';
import { answerWhyPage } from './privacy/privacy-routes.ts';
import { queryValue } from './query.ts';
import { corsHeaders, type HeaderList, ServedReply, send, sendProblem } from './reply.ts';
import type { Facts } from './targeting/facts.ts';
import type { Decided } from './token.ts';

/**
 * The image tag, for newsletters and browsers without scripts: two addresses, one for the image and one for the click,
 * and nothing that could carry a token from the one to the other. So both make the decision, and make the same: the
 * draw comes out of zone and `n`, the rest out of inventory, location and time. Where one of those changed in between,
 * such as with mail services that fetch images from a place of their own, the click may lead to another ad's landing;
 * docs/tags.md says so. Only image creatives are shown.
 */

/**
 * What speaks against an image's request. Mail services fetch images for their readers from data centers, with headers
 * that no browser sends: that does not.
 */
const personsMarks = reasonBit.internal | reasonBit.staff | reasonBit.prefetch;

const dayMs = 86_400_000;
/** A transparent pixel, for where there is no ad. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

function imageHeaders(contentType: string): HeaderList {
  return [
    ...['Content-Type', contentType, 'Cache-Control', 'no-store', 'X-Content-Type-Options', 'nosniff'],
    ...[
      'Cross-Origin-Resource-Policy',
      'cross-origin',
      'Content-Security-Policy',
      "sandbox; default-src 'none'",
    ],
    ...corsHeaders,
  ];
}

/** GET /v1/img?zone=12&n=abc: the image itself. To send it is to show it: this is the impression. */
export async function answerImage(
  delivery: Delivery,
  assets: AssetFiles,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
): Promise<void> {
  const asked = readQuestion(delivery, request, response, query, 'image');
  if (asked === undefined) return;
  const { client, consent, decision, decided, zone, page } = asked;
  // The same image again is the same event: it has used up what it uses up.
  const repeated =
    decision.noFill === undefined && delivery.rates.isRepeatedImpression(decided, decided.timeMs);
  // A mail service that fetches it for a reader calls itself a program, and counts.
  if (!repeated) delivery.ads.taken(decision, { visitor: client.visitor }, decided.timeMs);
  const line = (type: 'ad_request' | 'impression', fields: string) =>
    eventLine(
      type,
      hex64(decided.idHigh, decided.idLow),
      ...([decided.timeMs, decided.timeMs, client.visitor, client.network] as const),
      zone.fields.toString() +
        fields +
        client.fields +
        consent +
        textField('page', page.page) +
        invalidField(client.marks & personsMarks),
    );
  delivery.counters.event('ad_request', client.marks & personsMarks);
  if (decision.noFill !== undefined) {
    delivery.counters.noFill(decision.noFill);
    const reply = new ServedReply(response, 200, imageHeaders('image/gif'), pixel);
    delivery.spool.append(line('ad_request', `,"no_fill":"${decision.noFill}"`), 1, reply);
    return;
  }
  delivery.counters.filled();
  const { advertiser, campaign, lineItem, creative } = decided;
  const fields = demandFields(advertiser, campaign, lineItem, creative);
  const image = await assets.image((decision.creative.creative as ImageCreative).asset);
  if (image === undefined) {
    const reply = new ServedReply(response, 200, imageHeaders('image/gif'), pixel);
    delivery.spool.append(line('ad_request', fields), 1, reply);
    return;
  }
  delivery.counters.event('impression', client.marks & personsMarks);
  if (!repeated && (client.marks & personsMarks) === 0)
    delivery.ads.leases.count('impression', lineItem, decided.timeMs, decided.timeMs);
  const reply = new ServedReply(response, 200, imageHeaders(image.contentType), image.body);
  const priced = fields + numberField('price_nanos', priceNanos(delivery, 'impression', creative));
  delivery.spool.append(line('ad_request', fields) + line('impression', priced), 2, reply);
}

/** GET /v1/img/click?zone=12&n=abc: to the landing of the image that the same `n` was shown. */
export function answerImageClick(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
): void {
  const asked = readQuestion(delivery, request, response, query, 'click');
  if (asked === undefined) return;
  const { client, consent, decision, decided, zone } = asked;
  const { publicUrl, inventory } = delivery;
  const landing =
    decision.noFill === undefined
      ? landingOf(inventory, '', {
          ...{ publicUrl, token: delivery.signer.sign(decided), decided },
          location: client.location,
        })
      : undefined;
  if (landing === undefined) {
    sendProblem(response, new AppError('not_found', 'There is no ad here at the moment.'));
    return;
  }
  const { advertiser, campaign, lineItem, creative, timeMs } = decided;
  let marks = client.marks | notFollowed(client);
  let notCounted = '';
  if (marks === 0 && delivery.rates.isRepeatedClick(decided, timeMs))
    notCounted = ',"not_counted":"repeated"';
  else marks |= delivery.rates.click(decided, client, timeMs);
  const line = eventLine(
    'click',
    hex64(decided.idHigh, decided.idLow),
    ...([timeMs, timeMs, client.visitor, client.network] as const),
    zone.fields.toString() +
      demandFields(advertiser, campaign, lineItem, creative) +
      notCounted +
      numberField('price_nanos', priceNanos(delivery, 'click', creative)) +
      textField('link', landing.link) +
      client.fields +
      consent +
      invalidField(marks),
  );
  delivery.counters.event('click', marks);
  if (marks === 0 && notCounted === '') delivery.ads.leases.count('click', lineItem, timeMs, timeMs);
  delivery.spool.append(line, 1, new ServedReply(response, 302, landingHeaders(landing.url), ''));
}

/**
 * GET /v1/img/why?zone=12&n=abc: whose the image is that the same `n` was shown, and why. An image can carry no mark of its
 * own: a link beside it leads here.
 */
export function answerImageWhy(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
): void {
  const asked = readQuestion(delivery, request, response, query, 'click');
  if (asked === undefined) return;
  if (asked.decision.noFill !== undefined)
    sendProblem(response, new AppError('not_found', 'There is no ad here at the moment.'));
  else answerWhyPage(delivery, response, asked.client, asked.decided, query);
}

interface Asked {
  readonly client: Client;
  /** Log field. */
  readonly consent: string;
  readonly zone: ZoneIndex;
  readonly page: PageFacts;
  readonly decision: Decision;
  readonly decided: Decided;
}

/** The question and its answer; undefined where it was answered with an error. */
function readQuestion(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
  of: 'image' | 'click',
): Asked | undefined {
  const number = zoneId(queryValue(query, 'zone') ?? '');
  const n = queryValue(query, 'n') ?? '';
  if (number === undefined || !/^[\w.~-]{1,64}$/.test(n)) {
    const detail =
      'Name a zone and a number of its own for each copy, like ?zone=12&n=abc: letters, digits, _ . ~ -';
    sendProblem(response, new AppError('bad_request', detail));
    return undefined;
  }
  const { inventory } = delivery;
  if (inventory === undefined) {
    send(response, 200, imageHeaders('image/gif'), pixel);
    return undefined;
  }
  const zone = inventory.zone(number);
  if (zone === undefined) {
    sendProblem(response, new AppError('unknown_zone', `There is no zone ${number}.`));
    return undefined;
  }
  const nowMs = delivery.now();
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) {
    response.destroy();
    return undefined;
  }
  const page = pageOf(client, query);
  const facts = factsOf(client, zone, nowMs, page);
  const { allowance, seen } = delivery.ads.of(inventory, client);
  // The image itself may have used up what a cap allows: the click leads to it all the same.
  const state = of === 'image' ? { allowance, seen } : { allowance };
  const decision = decideImage(inventory, zone, facts, seeded(`${number}\n${n}`), state);
  // Opened again on the same day it is the same event, and the click on that day belongs to it.
  const id = digest(`${number}\n${n}\n${Math.floor(nowMs / dayMs)}`);
  const item = decision.noFill === undefined ? decision.candidate.lineItem : undefined;
  const decided: Decided = {
    timeMs: nowMs,
    idHigh: id.readUInt32BE(0),
    idLow: id.readUInt32BE(4),
    site: zone.zone.siteId,
    zone: number,
    advertiser: item?.advertiserId ?? 0,
    campaign: item?.campaignId ?? 0,
    lineItem: item?.id ?? 0,
    creative: decision.noFill === undefined ? decision.creative.creative.id : 0,
    visitor: client.visitorLow,
    // Mail services fetch images by a browser and from a country of their own: neither can be compared at the click.
    browser: 0,
    country: 0,
  };
  return { client, consent: saidField(delivery, client, query), zone, page, decision, decided };
}

/** Decides among image creatives alone: all others count as if they could not be shown on this page. */
function decideImage(
  inventory: InventoryIndex,
  zone: ZoneIndex,
  facts: Facts,
  random: () => number,
  state: DecisionState,
): Decision {
  const page: PageSoFar = {
    hasCreative: (id) => inventory.creative(id)?.creative.creative.type !== 'image',
    hasCompetitor: () => false,
    canFill: () => true,
  };
  const decision = decide(inventory, zone, facts, random, { ...state, page });
  return decision.noFill === 'excluded' ? { noFill: 'no_creative_fits' } : decision;
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Uniform numbers in [0, 1) that follow from the seed alone: Mulberry32 (Tommy Ettinger, public domain). */
function seeded(seed: string): () => number {
  let state = digest(seed).readUInt32BE(0);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
}
