import { type Address, type Location, writeMaskedNetwork } from '../../geo-db/index.ts';
import type { ByteText } from './byte-text.ts';
import { type EventType, eventTypes } from './columns.ts';

/** What is known of a browser from its request; empty or 0 where unknown. */
export interface BrowserFacts {
  readonly browser: string;
  /** Major version. */
  readonly browserVersion: number;
  readonly os: string;
  readonly osVersion: string;
  readonly device: string;
}

/**
 * Parts of a log line that are the same for many events, as JSON text that begins with a comma. They are made once
 * for a location, a browser or a language and kept beside it: a line is then put together by joining strings.
 */
export function locationFields(location: Location, build: number): string {
  return (
    textField('country', location.country) +
    textField('region', location.region) +
    textField('city', location.city) +
    numberField('geo_build', build) +
    numberField('asn', location.asn ?? 0)
  );
}

export function browserFields(facts: BrowserFacts): string {
  return (
    textField('browser', facts.browser) +
    numberField('browser_version', facts.browserVersion) +
    textField('os', facts.os) +
    textField('os_version', facts.osVersion) +
    textField('device', facts.device)
  );
}

/** @param zone 0 where the event is of a site, and of none of its zones */
export function zoneFields(site: number, zone: number): string {
  return numberField('site', site) + numberField('zone', zone);
}

export function demandFields(
  advertiser: number,
  campaign: number,
  lineItem: number,
  creative: number,
): string {
  return (
    numberField('advertiser', advertiser) +
    numberField('campaign', campaign) +
    numberField('line_item', lineItem) +
    numberField('creative', creative)
  );
}

/** A text field, or nothing where the value is empty: a missing field is read as empty. */
export function textField(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? '' : `,"${name}":${JSON.stringify(value)}`;
}

/** A number field, or nothing where the value is 0. */
export function numberField(name: string, value: number): string {
  return value === 0 ? '' : `,"${name}":${value}`;
}

/**
 * One line of the log, with its newline.
 * @param id 16 hex digits; (type, id) is unique.
 * @param originMs the decision's time where the event follows one, else `timeMs`.
 * @param visitor 16 hex digits.
 * @param network masked, as `maskedNetwork` gives it.
 * @param fields further fields, as the functions above make them.
 * @param kind of the visitor number
 */
export function eventLine(
  type: EventType,
  id: string,
  timeMs: number,
  originMs: number,
  visitor: string,
  network: string,
  fields: string,
  kind: 'daily' | 'cookie' = 'daily',
): string {
  const origin = originMs === timeMs ? '' : `,"origin":${originMs}`;
  return `{"type":"${type}","id":"${id}","time":${timeMs}${origin},"visitor":"${visitor}","visitor_kind":"${kind}","network":"${network}"${fields}}\n`;
}

/** As `eventLine`, of an event that a server reports: no visitor, no network, and no decision's time. */
export function serverEventLine(type: EventType, id: string, timeMs: number, fields: string): string {
  return `{"type":"${type}","id":"${id}","time":${timeMs},"visitor":"0000000000000000"${fields}}\n`;
}

/** Who sent the request that an event comes of. */
export interface Sender {
  /** The halves of the visitor number. */
  readonly visitorHigh: number;
  readonly visitorLow: number;
  readonly visitorKind: 'daily' | 'cookie';
  /** Any address of the visitor's network; no more than the network is written. */
  readonly masked: Address;
}

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

const lineStarts = Object.fromEntries(
  Object.keys(eventTypes).map((type) => [type, bytesOf(`{"type":"${type}","id":"`)]),
) as Readonly<Record<EventType, Uint8Array>>;
const [beforeTime, beforeOrigin, beforeVisitor, daily, cookie, afterNetwork, lineEnd] = [
  '","time":',
  ',"origin":',
  ',"visitor":"',
  '","visitor_kind":"daily","network":"',
  '","visitor_kind":"cookie","network":"',
  '"',
  '}\n',
].map(bytesOf) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];

/**
 * Puts what `eventLine` begins a line with. Further fields and `putLineEnd` are to follow.
 * @param idHigh with `idLow` the halves of the id
 */
export function putLineStart(
  to: ByteText,
  type: EventType,
  idHigh: number,
  idLow: number,
  timeMs: number,
  originMs: number,
  sender: Sender,
): void {
  to.put(lineStarts[type]);
  to.hex64(idHigh, idLow);
  to.put(beforeTime);
  to.number(timeMs);
  if (originMs !== timeMs) {
    to.put(beforeOrigin);
    to.number(originMs);
  }
  to.put(beforeVisitor);
  to.hex64(sender.visitorHigh, sender.visitorLow);
  to.put(sender.visitorKind === 'cookie' ? cookie : daily);
  to.length = writeMaskedNetwork(sender.masked, to.room(longestNetwork), to.length);
  to.put(afterNetwork);
}

const longestNetwork = 64;

export function putLineEnd(to: ByteText): void {
  to.put(lineEnd);
}

const [site, zone, advertiser, campaign, lineItem, creative, priceNanos] = [
  'site',
  'zone',
  'advertiser',
  'campaign',
  'line_item',
  'creative',
  'price_nanos',
].map((name) => bytesOf(`,"${name}":`)) as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];

/** Puts what `numberField` gives. */
function putNumberField(to: ByteText, start: Uint8Array, value: number): void {
  if (value === 0) return;
  to.put(start);
  to.number(value);
}

/** Puts what `zoneFields` and `demandFields` give. */
export function putDecisionFields(
  to: ByteText,
  decided: {
    readonly site: number;
    readonly zone: number;
    readonly advertiser: number;
    readonly campaign: number;
    readonly lineItem: number;
  },
  creativeId: number,
): void {
  putNumberField(to, site, decided.site);
  putNumberField(to, zone, decided.zone);
  putNumberField(to, advertiser, decided.advertiser);
  putNumberField(to, campaign, decided.campaign);
  putNumberField(to, lineItem, decided.lineItem);
  putNumberField(to, creative, creativeId);
}

export function putPriceField(to: ByteText, nanos: number): void {
  putNumberField(to, priceNanos, nanos);
}

const pageFieldStart = bytesOf(',"page":');

/** Puts the page, where it is known. */
export function putPageField(to: ByteText, page: string): void {
  if (page === '') return;
  to.put(pageFieldStart);
  to.json(page);
}
