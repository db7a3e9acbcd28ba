import { labelOf, type TimeUnit, timeUnits } from '../analytics/reports/oracle.ts';
import { type Attributed, type Counted, isBeacon, type Judged, precedence } from './judged.ts';
import { dayMs, type SentBeacon } from './maker.ts';

export interface Asked {
  readonly fromMs: number;
  readonly toMs: number;
  readonly timeZone: string;
  readonly dimensions: readonly string[];
}

export type Metrics = Record<string, number | null>;
/** Metrics by the values of the dimensions, joined by `|`. */
export interface Table {
  readonly rows: Map<string, Metrics>;
  readonly totals: Metrics;
}

type Facts = Readonly<Record<string, string | number>>;

/** What an event is about, as the maker knows it. */
function factsOf({ sent }: Judged): Facts {
  const { person, headers, type } = sent;
  const ad = isBeacon(sent) ? sent.ad : sent.type === 'ad_request' ? sent : undefined;
  const sold = ad === undefined || typeof ad.shown === 'string' ? undefined : ad.shown;
  const { browser } = person;
  return {
    site: ad?.site ?? (sent.type === 'page_view' ? sent.site : 0),
    zone: ad?.zone ?? (sent.type === 'page_view' ? sent.zone : 0),
    advertiser: sold?.advertiser ?? 0,
    campaign: sold?.campaign ?? 0,
    lineItem: sold?.lineItem ?? 0,
    creative: sold?.creative ?? 0,
    noFillReason: sent.type === 'ad_request' && typeof sent.shown === 'string' ? sent.shown : '',
    country: person.country,
    region: person.region,
    city: person.city,
    browser: browser.name,
    browserVersion: browser.version,
    os: browser.os,
    osVersion: browser.osVersion,
    device: browser.device,
    language: headers['Accept-Language'] === null ? '' : person.language,
    page: sent.type === 'page_view' || sent.type === 'ad_request' ? sent.page : '',
    referrer: sent.type === 'page_view' ? sent.referrer : '',
    type,
    network: person.network,
    asn: 0,
  };
}

const isTime = (name: string): name is TimeUnit => (timeUnits as readonly string[]).includes(name);

function keyOf(facts: Facts, atMs: number, { dimensions, timeZone }: Asked): string {
  return dimensions
    .map((name) => (isTime(name) ? labelOf(atMs, name, timeZone) : String(facts[name])))
    .join('|');
}

const inRange = (atMs: number, { fromMs, toMs }: Asked) => atMs >= fromMs && atMs < toMs;
const rate = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Groups, each in its cell and in the totals, and makes metrics of the groups. */
function tableOf<Item>(
  items: readonly Item[],
  keysOf: (item: Item) => string,
  metricsOf: (items: readonly Item[]) => Metrics,
): Table {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keysOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  const rows = new Map([...groups].map(([key, group]) => [key, metricsOf(group)]));
  return { rows, totals: metricsOf(items) };
}

/** Inventory: nothing of conversions. */
export function inventoryTable({ events }: Counted, asked: Asked): Table {
  return eventTable({ events, attributed: [], ledger: [] }, asked);
}

