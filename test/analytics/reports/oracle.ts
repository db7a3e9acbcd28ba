import { hex, type Line } from '../clickhouse/support.ts';

/** An independent count of what reports say, in plain TypeScript over the events themselves. */
export interface OracleEvent extends Line {
  origin: number;
  visitor: string;
  site: number;
  zone: number;
  country: string;
  region: string;
  city: string;
  browser: string;
  browser_version: number;
  os: string;
  device: string;
  no_fill: string;
  not_counted: string;
}

export type Counts = Record<string, Record<string, number | null>>;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Kept, because making one costs more than using it a thousand times. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-CA', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      timeZoneName: 'longOffset',
    });
  formats.set(timeZone, format);
  return format;
}

export const timeUnits = ['day', 'hour', 'hourOfDay', 'weekday'] as const;
export type TimeUnit = (typeof timeUnits)[number];

/** Label of a time in a zone: `2026-11-23`, `2026-11-23T14:00+05:45`, the hour as 0 to 23, or the day as 1 to 7. */
export function labelOf(time: number, unit: TimeUnit, timeZone: string): string {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(time)
      .map((part) => [part.type, part.value]),
  );
  const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`;
  if (unit === 'day') return date;
  if (unit === 'hourOfDay') return String(Number(parts.get('hour')));
  if (unit === 'weekday') return String(new Date(`${date}T00:00:00Z`).getUTCDay() || 7);
  const offset = String(parts.get('timeZoneName')).replace('GMT', '').replace('−', '-');
  return `${date}T${parts.get('hour')}:00${offset === '' ? '+00:00' : offset}`;
}

/** The first event that counts of each type and id. */
export function withoutDuplicates(events: readonly OracleEvent[]): OracleEvent[] {
  const first = new Map<string, OracleEvent>();
  for (const event of events) {
    if (event.not_counted !== '') continue;
    const key = `${event.type} ${event.id}`;
    const known = first.get(key);
    if (known === undefined || event.time < known.time) first.set(key, event);
  }
  return [...first.values()];
}

export interface OracleRequest {
  from: Date;
  to: Date;
  timeZone: string;
  dimensions: readonly string[];
}

const fieldOf: Record<string, keyof OracleEvent> = { browserVersion: 'browser_version' };

function keyOf(event: OracleEvent, { dimensions, timeZone }: OracleRequest): string {
  return dimensions
    .map((name) =>
      name === 'day' || name === 'hour'
        ? labelOf(event.time, name, timeZone)
        : String(event[fieldOf[name] ?? (name as keyof OracleEvent)]),
    )
    .join('|');
}

export function countTraffic(events: readonly OracleEvent[], request: OracleRequest): Counts {
  const counts: Counts = {};
  for (const event of withoutDuplicates(events)) {
    if (event.time < request.from.getTime() || event.time >= request.to.getTime()) continue;
    if (event.type === 'conversion') continue;
    const key = keyOf(event, request);
    counts[key] ??= {
      pageViews: 0,
      adRequests: 0,
      filled: 0,
      impressions: 0,
      viewableImpressions: 0,
      clicks: 0,
      // These events have no conversions.
      conversions: 0,
      postClickConversions: 0,
      postViewConversions: 0,
      conversionValueMicros: 0,
    };
    const add = (name: string) => {
      counts[key]![name] = (counts[key]![name] ?? 0) + 1;
    };
    if (event.type === 'page_view') add('pageViews');
    if (event.type === 'ad_request') add('adRequests');
    if (event.type === 'ad_request' && event.no_fill === '') add('filled');
    if (event.type === 'impression') add('impressions');
    if (event.type === 'viewable') add('viewableImpressions');
    if (event.type === 'click') add('clicks');
  }
  return counts;
}

const gapMs = 1_800_000;

interface Visited {
  readonly view: OracleEvent;
  readonly begins: boolean;
  readonly ends: boolean;
  /** Since the page view before, of the same visit. */
  readonly sinceMs: number;
}

/** Page views with their part in visits, which are of one visitor on one site. */
function visited(events: readonly OracleEvent[]): Visited[] {
  const lists = new Map<string, OracleEvent[]>();
  const alone: OracleEvent[] = [];
  for (const view of withoutDuplicates(events)) {
    if (view.type !== 'page_view') continue;
    const key = `${view.visitor} ${view.site}`;
    if (view.visitor === hex(0)) alone.push(view);
    else lists.set(key, [...(lists.get(key) ?? []), view]);
  }
  const inVisits = [...lists.values()].flatMap((list) => {
    list.sort((a, b) => a.time - b.time || (a.id < b.id ? -1 : 1));
    return list.map((view, at) => {
      const before = list[at - 1];
      const after = list[at + 1];
      const begins = before === undefined || view.time - before.time >= gapMs;
      const ends = after === undefined || after.time - view.time >= gapMs;
      return { view, begins, ends, sinceMs: begins ? 0 : view.time - (before?.time ?? 0) };
    });
  });
  return [...inVisits, ...alone.map((view) => ({ view, begins: false, ends: false, sinceMs: 0 }))];
}

const utcDay = (time: number) => Math.floor(time / 86_400_000);

/** Visitors without a cookie count once a day and country: none of the events has one. */
export function countVisitors(events: readonly OracleEvent[], request: OracleRequest): Counts {
  const counts: Counts = {};
  const seen = new Set<string>();
  for (const { view, begins, ends } of visited(events)) {
    if (view.time < request.from.getTime() || view.time >= request.to.getTime()) continue;
    const key = keyOf(view, request);
    counts[key] ??= { pageViews: 0, visits: 0, exits: 0, bounces: 0, visitors: 0 };
    const row = counts[key] as Record<string, number>;
    const add = (name: string, is: boolean) => {
      if (is) row[name] = (row[name] ?? 0) + 1;
    };
    const visitor = `${key} ${view.country} ${utcDay(view.time)} ${view.visitor}`;
    add('pageViews', true);
    add('visits', begins);
    add('exits', ends);
    add('bounces', begins && ends);
    add('visitors', view.visitor !== hex(0) && !seen.has(visitor));
    seen.add(visitor);
  }
  return counts;
}

/** Mean time of a visit in milliseconds. */
export function visitDuration(events: readonly OracleEvent[], request: OracleRequest): number {
  let [visits, total] = [0, 0];
  for (const { view, begins, sinceMs } of visited(events)) {
    if (view.time < request.from.getTime() || view.time >= request.to.getTime()) continue;
    if (begins) visits += 1;
    total += sinceMs;
  }
  return total / visits;
}

const places = [
  ['TW', 'TW-TPE', 'Taipei'],
  ['DE', 'DE-BY', 'Munich'],
  ['DE', 'DE-BE', 'Berlin'],
  ['US', 'US-CA', 'Los Angeles'],
  ['', '', ''],
] as const;
const browsers = [
  ['Chrome', 140, 'Windows', 'desktop'],
  ['Safari', 19, 'iOS', 'mobile'],
  ['', 0, '', ''],
] as const;

/** Random events of two days and a half, with late ones, duplicates and events that do not count; in random order. */
export function makeEvents(random: () => number, decisions: number, start: number): OracleEvent[] {
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const events: OracleEvent[] = [];
  for (let n = 1; n <= decisions; n += 1) {
    const origin = start + Math.floor(random() * 60 * 3_600_000);
    const [country, region, city] = pick(places);
    const [browser, browser_version, os, device] = pick(browsers);
    const base = {
      id: hex(n),
      origin,
      time: origin,
      visitor: hex(Math.floor(random() * 40)),
      site: pick([1, 2]),
      zone: pick([11, 12, 13]),
      ...{ country, region, city, browser, browser_version, os, device },
      no_fill: '',
      not_counted: '',
    };
    const add = (type: string, time: number) => {
      const not_counted = random() < 0.05 ? 'late' : '';
      events.push({ ...base, type, time, not_counted, no_fill: type === 'ad_request' ? noFill : '' });
      while (random() < 0.15) {
        const [otherCountry, otherRegion, otherCity] = pick(places);
        const elsewhere = { country: otherCountry, region: otherRegion, city: otherCity };
        const later = time + 1 + Math.floor(random() * 7_200_000);
        events.push({
          ...base,
          ...elsewhere,
          type,
          time: later,
          no_fill: type === 'ad_request' ? noFill : '',
        });
      }
    };
    const noFill = random() < 0.3 ? 'no_match' : '';
    if (random() < 0.4) {
      add('page_view', origin);
      continue;
    }
    add('ad_request', origin);
    if (noFill !== '') continue;
    let time = origin;
    for (const type of ['impression', 'viewable', 'click', 'conversion']) {
      time += Math.floor(random() * (type === 'click' ? 5_400_000 : 60_000));
      if (random() < 0.7) add(type, time);
    }
  }
  for (let last = events.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [events[last], events[other]] = [events[other]!, events[last]!];
  }
  return events;
}
