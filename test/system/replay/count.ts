import type { LocatedAddress } from '../../support/addresses.ts';
import type { Browser } from './browsers.ts';

/** Who sends requests: an address with one of its browsers. */
export interface Client {
  readonly place: LocatedAddress;
  readonly browser: Browser;
}

export type Counted =
  | 'pageViews'
  | 'adRequests'
  | 'filled'
  | 'impressions'
  | 'viewableImpressions'
  | 'clicks';

/** Something that has to be in the reports, with the instant at which the answer to it came. */
export interface CountedEvent {
  readonly what: Counted;
  readonly client: Client;
  readonly atMs: number;
}

const dayMs = 86_400_000;

/** Page views, visits and visitors by key. A replay is shorter than half an hour: a visitor's page views are one visit. */
export function countVisitors(
  events: readonly CountedEvent[],
  keyOf: (event: CountedEvent) => string,
): Map<string, { pageViews: number; visits: number; visitors: number }> {
  const pageViews = new Map<string, number>();
  const visitors = new Map<string, Set<string>>();
  for (const event of events) {
    if (event.what !== 'pageViews') continue;
    const key = keyOf(event);
    pageViews.set(key, (pageViews.get(key) ?? 0) + 1);
    // Without consent a visitor is a new one each day, of UTC.
    const { place, browser } = event.client;
    const visitor = `${place.address} ${browser.userAgent} ${Math.floor(event.atMs / dayMs)}`;
    const known = visitors.get(key) ?? new Set();
    visitors.set(key, known.add(visitor));
  }
  return new Map(
    [...pageViews].map(([key, views]) => {
      const people = visitors.get(key)?.size ?? 0;
      return [key, { pageViews: views, visits: people, visitors: people }];
    }),
  );
}

const rate = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** A replay has none of these. */
const noConversions = {
  conversions: 0,
  postClickConversions: 0,
  postViewConversions: 0,
  conversionValueMicros: 0,
};

export type TrafficCounts = Readonly<Record<Counted | keyof typeof noConversions, number>> & {
  readonly fillRate: number | null;
  readonly viewableRate: number | null;
  readonly clickRate: number | null;
};

/** The metrics of the traffic report by key. */
export function countTraffic(
  events: readonly CountedEvent[],
  keyOf: (event: CountedEvent) => string,
): Map<string, TrafficCounts> {
  const sums = new Map<string, Record<Counted, number>>();
  for (const event of events) {
    const key = keyOf(event);
    let sum = sums.get(key);
    if (sum === undefined) {
      sum = { pageViews: 0, adRequests: 0, filled: 0, impressions: 0, viewableImpressions: 0, clicks: 0 };
      sums.set(key, sum);
    }
    sum[event.what]++;
  }
  return new Map(
    [...sums].map(([key, sum]) => [
      key,
      {
        ...sum,
        ...noConversions,
        fillRate: rate(sum.filled, sum.adRequests),
        viewableRate: rate(sum.viewableImpressions, sum.impressions),
        clickRate: rate(sum.clicks, sum.impressions),
      },
    ]),
  );
}
