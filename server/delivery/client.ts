import type { IncomingMessage } from 'node:http';
import { locationFields, textField } from '../../analytics/index.ts';
import {
  clientAddress,
  type GeoDb,
  type Location,
  maskedNetwork,
  type TrustedProxies,
} from '../../geo-db/index.ts';
import { type Audience, type AudienceVisitor, type ConsentSignals, querySignals } from '../audience/index.ts';
import { type Browser, type BrowserReader, primaryLanguage } from './browser.ts';
import { hex64 } from './hex.ts';
import { countryNumber } from './invalid-traffic/changes.ts';
import type { RequestMarks } from './invalid-traffic/request-marks.ts';
import type { PlainRequest } from './plain-request.ts';
import { type RequestHeaders, readHeaders } from './request-headers.ts';
import { sipResult } from './sip-hash.ts';
import { TwoGenerationCache } from './two-generation-cache.ts';
import type { DailyVisitors } from './visitor.ts';

/** A request, whoever read it. */
export type Asker = PlainRequest | IncomingMessage;

/** What one request tells of who sent it. The address itself is not among it: it was used and is gone. */
export interface Client {
  readonly headers: RequestHeaders;
  readonly location: Location;
  readonly browser: Browser;
  /** Lower case, like `zh-tw`; empty where unknown. */
  readonly language: string;
  /** Masked, see `maskedNetwork`. */
  readonly network: string;
  /** 16 hex digits. */
  readonly visitor: string;
  readonly visitorKind: 'daily' | 'cookie';
  /** The halves of the visitor number. */
  readonly visitorHigh: number;
  readonly visitorLow: number;
  /** Log fields of location, browser and language. */
  readonly fields: string;
  /** What speaks against the request itself: a set of `reasonBit`. Goes into the log with `invalidField`. */
  readonly marks: number;
  /** Country as a token carries it. */
  readonly country: number;
  /** What is known of the visitor's consent, and what comes with it; undefined: nothing. */
  readonly audience: AudienceVisitor | undefined;
}

interface Language {
  readonly tag: string;
  /** Log field. */
  readonly field: string;
}

const noLanguage: Language = { tag: '', field: '' };

const maxKeptFields = 100_000;

export class ClientReader {
  readonly #proxies: TrustedProxies;
  readonly #geo: GeoDb;
  readonly #browsers: BrowserReader;
  readonly #visitors: DailyVisitors;
  readonly #languages = new TwoGenerationCache<Language>(1000);
  readonly #marks: RequestMarks;
  readonly #audience: Audience;
  /** Log fields by the location's serial, for one build of the location database. */
  #locationFields: string[] = [];
  #keptFields = 0;
  #build = 0;

  constructor(
    proxies: TrustedProxies,
    geo: GeoDb,
    browsers: BrowserReader,
    visitors: DailyVisitors,
    marks: RequestMarks,
    audience: Audience,
  ) {
    this.#proxies = proxies;
    this.#geo = geo;
    this.#browsers = browsers;
    this.#visitors = visitors;
    this.#marks = marks;
    this.#audience = audience;
  }

  /** For what asks of no consent, since that was settled before. Undefined where the connection is already gone. */
  read(request: Asker, nowMs: number): Client | undefined {
    return this.#read(request, nowMs, undefined, false);
  }

  /**
   * With the visitor's consent.
   * @param signals what is said of it beside the headers: a query string, or read of something else
   */
  readConsented(
    request: Asker,
    nowMs: number,
    signals: string | ConsentSignals | undefined,
  ): Client | undefined {
    return this.#read(request, nowMs, typeof signals === 'string' ? querySignals(signals) : signals, true);
  }

  #read(
    request: Asker,
    nowMs: number,
    signals: ConsentSignals | undefined,
    asksConsent: boolean,
  ): Client | undefined {
    const headers = 'rawHeaders' in request ? readHeaders(request.rawHeaders) : request.headers;
    const address = clientAddress(request.socket.remoteAddress, headers.forwardedFor, this.#proxies);
    if (address === undefined) return undefined;
    const location = this.#geo.lookup(address);
    const browser = this.#browsers.read(headers.userAgent);
    this.#visitors.number(address, browser, nowMs);
    const { high, low } = sipResult;
    const language = this.#language(headers.acceptLanguage);
    const says =
      asksConsent &&
      (signals !== undefined ||
        headers.cookie !== undefined ||
        headers.gpc !== undefined ||
        headers.dnt !== undefined);
    const audience = says ? this.#audience.read(headers, signals, location, nowMs) : undefined;
    const known = audience?.visitor;
    return {
      headers,
      location,
      browser,
      language: language.tag,
      network: maskedNetwork(address),
      visitor: known === undefined ? hex64(high, low) : (audience as AudienceVisitor).visitorHex,
      visitorKind: known === undefined ? 'daily' : 'cookie',
      visitorHigh: known?.high ?? high,
      visitorLow: known?.low ?? low,
      fields: this.#fieldsOf(location) + browser.fields + language.field + (audience?.consent?.field ?? ''),
      marks: this.#marks.of(headers, address, location, browser.traits),
      country: countryNumber(location.country),
      audience,
    };
  }

  #language(header: string | undefined): Language {
    if (header === undefined) return noLanguage;
    let language = this.#languages.get(header);
    if (language === undefined) {
      const tag = primaryLanguage(header);
      language = { tag, field: textField('language', tag) };
      this.#languages.set(header, language);
    }
    return language;
  }

  #fieldsOf(location: Location): string {
    const known = this.#locationFields[location.serial];
    if (known !== undefined) return known;
    if (this.#keptFields >= maxKeptFields || this.#build !== this.#geo.metadata().build) {
      this.#locationFields = [];
      this.#keptFields = 0;
      this.#build = this.#geo.metadata().build;
    }
    const fields = locationFields(location, this.#build);
    this.#locationFields[location.serial] = fields;
    this.#keptFields++;
    return fields;
  }
}
