import type { IncomingMessage } from 'node:http';
import { ByteText, locationFields, type Sender, textField } from '../../analytics/index.ts';
import {
  type Address,
  clientAddress,
  type GeoDb,
  type Location,
  maskedAddress,
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
import { TextArena } from './text-arena.ts';
import { TwoGenerationCache } from './two-generation-cache.ts';
import type { DailyVisitors } from './visitor.ts';

/** A request, whoever read it. */
export type Asker = PlainRequest | IncomingMessage;

/** What one request tells of who sent it. The address itself is not among it: it was used and is gone. */
export class Client implements Sender {
  readonly headers: RequestHeaders;
  readonly location: Location;
  readonly browser: Browser;
  /** Lower case, like `zh-tw`; empty where unknown. */
  readonly language: string;
  /** See `maskedAddress`. */
  readonly masked: Address;
  readonly visitorKind: 'daily' | 'cookie';
  /** The halves of the visitor number. */
  readonly visitorHigh: number;
  readonly visitorLow: number;
  /** What speaks against the request itself: a set of `reasonBit`. Goes into the log with `invalidField`. */
  readonly marks: number;
  /** Country as a token carries it. */
  readonly country: number;
  /** What is known of the visitor's consent, and what comes with it; undefined: nothing. */
  readonly audience: AudienceVisitor | undefined;
  readonly #languageField: Buffer;
  readonly #locationFields: TextArena;
  readonly #locationFieldsAt: number;

  constructor(
    headers: RequestHeaders,
    location: Location,
    browser: Browser,
    language: Language,
    masked: Address,
    visitorHigh: number,
    visitorLow: number,
    marks: number,
    audience: AudienceVisitor | undefined,
    locationFields: TextArena,
    locationFieldsAt: number,
  ) {
    const known = audience?.visitor;
    this.headers = headers;
    this.location = location;
    this.browser = browser;
    this.language = language.tag;
    this.masked = masked;
    this.visitorKind = known === undefined ? 'daily' : 'cookie';
    this.visitorHigh = known === undefined ? visitorHigh : known.high;
    this.visitorLow = known === undefined ? visitorLow : known.low;
    this.marks = marks;
    this.country = countryNumber(location.country);
    this.audience = audience;
    this.#languageField = language.field;
    this.#locationFields = locationFields;
    this.#locationFieldsAt = locationFieldsAt;
  }

  /** 16 hex digits. */
  get visitor(): string {
    return hex64(this.visitorHigh, this.visitorLow);
  }

  /** See `maskedNetwork`. */
  get network(): string {
    return maskedNetwork(this.masked);
  }

  /** Log fields of location, browser, language and consent. */
  get fields(): string {
    const fields = new ByteText(512);
    this.putFields(fields);
    return fields.toString();
  }

  /** Puts `fields`. */
  putFields(to: ByteText): void {
    this.#locationFields.put(to, this.#locationFieldsAt);
    to.put(this.browser.fields);
    to.put(this.#languageField);
    if (this.audience?.consent !== undefined) to.text(this.audience.consent.field);
  }
}

interface Language {
  readonly tag: string;
  /** Log field, as UTF-8. */
  readonly field: Buffer;
}

const noLanguage: Language = { tag: '', field: Buffer.alloc(0) };

const maxKeptFields = 100_000;

export class ClientReader {
  readonly #proxies: TrustedProxies;
  readonly #geo: GeoDb;
  readonly #browsers: BrowserReader;
  readonly #visitors: DailyVisitors;
  readonly #languages = new TwoGenerationCache<Language>(1000);
  readonly #marks: RequestMarks;
  readonly #audience: Audience;
  /** Log fields, for one build of the location database, and where they are by the location's serial. */
  #locationFields = new TextArena();
  #locationFieldsAt: number[] = [];
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

  /** Log field by which an advertiser's conversions of the day find what the client saw. @param client read without consent */
  pairingField({ visitorHigh, visitorLow }: Client, advertiser: number, nowMs: number): string {
    this.#visitors.pairing(visitorHigh, visitorLow, advertiser, nowMs);
    return `,"pairing":"${hex64(sipResult.high, sipResult.low)}"`;
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
    const marks = this.#marks.of(headers, address, location, browser.traits);
    const fieldsAt = this.#fieldsAt(location);
    return new Client(
      headers,
      location,
      browser,
      language,
      maskedAddress(address),
      high,
      low,
      marks,
      audience,
      this.#locationFields,
      fieldsAt,
    );
  }

  #language(header: string | undefined): Language {
    if (header === undefined) return noLanguage;
    let language = this.#languages.get(header);
    if (language === undefined) {
      const tag = primaryLanguage(header);
      language = { tag, field: Buffer.from(textField('language', tag)) };
      this.#languages.set(header, language);
    }
    return language;
  }

  #fieldsAt(location: Location): number {
    const known = this.#locationFieldsAt[location.serial];
    if (known !== undefined) return known;
    if (this.#keptFields >= maxKeptFields || this.#build !== this.#geo.metadata().build) {
      this.#locationFields = new TextArena();
      this.#locationFieldsAt = [];
      this.#keptFields = 0;
      this.#build = this.#geo.metadata().build;
    }
    const at = this.#locationFields.add(locationFields(location, this.#build));
    this.#locationFieldsAt[location.serial] = at;
    this.#keptFields++;
    return at;
  }
}
