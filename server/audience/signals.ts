import { queryValue } from '../delivery/query.ts';

/** What a request says of consent beside its headers; undefined: not said. */
export interface ConsentSignals {
  /** See `toldConsent`; empty: the page takes part, and has nothing to say. */
  readonly consent: string | undefined;
  /** IAB TCF string. */
  readonly tcf: string | undefined;
  /** IAB GPP string. */
  readonly gpp: string | undefined;
  /** Creatives that were hidden on this page, by their ids. */
  readonly hide: string | undefined;
}

/** The signals of a query string; undefined where it has none. Two searches are all that this costs most requests. */
export function querySignals(query: string): ConsentSignals | undefined {
  if (!query.includes('consent=') && !query.includes('gpp=') && !query.includes('hide=')) return undefined;
  return {
    consent: queryValue(query, 'consent'),
    tcf: queryValue(query, 'gdpr_consent'),
    gpp: queryValue(query, 'gpp'),
    hide: queryValue(query, 'hide'),
  };
}

/** The signals of a body's fields. */
export function bodySignals(body: Readonly<Record<string, unknown>>): ConsentSignals | undefined {
  const text = (name: string) => {
    const value = body[name];
    return typeof value === 'string' ? value : undefined;
  };
  const signals = {
    consent: text('consent'),
    tcf: text('gdpr_consent'),
    gpp: text('gpp'),
    hide: text('hide'),
  };
  return Object.values(signals).every((signal) => signal === undefined) ? undefined : signals;
}
