import type { Location } from '../../geo-db/index.ts';
import { noValues } from '../audience/index.ts';
import { type Browser, primaryLanguage } from './browser.ts';
import { parseKeyValues } from './key-values.ts';
import { hostOf, pageAddress } from './page-address.ts';
import { type Facts, noKeyValues } from './targeting/facts.ts';

/** A request as somebody describes it who asks about a decision: the texts that a browser and a tag would send. */
export interface DescribedRequest {
  readonly location: Location;
  readonly browser: Browser;
  readonly site: number;
  readonly zone: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Accept-Language header. */
  readonly lang?: string | undefined;
  readonly url?: string | undefined;
  readonly ref?: string | undefined;
  readonly kv?: string | undefined;
}

export function factsOfRequest({ lang, url, ref, kv, ...known }: DescribedRequest): Facts {
  const { location, browser, site, zone, nowMs } = known;
  return {
    ...{ location, browser, site, zone, nowMs },
    language: primaryLanguage(lang),
    page: pageAddress(url),
    referrer: hostOf(ref),
    keyValues: kv === undefined ? noKeyValues : parseKeyValues(kv),
    segments: [],
    ownValues: noValues,
  };
}
