import { reasonBit } from '../../../analytics/index.ts';
import { type Address, contains, type Location, type Network } from '../../../geo-db/index.ts';
import type { RequestHeaders } from '../request-headers.ts';
import type { BrowserTraits } from './browser-traits.ts';

/** Tells by its cookies whether a request is of a person who is signed in to this Signpost. Must not wait for anything. */
export type StaffCheck = (cookie: string) => boolean;

export interface RequestMarksOptions {
  readonly internalNetworks: readonly Network[];
  readonly hostingAsns: ReadonlySet<number>;
  readonly isStaff: StaffCheck | undefined;
}

/** What speaks against a request, told by itself alone. */
export class RequestMarks {
  readonly #internal: readonly Network[];
  readonly #hosting: ReadonlySet<number>;
  readonly #isStaff: StaffCheck | undefined;

  constructor({ internalNetworks, hostingAsns, isStaff }: RequestMarksOptions) {
    this.#internal = internalNetworks;
    this.#hosting = hostingAsns;
    this.#isStaff = isStaff;
  }

  /** A set of `reasonBit`. */
  of(headers: RequestHeaders, address: Address, location: Location, traits: BrowserTraits): number {
    let { marks } = traits;
    if (headers.acceptLanguage === undefined && traits.sendsLanguage) marks |= reasonBit.missing_headers;
    if (headers.secChUa !== undefined && traits.withoutHints) marks |= reasonBit.impossible_headers;
    if (headers.purpose !== undefined && isAhead(headers.purpose)) marks |= reasonBit.prefetch;
    if (location.asn !== undefined && this.#hosting.has(location.asn)) marks |= reasonBit.data_center;
    else if (isHosting(location)) marks |= reasonBit.data_center;
    for (const network of this.#internal) {
      if (contains(network, address)) marks |= reasonBit.internal;
    }
    if (headers.cookie !== undefined && this.#isStaff?.(headers.cookie) === true) marks |= reasonBit.staff;
    return marks;
  }
}

/**
 * `prefetch`, also with parameters like `;prerender` (Sec-Purpose; Purpose of older Chromium; X-Moz of older Firefox),
 * and `preview` (X-Purpose's value, which Safari put into Purpose).
 */
function isAhead(purpose: string): boolean {
  const text = purpose.toLowerCase();
  return text.startsWith('prefetch') || text.startsWith('prerender') || text.startsWith('preview');
}

/** What a database with such flags (GeoIP2 Anonymous IP) says; others leave it out. */
function isHosting(location: Location): boolean {
  return 'hosting' in location && location.hosting === true;
}
