import type { IncomingMessage, ServerResponse } from 'node:http';
import { eventLine, textField } from '../../analytics/index.ts';
import { AppError } from '../errors.ts';
import type { SnapshotLineItem } from '../inventory/snapshot.ts';
import type { Client } from './client.ts';
import { type Decision, decide } from './decide.ts';
import type { Delivery } from './delivery.ts';
import { randomWord } from './event-id.ts';
import { hex64 } from './hex.ts';
import type { IndexedCreative, InventoryIndex, ZoneIndex } from './inventory-index.ts';
import type { NoFillReason } from './no-fill.ts';
import { Page } from './page.ts';
import { pageAddress } from './page-address.ts';
import { previewCreative, previewed } from './preview.ts';
import { queryValue } from './query.ts';
import { jsonHeaders, ServedReply, sendProblem } from './reply.ts';

const maxZones = 50;

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
  const preview = queryValue(query, 'preview');
  const previewId = preview === undefined ? undefined : previewed(delivery.signer, preview, nowMs);
  if (preview !== undefined && previewId === undefined) {
    sendProblem(response, new AppError('token_invalid', 'The preview link is not valid, or has expired.'));
    return;
  }
  const client = delivery.clients.read(request, nowMs);
  if (client === undefined) {
    response.destroy();
    return;
  }
  let lines = '';
  let body = '';
  let events = 0;
  const page = textField('page', pageAddress(client.headers.referer));
  const decideNext = decider(delivery, inventory, client, zones, nowMs, previewId);
  for (const zone of zones) {
    const decided = answerZone(delivery, inventory, client, zone, nowMs, page, decideNext);
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
function zoneId(text: string): number | undefined {
  if (text.length === 0 || text.length > 10) return undefined;
  let id = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    id = id * 10 + digit;
  }
  return id >= 1 && id <= 0xffffffff ? id : undefined;
}

interface ZoneDecided {
  readonly body: string;
  /** The log line; empty where there is nothing to log. */
  readonly line: string;
}

/** What a zone shows: a decision's outcome, or a preview. */
interface Shown {
  readonly lineItem: SnapshotLineItem;
  readonly creative: IndexedCreative;
  readonly preview: boolean;
}

/** Gives the decision for each known zone of the request, in their order, and counts what is handed out. */
function decider(
  delivery: Delivery,
  inventory: InventoryIndex | undefined,
  client: Client,
  zones: readonly number[],
  nowMs: number,
  previewId: number | undefined,
): (zone: ZoneIndex) => Shown | NoFillReason {
  if (inventory === undefined) return () => 'not_ready';
  if (previewId !== undefined) {
    const found = inventory.creative(previewId);
    return () => (found === undefined ? 'no_creative_fits' : { ...found, preview: true });
  }
  const { ads, random } = delivery;
  const state = ads.of(inventory, client.visitor);
  const counted = (decision: Decision): Shown | NoFillReason => {
    if (decision.noFill !== undefined) return decision.noFill;
    ads.taken(decision, client.visitor, nowMs);
    return { lineItem: decision.candidate.lineItem, creative: decision.creative, preview: false };
  };
  if (zones.length === 1) {
    return (zone) => counted(decide(inventory, zone, client.location, nowMs, random, state));
  }
  const known = zones.flatMap((id) => inventory.zone(id) ?? []);
  const page = new Page(inventory, known, client.location, nowMs, random, () =>
    ads.of(inventory, client.visitor),
  );
  return () => counted(page.next());
}

function answerZone(
  delivery: Delivery,
  inventory: InventoryIndex | undefined,
  client: Client,
  zoneNumber: number,
  nowMs: number,
  page: string,
  decideNext: (zone: ZoneIndex) => Shown | NoFillReason,
): ZoneDecided {
  const zone = inventory?.zone(zoneNumber);
  if (zone === undefined) {
    const reason = inventory === undefined ? 'not_ready' : 'unknown_zone';
    return { body: noFillBody('', zoneNumber, reason), line: '' };
  }
  const idHigh = randomWord();
  const idLow = randomWord();
  const id = hex64(idHigh, idLow);
  const shown = decideNext(zone);
  if (typeof shown === 'string') {
    const fields = `${zone.fields},"no_fill":"${shown}"${client.fields}${page}`;
    return {
      body: noFillBody(id, zoneNumber, shown),
      line: eventLine('ad_request', id, nowMs, nowMs, client.visitor, client.network, fields),
    };
  }
  const { lineItem, creative, preview } = shown;
  const token = delivery.signer.sign({
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
  });
  const base = `${delivery.publicUrl}/v1/`;
  const notCounted = preview ? ',"not_counted":"preview"' : '';
  return {
    body:
      `{"id":"${id}","zone":${zoneNumber},"noFill":null,"creative":${creative.answer},` +
      `"impressionUrl":"${base}e/i/${token}","viewableUrl":"${base}e/v/${token}","clickUrl":"${base}c/${token}"}`,
    line: eventLine(
      'ad_request',
      id,
      nowMs,
      nowMs,
      client.visitor,
      client.network,
      zone.fields + creative.fields + notCounted + client.fields + page,
    ),
  };
}

function noFillBody(id: string, zone: number, reason: string): string {
  return `{"id":"${id}","zone":${zone},"noFill":"${reason}","creative":null,"impressionUrl":null,"viewableUrl":null,"clickUrl":null}`;
}
