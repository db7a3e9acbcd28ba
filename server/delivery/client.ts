import type { IncomingMessage } from 'node:http';
import { locationFields, textField } from '../../analytics/index.ts';
import {
  clientAddress,
  type GeoDb,
  type Location,
  maskedNetwork,
  type TrustedProxies,
  unknownLocation,
} from '../../geo-db/index.ts';
import { type BrowserReader, primaryLanguage } from './browser.ts';
import { hex64 } from './hex.ts';
import { type RequestHeaders, readHeaders } from './request-headers.ts';
import { sipResult } from './sip-hash.ts';
import type { DailyVisitors } from './visitor.ts';

/** What one request tells of who sent it. The address itself is not among it: it was used and is gone. */
export interface Client {
  readonly headers: RequestHeaders;
  readonly location: Location;
  /** Masked, see `maskedNetwork`. */
  readonly network: string;
  /** 16 hex digits. */
  readonly visitor: string;
  /** Lower half of the visitor number. */
  readonly visitorLow: number;
  /** Log fields of location, browser and language. */
  readonly fields: string;
}

export class ClientReader {
  readonly #proxies: TrustedProxies;
  readonly #geo: GeoDb;
  readonly #browsers: BrowserReader;
  readonly #visitors: DailyVisitors;
  #locationFields = new WeakMap<Location, string>();

  constructor(proxies: TrustedProxies, geo: GeoDb, browsers: BrowserReader, visitors: DailyVisitors) {
    this.#proxies = proxies;
    this.#geo = geo;
    this.#browsers = browsers;
    this.#visitors = visitors;
  }

  /** Undefined where the connection is already gone. */
  read(request: IncomingMessage, nowMs: number): Client | undefined {
    const headers = readHeaders(request.rawHeaders);
    const address = clientAddress(request.socket.remoteAddress, headers.forwardedFor, this.#proxies);
    if (address === undefined) return undefined;
    const location = this.#geo.lookup(address);
    const browser = this.#browsers.read(headers.userAgent);
    this.#visitors.number(address, browser, nowMs);
    const { high, low } = sipResult;
    return {
      headers,
      location,
      network: maskedNetwork(address),
      visitor: hex64(high, low),
      visitorLow: low,
      fields:
        this.#fieldsOf(location) +
        browser.fields +
        textField('language', primaryLanguage(headers.acceptLanguage)),
    };
  }

  #fieldsOf(location: Location): string {
    if (location === unknownLocation) return locationFields(location, this.#geo.metadata().build);
    let fields = this.#locationFields.get(location);
    if (fields === undefined) {
      fields = locationFields(location, this.#geo.metadata().build);
      this.#locationFields.set(location, fields);
    }
    return fields;
  }
}
