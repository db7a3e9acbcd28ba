import type { IncomingMessage } from 'node:http';
import type { InventoryIndex } from '../inventory-index.ts';
import { queryValue } from '../query.ts';

/** Which site asks, and which page may read the answer; undefined: a page that may not ask. */
export interface AskingSite {
  readonly site: number;
  /** undefined: a page of this server itself, which needs no leave. */
  readonly origin: string | undefined;
}

const loopback = /^(localhost|.*\.localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/**
 * The site of a page that asks for members. A page of another host has to be one of a site's domain, or below it; a
 * page of this server itself names the site. A browser tells the page of every request that changes something.
 */
export function askingSite(
  inventory: InventoryIndex,
  publicUrl: string,
  { headers, method }: IncomingMessage,
  query: string,
): AskingSite | undefined {
  const named = Number(queryValue(query, 'site') ?? Number.NaN);
  const { origin, host, 'sec-fetch-site': fetchSite } = headers;
  const url = origin === undefined || !URL.canParse(origin) ? undefined : new URL(origin);
  const own =
    origin === undefined
      ? fetchSite === 'same-origin' ||
        fetchSite === 'none' ||
        (fetchSite === undefined && method !== 'OPTIONS')
      : origin === new URL(publicUrl).origin || (url !== undefined && url.host === host);
  // A page of this server may also be one of a site, as the demo is.
  if (own && inventory.hasSite(named)) return { site: named, origin };
  if (url === undefined) return undefined;
  if (url.protocol === 'http:' && publicUrl.startsWith('https:') && !loopback.test(url.hostname)) {
    return undefined;
  }
  const site = inventory.siteOf(url.hostname, named);
  return site === undefined ? undefined : { site, origin };
}
