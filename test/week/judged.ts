import { clickWindowMs, viewWindowMs } from './inventory.ts';
import { dayMs, hourMs, type Sent, type SentAd, type SentBeacon, type Week } from './maker.ts';
import { crawler } from './people.ts';

/** A thing that was sent, with what is to be held against it. */
export interface Judged {
  readonly sent: Sent;
  /** Repetitions share it, and nothing else does. */
  readonly key: string;
  /** When its decision was made, or itself. */
  readonly originMs: number;
  /** A visitor's number lasts for a day (UTC). */
  readonly visitor: string;
  /** Not counted, though not invalid. */
  readonly notCounted: '' | 'late' | 'repeated';
  readonly reasons: Set<string>;
}

/** A conversion with the click or impression that it is put down to. */
export interface Attributed {
  readonly kind: 'click' | 'view';
  readonly atMs: number;
  readonly valueMicros: number;
  readonly touch: Judged;
}

export interface Counted {
  /** In the order of the events, each once. */
  readonly events: readonly Judged[];
  readonly attributed: readonly Attributed[];
  /** What is not counted, and why. */
  readonly ledger: readonly LedgerEntry[];
}

export interface LedgerEntry {
  readonly event: Judged;
  readonly reason: string;
}

/** In order of precedence. */
export const precedence = [
  'internal',
  'prefetch',
  'bot',
  'missing_headers',
  'impossible_headers',
  'country_changed',
  'browser_changed',
  'no_impression',
  'click_rate',
  'impression_rate',
  'network_rate',
  'not_followed',
] as const;

/** `count` in `windowMs` are allowed: the defaults of the settings. */
const minute = 60_000;
const clickRates = [
  [1, minute],
  [3, 10 * minute],
  [10, hourMs],
  [25, dayMs],
] as const;
const impressionRates = [[5, 5 * minute]] as const;
const networkRates = [
  [20, minute],
  [60, 10 * minute],
  [200, hourMs],
  [500, dayMs],
] as const;
type Rates = readonly (readonly [count: number, windowMs: number])[];

/** What of a week has to be counted, by the rules as they are documented, from the maker's list alone. */
export function judge(week: Week): Counted {
  const judged = week.sent.map((sent) => first(sent, week));
  markRepeatedClicks(judged);
  markHours(judged);
  const events: Judged[] = [];
  const ledger: LedgerEntry[] = [];
  const known = new Set<string>();
  for (const event of judged) {
    const reason = precedence.find((name) => event.reasons.has(name));
    if (event.notCounted !== '') ledger.push({ event, reason: event.notCounted });
    else if (reason !== undefined) ledger.push({ event, reason });
    else if (known.has(event.key)) ledger.push({ event, reason: 'duplicate' });
    else {
      known.add(event.key);
      events.push(event);
    }
  }
  return { events, ledger, attributed: attribute(events) };
}

function first(sent: Sent, week: Week): Judged {
  const { atMs, person, headers, type } = sent;
  const userAgent = headers['User-Agent'] ?? person.browser.userAgent;
  const reasons = new Set<string>();
  if (person.address === week.internal.address) reasons.add('internal');
  if (headers['Sec-Purpose'] !== undefined) reasons.add('prefetch');
  if (userAgent === crawler) reasons.add('bot');
  if (headers['Accept-Language'] === null) reasons.add('missing_headers');
  if (headers['Sec-CH-UA'] !== undefined) reasons.add('impossible_headers');
  const ad = isBeacon(sent) ? sent.ad : undefined;
  if (ad !== undefined && ad.person.country !== person.country) reasons.add('country_changed');
  if (ad !== undefined && ad.person.browser !== person.browser) reasons.add('browser_changed');
  const late = ad !== undefined && atMs - ad.atMs > 2 * hourMs;
  if (type === 'click' && !late && headers['Sec-Fetch-Mode'] === 'no-cors') reasons.add('not_followed');
  return {
    ...{ sent, reasons },
    key: `${type} ${keyOf(sent)}`,
    originMs: ad?.atMs ?? atMs,
    visitor: `${person.address} ${userAgent} ${Math.floor(atMs / dayMs)}`,
    notCounted: late ? 'late' : '',
  };
}

export function isBeacon(sent: Sent): sent is SentBeacon {
  return sent.type === 'impression' || sent.type === 'viewable' || sent.type === 'click';
}

const adNumbers = new WeakMap<SentAd, number>();
let ads = 0;

function adNumber(ad: SentAd): number {
  const known = adNumbers.get(ad) ?? ++ads;
  adNumbers.set(ad, known);
  return known;
}

