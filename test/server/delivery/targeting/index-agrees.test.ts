import { describe, expect, it } from 'vitest';
import { deciding } from '../../../../server/delivery/decide.ts';
import { decide, type Facts, InventoryIndex } from '../../../../server/delivery/index.ts';
import type {
  InventorySnapshot,
  SnapshotLineItem,
  Targeting,
  TargetingLeaf,
} from '../../../../server/inventory/index.ts';
import { facts } from '../../../support/facts.ts';
import { pick, seededRandom } from '../../../support/random.ts';
import { userAgents } from '../../../support/user-agents.ts';

const countries = ['DE', 'TW', 'US'];
const regions = ['DE-BY', 'DE-BE', 'TW-TPE', 'US-CA'];
const cities = ['DE/Munich', 'TW/Taipei', 'US/Munich'];
const agents = userAgents(12);
const pages = ['https://a.example/sport/x', 'https://a.example/', 'https://b.example/sport/'];
const start = Date.UTC(2026, 10, 23, 22);
const hourMs = 3_600_000;

function someLeaf(random: () => number): TargetingLeaf {
  const list = (on: string, values: readonly string[]) => {
    const some = [...new Set([pick(values, random), pick(values, random)])];
    return { on, [random() < 0.6 ? 'in' : 'notIn']: some } as unknown as TargetingLeaf;
  };
  const kinds: (() => TargetingLeaf)[] = [
    () => list('country', countries),
    () => list('country', countries),
    () => list('region', regions),
    () => list('city', cities),
    () => list('continent', ['EU', 'AS']),
    () => list('timeZone', ['Europe/Berlin', 'Asia/Taipei']),
    () => list('browser', ['Chrome', 'Mobile Safari', 'Firefox']),
    () => list('device', ['mobile', 'desktop']),
    () => list('language', ['de', 'zh', 'zh-tw']),
    () => list('site', ['1', '2']),
    () => list('zone', ['1', '2', '3']),
    () => list('page', ['*/sport/*', 'a.example/*']),
    () => list('segment', ['cars', 'travel']),
    () => list('advertiserValue', ['cart:*', 'vip', '*']),
    () => ({ ...list('keyValue', ['x', 'y']), key: 'k' }) as TargetingLeaf,
    () => ({ on: 'browserVersion', of: 'Chrome', from: '139' }),
    () => ({ on: 'radius', latitude: 48, longitude: 11, km: 100 }),
    () => ({ on: 'schedule', hours: [22, 23, 0], clock: random() < 0.5 ? 'visitor' : 'Asia/Kathmandu' }),
    () => ({ on: 'dates', from: new Date(start + Math.floor(random() * 4 * hourMs)).toISOString() }),
  ];
  return pick(kinds, random)();
}

function someRule(random: () => number, depth = 0): Targeting {
  const kind = random();
  if (depth >= 3 || kind < 0.5) return someLeaf(random);
  const parts = () => Array.from({ length: 1 + Math.floor(random() * 3) }, () => someRule(random, depth + 1));
  if (kind < 0.72) return { and: parts() };
  if (kind < 0.9) return { or: parts() };
  return { not: someRule(random, depth + 1) };
}

function someInventory(random: () => number): InventorySnapshot {
  const sizes = [
    [300, 250],
    [728, 90],
  ] as const;
  const lineItems: SnapshotLineItem[] = Array.from({ length: 12 }, (_, at) => ({
    id: at + 1,
    campaignId: 1,
    advertiserId: 1 + Math.floor(random() * 2),
    type: pick(['sponsorship', 'standard', 'price_priority', 'house'] as const, random),
    weight: 1 + Math.floor(random() * 5),
    startMs: random() < 0.3 ? start + Math.floor(random() * 4 * hourMs) : null,
    endMs: random() < 0.3 ? start + Math.floor(random() * 4 * hourMs) : null,
    targeting: random() < 0.15 ? null : someRule(random),
    creativeIds: [at * 2 + 1, at * 2 + 2],
  }));
  return {
    version: 1,
    madeAtMs: 0,
    sites: [
      { id: 1, domain: 'a.example' },
      { id: 2, domain: 'b.example' },
    ],
    zones: [
      { id: 1, siteId: 1, sizes: [sizes[0]] },
      { id: 2, siteId: 1, sizes: [sizes[1]] },
      { id: 3, siteId: 2, sizes: [...sizes] },
    ],
    lineItems,
    creatives: lineItems.flatMap(({ creativeIds }) =>
      creativeIds.map((id) => {
        const [width, height] = pick(sizes, random);
        return {
          id,
          type: 'image' as const,
          width,
          height,
          asset: 'a.png',
          alt: '',
          clickUrl: 'https://e.example/',
        };
      }),
    ),
    landings: [],
  };
}

function someFacts(random: () => number): Omit<Facts, 'zone' | 'site'> {
  const country = random() < 0.15 ? undefined : pick([...countries, 'FR'], random);
  const region =
    country === undefined || random() < 0.2
      ? undefined
      : (regions.find((code) => code.startsWith(country)) ?? `${country}-X`);
  return facts({
    location: {
      country,
      region,
      continent: country === undefined ? undefined : country === 'TW' ? 'AS' : country === 'US' ? 'NA' : 'EU',
      city: random() < 0.3 ? undefined : pick(['Munich', 'Taipei', 'Elsewhere'], random),
      timeZone: country === 'DE' ? 'Europe/Berlin' : country === 'TW' ? 'Asia/Taipei' : undefined,
      ...(random() < 0.5 ? {} : { latitude: 48 + Math.floor(random() * 3), longitude: 11 }),
    } as never,
    userAgent: random() < 0.1 ? '' : pick(agents, random),
    language: pick(['', 'de', 'de-at', 'zh-tw', 'zh', 'en'], random),
    nowMs: start + Math.floor(random() * 5 * hourMs),
    page: random() < 0.2 ? '' : pick(pages, random),
    keyValues: random() < 0.5 ? {} : { k: [pick(['x', 'y', 'z'], random)] },
    segments: random() < 0.5 ? [] : [pick(['cars', 'travel', 'food'], random)],
    ownValues: new Map(
      [1, 2, 3].filter(() => random() < 0.4).map((id) => [id, pick(['cart:1', 'vip', 'new'], random)]),
    ),
  });
}

