import type { Location } from '../../../geo-db/index.ts';
import type { OwnValues } from '../../audience/index.ts';
import type { TargetingDimension } from '../../inventory/targeting.ts';
import type { Browser } from '../browser.ts';

/** What a targeting rule can look at. Empty text and undefined are unknown. */
export interface Facts {
  readonly location: Location;
  readonly browser: Browser;
  /** Lower case, like `zh-tw`. */
  readonly language: string;
  readonly site: number;
  readonly zone: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** The page's address without query string. */
  readonly page: string;
  /** The referrer's host name. */
  readonly referrer: string;
  readonly keyValues: KeyValues;
  readonly segments: readonly string[];
  /** Values that advertisers keep for the visitor, by their ids. */
  readonly ownValues: OwnValues;
}

/** The zone's or page's own keys. */
export type KeyValues = Readonly<Record<string, readonly string[]>>;

export const noKeyValues: KeyValues = Object.freeze({});

/** Values of a dimension that hold for a request: several where one implies others; none is unknown. */
export function valuesOf(on: TargetingDimension, facts: Facts): readonly string[] {
  switch (on) {
    case 'language':
      return withParents(facts.language, '-');
    case 'referrer':
      return hostWithParents(facts.referrer);
    case 'segment':
      return facts.segments;
    // Each advertiser has its own: see `compileLeaf`.
    case 'advertiserValue':
      return [];
    default: {
      const value = single(on, facts);
      return value === undefined || value === '' ? [] : [value];
    }
  }
}

function single(
  on: Exclude<TargetingDimension, 'language' | 'referrer' | 'segment' | 'advertiserValue'>,
  facts: Facts,
): string | undefined {
  const { location } = facts;
  const browser = facts.browser.facts;
  const inCountry = (name: string | undefined) =>
    location.country === undefined || name === undefined ? undefined : `${location.country}/${name}`;
  switch (on) {
    case 'continent':
      return location.continent;
    case 'country':
      return location.country;
    case 'eu':
      return location.isEu === undefined ? undefined : location.isEu ? 'yes' : 'no';
    case 'region':
      return location.region;
    case 'city':
      return inCountry(location.city);
    case 'postalCode':
      return inCountry(location.postalCode);
    case 'timeZone':
      return location.timeZone;
    case 'asn':
      return location.asn === undefined ? undefined : `AS${location.asn}`;
    case 'connectionType':
      return location.connectionType;
    case 'browser':
      return browser.browser;
    case 'os':
      return browser.os;
    case 'device':
      return browser.device;
    case 'site':
      return String(facts.site);
    case 'zone':
      return String(facts.zone);
    case 'page':
      return facts.page;
  }
}

/** `zh-hant-tw` is also `zh-hant` and `zh`. */
function withParents(tag: string, separator: string): string[] {
  const all: string[] = [];
  for (let end = tag.length; end > 0; end = tag.lastIndexOf(separator, end - 1)) all.push(tag.slice(0, end));
  return all;
}

/** `www.a.example` is also below `a.example` and `example`. */
function hostWithParents(host: string): string[] {
  const all: string[] = [];
  let from = 0;
  while (from < host.length) {
    all.push(host.slice(from));
    const dot = host.indexOf('.', from);
    if (dot < 0) break;
    from = dot + 1;
  }
  return all;
}
