import type { IncomingMessage, ServerResponse } from 'node:http';
import { eventLine, invalidField, textField } from '../../analytics/index.ts';
import { AppError } from '../errors.ts';
import type { Client } from './client.ts';
import { decide } from './decide.ts';
import type { Delivery } from './delivery.ts';
import { randomWord } from './event-id.ts';
import { hex64 } from './hex.ts';
import type { InventoryIndex, ZoneIndex } from './inventory-index.ts';
import { parseKeyValues } from './key-values.ts';
import { hostOf, pageAddress } from './page-address.ts';
import { queryValue } from './query.ts';
import { jsonHeaders, ServedReply, sendProblem } from './reply.ts';
import { type Facts, type KeyValues, noKeyValues } from './targeting/facts.ts';
import type { Decided } from './token.ts';

const maxZones = 50;
/** Learnt from the visitor's interests, once there is consent to it. */
const noSegments: readonly string[] = Object.freeze([]);

/** GET /v1/ad: one decision for `zone=12`, a list of them for `zones=12,13`. */
export function answerAd(
  delivery: Delivery,
  request: IncomingMessage,
  response: ServerResponse,
  query: string,
): void {
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
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) {
    response.destroy();
    return;
  }
  let lines = '';
  let body = '';
  let events = 0;
  const page = pageOf(client, query);
  for (const zone of zones) {
    const decided = decideZone(delivery, inventory, client, zone, nowMs, page);
    body += body === '' ? decided.body : `,${decided.body}`;
    lines += decided.line;
    if (decided.line !== '') events++;
  }
  const reply = new ServedReply(response, 200, jsonHeaders, many === undefined ? body : `[${body}]`);
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
    segments: noSegments,
  };
}

/** Decides for one zone, and makes the answer and the log line of it. */
export function decideZone(
  delivery: Delivery,
  inventory: InventoryIndex | undefined,
  client: Client,
  zoneNumber: number,
  nowMs: number,
  page: PageFacts,
): ZoneDecided {
  const zone = inventory?.zone(zoneNumber);
  if (inventory === undefined || zone === undefined) {
    const reason = inventory === undefined ? 'not_ready' : 'unknown_zone';
    return { body: noFillBody('', zoneNumber, reason), line: '' };
  }
  const idHigh = randomWord();
  const idLow = randomWord();
  const id = hex64(idHigh, idLow);
  const decision = decide(inventory, zone, factsOf(client, zone, nowMs, page), delivery.random);
  if (decision.noFill !== undefined) {
    const fields = `${zone.fields},"no_fill":"${decision.noFill}"${client.fields}${page.field}${invalidField(client.marks)}`;
    return {
      body: noFillBody(id, zoneNumber, decision.noFill),
      line: eventLine('ad_request', id, nowMs, nowMs, client.visitor, client.network, fields),
    };
  }
  const { candidate, creative } = decision;
  const decided: Decided = {
    timeMs: nowMs,
    idHigh,
    idLow,
    site: zone.zone.siteId,
    zone: zoneNumber,
    advertiser: candidate.lineItem.advertiserId,
    campaign: candidate.lineItem.campaignId,
    lineItem: candidate.lineItem.id,
    creative: creative.creative.id,
    visitor: client.visitorLow,
    browser: client.browser.hashLow,
    country: client.country,
  };
  const token = delivery.signer.sign(decided);
  const { publicUrl } = delivery;
  const { answer, fill } = creative;
  const shown = fill === undefined ? answer : fill({ publicUrl, token, decided, location: client.location });
  const base = `${publicUrl}/v1/`;
  return {
    body:
      `{"id":"${id}","zone":${zoneNumber},"noFill":null,"creative":${shown},` +
      `"impressionUrl":"${base}e/i/${token}","viewableUrl":"${base}e/v/${token}","clickUrl":"${base}c/${token}"}`,
    line: eventLine(
      'ad_request',
      id,
      nowMs,
      nowMs,
      client.visitor,
      client.network,
      zone.fields + creative.fields + client.fields + page.field + invalidField(client.marks),
    ),
  };
}

function noFillBody(id: string, zone: number, reason: string): string {
  return `{"id":"${id}","zone":${zone},"noFill":"${reason}","creative":null,"impressionUrl":null,"viewableUrl":null,"clickUrl":null}`;
}