/** Traffic and delivery: the metrics of both, and of inventory. */
export function eventTable({ events, attributed }: Counted, asked: Asked): Table {
  const items: readonly (Judged | Attributed)[] = [
    ...events.filter(({ sent }) => sent.type !== 'conversion' && inRange(sent.atMs, asked)),
    ...attributed.filter(({ atMs }) => inRange(atMs, asked)),
  ];
  const isJudged = (item: Judged | Attributed): item is Judged => 'sent' in item;
  const keysOf = (item: Judged | Attributed) =>
    isJudged(item)
      ? keyOf(factsOf(item), item.sent.atMs, asked)
      : keyOf(factsOf(item.touch), item.atMs, asked);
  return tableOf(items, keysOf, (group) => {
    const own = group.filter(isJudged);
    const conversions = group.filter((item): item is Attributed => !isJudged(item));
    const count = (type: string) => own.filter(({ sent }) => sent.type === type).length;
    const adRequests = count('ad_request');
    const filled = own.filter(
      ({ sent }) => sent.type === 'ad_request' && typeof sent.shown !== 'string',
    ).length;
    const impressions = count('impression');
    const viewableImpressions = count('viewable');
    const clicks = count('click');
    const nanos = own.reduce((sum, { sent }) => sum + (isBeacon(sent) ? costOf(sent) : 0), 0);
    const money = { spendMicros: nanos / 1000, ecpmMicros: rate(nanos, impressions) };
    return {
      ...{ pageViews: count('page_view'), adRequests, filled, notFilled: adRequests - filled },
      ...{ impressions, viewableImpressions, clicks, ...money, revenueMicros: nanos / 1000 },
      fillRate: rate(filled, adRequests),
      viewableRate: rate(viewableImpressions, impressions),
      clickRate: rate(clicks, impressions),
      conversions: conversions.length,
      postClickConversions: conversions.filter(({ kind }) => kind === 'click').length,
      postViewConversions: conversions.filter(({ kind }) => kind === 'view').length,
      conversionValueMicros: conversions.reduce((sum, { valueMicros }) => sum + valueMicros, 0),
    };
  });
}

function costOf({ type, ad: { shown } }: SentBeacon): number {
  return typeof shown === 'string' || shown.paid?.event !== type ? 0 : shown.paid.nanos;
}

const gapMs = 1_800_000;

interface Visited {
  readonly view: Judged;
  readonly begins: boolean;
  readonly ends: boolean;
  /** Since the page view before, of the same visit. */
  readonly sinceMs: number;
}

function visited(events: readonly Judged[]): Visited[] {
  const lists = new Map<string, Judged[]>();
  for (const event of events) {
    if (event.sent.type !== 'page_view') continue;
    const key = `${event.visitor} ${event.sent.site}`;
    const list = lists.get(key);
    if (list === undefined) lists.set(key, [event]);
    else list.push(event);
  }
  return [...lists.values()].flatMap((list) =>
    list.map((view, at) => {
      const sinceMs = view.sent.atMs - (list[at - 1]?.sent.atMs ?? Number.NEGATIVE_INFINITY);
      const untilMs = (list[at + 1]?.sent.atMs ?? Number.POSITIVE_INFINITY) - view.sent.atMs;
      return { view, begins: sinceMs >= gapMs, ends: untilMs >= gapMs, sinceMs };
    }),
  );
}

/** Without a cookie a visitor is a new one each day; `people` are those that there really were. */
export function visitorTable({ events }: Counted, asked: Asked): Table {
  const views = visited(events).filter(({ view }) => inRange(view.sent.atMs, asked));
  return tableOf(
    views,
    ({ view }) => keyOf(factsOf(view), view.sent.atMs, asked),
    (group) => {
      const visits = group.filter(({ begins }) => begins).length;
      const bounces = group.filter(({ begins, ends }) => begins && ends).length;
      const durations = group.reduce((sum, { begins, sinceMs }) => sum + (begins ? 0 : sinceMs), 0);
      return {
        ...{ pageViews: group.length, visits, bounces },
        exits: group.filter(({ ends }) => ends).length,
        bounceRate: rate(bounces, visits),
        pagesPerVisit: rate(group.length, visits),
        visitDurationMs: visits === 0 ? null : roundHalfEven(durations / visits),
        visitors: new Set(group.map(({ view }) => view.visitor)).size,
        people: new Set(
          group.map(({ view: { sent } }) => `${sent.person.address} ${sent.person.browser.userAgent}`),
        ).size,
      };
    },
  );
}