/** The rules as docs/targeting.md tells them, one line item after the other, without any index. */
function naive(snapshot: InventorySnapshot, request: Facts): { type: string; ids: number[] } | undefined {
  const zone = snapshot.zones.find(({ id }) => id === request.zone)!;
  const fits = (id: number) => {
    const creative = snapshot.creatives.find((other) => other.id === id)!;
    return zone.sizes.some(([width, height]) => width === creative.width && height === creative.height);
  };
  const open = snapshot.lineItems.filter(
    ({ creativeIds, targeting, startMs, endMs, advertiserId }) =>
      creativeIds.some(fits) &&
      (startMs === null || startMs <= request.nowMs) &&
      (endMs === null || request.nowMs < endMs) &&
      (targeting === null || holds(targeting, request, advertiserId)),
  );
  for (const type of ['sponsorship', 'standard', 'price_priority', 'house']) {
    const ids = open.filter((lineItem) => lineItem.type === type).map(({ id }) => id);
    if (ids.length > 0) return { type, ids };
  }
  return undefined;
}

/** Making one takes longer than all the rest of a request. */
const hourFormats = new Map<string, Intl.DateTimeFormat>();
function hourIn(timeZone: string): Intl.DateTimeFormat {
  let format = hourFormats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', hour12: false });
    hourFormats.set(timeZone, format);
  }
  return format;
}

function holds(rule: Targeting, request: Facts, advertiser: number): boolean {
  if ('and' in rule) return rule.and.every((part) => holds(part, request, advertiser));
  if ('or' in rule) return rule.or.some((part) => holds(part, request, advertiser));
  if ('not' in rule) return !holds(rule.not, request, advertiser);
  const { location, browser } = request;
  switch (rule.on) {
    case 'browserVersion':
      return browser.facts.browser === rule.of && browser.facts.browserVersion >= Number(rule.from);
    case 'osVersion':
      throw new Error('not made here');
    case 'radius':
      // One degree of latitude is 111 km, and all places here are on one meridian.
      return location.latitude !== undefined && Math.abs(location.latitude - 48) * 111.2 <= rule.km;
    case 'schedule': {
      const timeZone = rule.clock === 'visitor' ? location.timeZone : rule.clock;
      if (timeZone === undefined) return false;
      return rule.hours!.includes(Number(hourIn(timeZone).format(request.nowMs)) % 24);
    }
    case 'dates':
      return request.nowMs >= Date.parse(rule.from!);
    default: {
      const values = new Set<string>(
        {
          country: [location.country],
          region: [location.region],
          city: [location.country && location.city && `${location.country}/${location.city}`],
          continent: [location.continent],
          timeZone: [location.timeZone],
          browser: [browser.facts.browser],
          device: [browser.facts.device],
          language: request.language.split('-').map((_, at, parts) => parts.slice(0, at + 1).join('-')),
          site: [String(request.site)],
          zone: [String(request.zone)],
          page: [
            ...(request.page.includes('/sport/') ? ['*/sport/*'] : []),
            ...(request.page.startsWith('https://a.example/') ? ['a.example/*'] : []),
          ],
          segment: request.segments,
          advertiserValue: ownOf(request.ownValues.get(advertiser)),
          keyValue: request.keyValues['k'] ?? [],
        }[rule.on as string]?.filter((value): value is string => value !== undefined && value !== ''),
      );
      return 'in' in rule
        ? rule.in.some((value) => values.has(value))
        : !rule.notIn.some((value) => values.has(value));
    }
  }
}

/** What rules can call a value. */
function ownOf(value: string | undefined): string[] {
  if (value === undefined) return [];
  return [value, '*', ...(value.startsWith('cart:') ? ['cart:*'] : [])];
}

describe('the index', () => {
  it('gives the candidates that a naive evaluator gives, over 100,000 inventories and requests', () => {
    const random = seededRandom(41);
    let filled = 0;
    let compared = 0;
    for (let round = 0; round < 1000; round++) {
      const snapshot = someInventory(random);
      const index = new InventoryIndex(snapshot, '');
      for (let i = 0; i < 100; i++) {
        const zoneId = 1 + Math.floor(random() * 3);
        const request: Facts = { ...someFacts(random), zone: zoneId, site: zoneId === 3 ? 2 : 1 };
        const zone = index.zone(zoneId)!;
        const expected = naive(snapshot, request);
        const open = deciding(index, zone, request);
        const found = open.map(({ lineItem }) => lineItem.id).sort((a, b) => a - b);
        // Expectations that hold would take most of the time.
        if (found.join() !== (expected?.ids ?? []).join()) expect(found).toEqual(expected?.ids ?? []);
        const decision = decide(index, zone, request, random);
        if (decision.noFill === undefined) {
          const { id } = decision.candidate.lineItem;
          if (!expected?.ids.includes(id)) expect(expected?.ids).toContain(id);
          filled++;
        } else if (expected !== undefined) expect(expected).toBeUndefined();
        compared++;
      }
    }
    expect(compared).toBe(100_000);
    expect(filled).toBeGreaterThan(30_000);
  }, 120_000);
});
