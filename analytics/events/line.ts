import type { Location } from '../../geo-db/index.ts';
import type { EventType } from './columns.ts';

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
