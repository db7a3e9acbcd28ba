import type { IncomingMessage } from 'node:http';
import { locationFields, textField } from '../../analytics/index.ts';
import {
  clientAddress,
  type GeoDb,
  type Location,
  maskedNetwork,
  type TrustedProxies,
} from '../../geo-db/index.ts';
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
  /** The halves of the visitor number. */
  readonly visitorHigh: number;
  readonly visitorLow: number;
  /** Log fields of location, browser and language. */
  readonly fields: string;
  /** What speaks against the request itself: a set of `reasonBit`. Goes into the log with `invalidField`. */
  readonly marks: number;
  /** Country as a token carries it. */
  readonly country: number;
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
  ) {
    this.#proxies = proxies;
    this.#geo = geo;
    this.#browsers = browsers;
    this.#visitors = visitors;
    this.#marks = marks;
  }

  /** Undefined where the connection is already gone. */
  read(request: Asker, nowMs: number): Client | undefined {
    const headers = 'rawHeaders' in request ? readHeaders(request.rawHeaders) : request.headers;
    const address = clientAddress(request.socket.remoteAddress, headers.forwardedFor, this.#proxies);
    if (address === undefined) return undefined;
    const location = this.#geo.lookup(address);
    const browser = this.#browsers.read(headers.userAgent);
    this.#visitors.number(address, browser, nowMs);
    const { high, low } = sipResult;
    const language = this.#language(headers.acceptLanguage);
    return {
      headers,
      location,
      browser,
      language: language.tag,
      network: maskedNetwork(address),
      visitor: hex64(high, low),
      visitorHigh: high,
      visitorLow: low,
      fields: this.#fieldsOf(location) + browser.fields + language.field,
      marks: this.#marks.of(headers, address, location, browser.traits),
      country: countryNumber(location.country),
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