function roundHalfEven(value: number): number {
  const rounded = Math.round(value);
  return Math.abs(value % 1) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

const sivt = new Set(['country_changed', 'browser_changed', 'no_impression']);

/** The ledger of what is not counted. */
export function ledgerTable({ ledger }: Counted, asked: Asked): Table {
  const entries = ledger.filter(({ event }) => inRange(event.sent.atMs, asked));
  return tableOf(
    entries,
    ({ event, reason }) => {
      const invalid = (precedence as readonly string[]).includes(reason);
      return keyOf(
        {
          ...factsOf(event),
          reason,
          class: invalid ? (sivt.has(reason) ? 'SIVT' : 'GIVT') : '',
          reasons: precedence.filter((name) => event.reasons.has(name)).join(' '),
        },
        event.sent.atMs,
        asked,
      );
    },
    (group) => ({
      events: group.length,
      reversed: 0,
      examples: Math.min(5, new Set(group.map(({ event }) => event.key.split(' ')[1])).size),
    }),
  );
}

/** Of the whole week: who saw an advertiser's ads, where nobody is hidden. */
export function audienceTable({ events }: Counted, asked: Asked): Table {
  const seenBy = new Map<string, number>();
  const own = events.filter(({ sent }) => isBeacon(sent) && inRange(sent.atMs, asked));
  const owner = (event: Judged) => `${factsOf(event)['advertiser']} ${event.visitor}`;
  for (const event of own)
    if (event.sent.type === 'impression') seenBy.set(owner(event), (seenBy.get(owner(event)) ?? 0) + 1);
  const frequency = (event: Judged) => {
    const seen = seenBy.get(owner(event)) ?? 0;
    if (seen <= 2) return seen <= 1 ? '1' : '2';
    return seen <= 5 ? '3-5' : seen <= 10 ? '6-10' : '11+';
  };
  return tableOf(
    own,
    (event) =>
      keyOf(
        { ...factsOf(event), frequency: frequency(event), interests: '', returning: 'unknown' },
        event.sent.atMs,
        asked,
      ),
    (group) => {
      const impressions = group.filter(({ sent }) => sent.type === 'impression');
      const reach = new Set(impressions.map(owner)).size;
      return {
        ...{ impressions: impressions.length, reach },
        viewableImpressions: group.filter(({ sent }) => sent.type === 'viewable').length,
        clicks: group.filter(({ sent }) => sent.type === 'click').length,
        impressionsPerVisitor: reach === 0 ? null : impressions.length / reach,
      };
    },
  );
}

/**
 * Thirty days from the counts of seven: the level by simple exponential smoothing (0.3), no factors for days of the week
 * as there are not two weeks, and an interval of nine in ten by how the seven days differ.
 */
export function forecastRows(
  counted: Counted,
  { startMs, timeZone }: { readonly startMs: number; readonly timeZone: string },
): Metrics[] {
  const week = { fromMs: startMs, toMs: startMs + 7 * dayMs, timeZone, dimensions: ['day'] };
  const { rows, totals } = eventTable(counted, week);
  const days = [...rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { adRequests }]) => adRequests as number);
  const mean = days.reduce((sum, count) => sum + count, 0) / 7;
  let level = mean;
  for (const count of days) level += 0.3 * (count - level);
  const squares = days.reduce((sum, count) => sum + (count - level) ** 2, 0) / 7;
  const { adRequests = 0, filled = 0, impressions = 0 } = totals as Record<string, number>;
  return Array.from({ length: 30 }, (_, ahead) => {
    const reach = 1.645 * Math.sqrt(Math.max(squares, level) * (1 + ahead * 0.09));
    const low = Math.max(0, level - reach);
    const shown = (requests: number) => (requests * impressions) / filled;
    return {
      adRequests: Math.round(level),
      adRequestsLow: Math.round(low),
      adRequestsHigh: Math.round(level + reach),
      impressions: Math.round(shown(level)),
      impressionsLow: Math.round(shown(low)),
      impressionsHigh: Math.round(shown(level + reach)),
      freeImpressions: Math.round(shown(level) * (1 - filled / adRequests)),
    };
  });
}