function keyOf(sent: Sent): string | number {
  if (sent.type === 'page_view') return sent.id;
  if (sent.type === 'conversion') return sent.order;
  return adNumber(sent.type === 'ad_request' ? sent : sent.ad);
}

/** A worker knows the clicks that it saw itself: one that nothing is held against takes the place of all that follow. */
function markRepeatedClicks(events: Judged[]): void {
  const known = new Set<string>();
  events.forEach((event, at) => {
    if (event.sent.type !== 'click' || event.notCounted !== '' || event.reasons.size > 0) return;
    const key = `${event.sent.worker} ${event.key}`;
    if (known.has(key)) events[at] = { ...event, notCounted: 'repeated' };
    known.add(key);
  });
}

/** What shows only where everything is seen together. */
function markHours(events: readonly Judged[]): void {
  const of = (type: string) => events.filter(({ sent }) => sent.type === type);
  const impressions = of('impression');
  const shown = new Set(impressions.map(({ sent }) => (sent as SentBeacon).ad));
  for (const event of [...of('click'), ...of('viewable')]) {
    const { ad } = event.sent as SentBeacon;
    if (event.notCounted === '' && !shown.has(ad)) event.reasons.add('no_impression');
  }
  const lineItem = ({ sent }: Judged) => {
    const { shown: sold } = (sent as SentBeacon).ad;
    return typeof sold === 'string' ? 0 : sold.lineItem;
  };
  const clicks = once(of('click'));
  markAll(
    events,
    tooMany(clicks, ({ visitor }) => visitor, clickRates),
    'click_rate',
  );
  markAll(
    events,
    tooMany(clicks, ({ sent }) => sent.person.network, networkRates),
    'network_rate',
  );
  const often = tooMany(once(impressions), (event) => `${event.visitor} ${lineItem(event)}`, impressionRates);
  markAll(events, often, 'impression_rate');
  const seenTooOften = new Set([...often].map((key) => key.replace('impression', 'viewable')));
  markAll(
    events,
    new Set(
      once(of('viewable'))
        .map(({ key }) => key)
        .filter((key) => seenTooOften.has(key)),
    ),
    'impression_rate',
  );
}

/** The earliest of each key; late and repeated ones are left aside. */
function once(events: readonly Judged[]): Judged[] {
  const known = new Map<string, Judged>();
  for (const event of events)
    if (event.notCounted === '' && !known.has(event.key)) known.set(event.key, event);
  return [...known.values()];
}

/** Keys of the events before which as many as a rate allows came within its window. */
function tooMany(events: readonly Judged[], by: (event: Judged) => string, rates: Rates): Set<string> {
  const times = new Map<string, number[]>();
  const found = new Set<string>();
  for (const event of events) {
    const before = times.get(by(event)) ?? [];
    const { atMs } = event.sent;
    if (
      rates.some(
        ([count, windowMs]) => atMs - (before[before.length - count] ?? Number.NEGATIVE_INFINITY) < windowMs,
      )
    )
      found.add(event.key);
    times.set(by(event), [...before, atMs]);
  }
  return found;
}

function markAll(events: readonly Judged[], keys: ReadonlySet<string>, reason: string): void {
  for (const event of events) if (keys.has(event.key)) event.reasons.add(reason);
}

/**
 * A conversion is put down to the click that it names; else to the latest click, else to the latest impression, of the
 * same visitor on the same day: each of its own advertiser, and within the window.
 */
function attribute(events: readonly Judged[]): Attributed[] {
  return events.flatMap((event) => {
    const { sent } = event;
    if (sent.type !== 'conversion') return [];
    const within = (type: SentBeacon['type'], windowMs: number) =>
      events.filter(({ sent: touch }) => {
        if (touch.type !== type || !isBeacon(touch)) return false;
        const { shown } = touch.ad;
        return (
          typeof shown !== 'string' &&
          shown.advertiser === sent.action &&
          touch.atMs <= sent.atMs &&
          sent.atMs - touch.atMs < windowMs
        );
      });
    const clicks = within('click', clickWindowMs);
    const own = ({ visitor }: Judged) => visitor === event.visitor;
    const touch =
      clicks.find(({ sent: click }) => isBeacon(click) && click.ad === sent.click) ??
      clicks.findLast(own) ??
      within('impression', viewWindowMs).findLast(own);
    if (touch === undefined) return [];
    const kind = touch.sent.type === 'click' ? 'click' : 'view';
    return [{ kind, atMs: sent.atMs, valueMicros: sent.valueMicros, touch }];
  });
}
