import { describe, expect, it } from 'vitest';
import { compileRule, matchesRule } from '../../../../server/delivery/targeting/rule.ts';
import { type Targeting, targetingSchema } from '../../../../server/inventory/index.ts';
import { facts } from '../../../support/facts.ts';
import { userAgents } from '../../../support/user-agents.ts';

const [chrome, iphone] = userAgents(2) as [string, string];
const munich = {
  continent: 'EU',
  country: 'DE',
  isEu: true,
  region: 'DE-BY',
  city: 'Munich',
  postalCode: '80331',
  latitude: 48.137,
  longitude: 11.575,
  accuracyRadiusKm: 20,
  timeZone: 'Europe/Berlin',
  asn: 3320,
  connectionType: 'cable_dsl',
} as const;
const here = facts({
  location: munich,
  userAgent: iphone,
  language: 'zh-hant-tw',
  site: 3,
  zone: 12,
  // A Monday, 13:00 in Berlin and 21:00 in Tokyo.
  nowMs: Date.UTC(2026, 10, 23, 12),
  page: 'https://news.example/sport/tennis',
  referrer: 'www.search.example',
  keyValues: { section: ['sport', 'tennis'], plan: ['free'] },
  segments: ['travel'],
});
const nowhere = facts({ userAgent: undefined as never });

const asks = (rule: Targeting, of = here) => matchesRule(compileRule(targetingSchema.parse(rule), 1), of);

describe('a list', () => {
  it.each([
    ['continent', 'EU', 'AS'],
    ['country', 'DE', 'TW'],
    ['eu', 'yes', 'no'],
    ['region', 'DE-BY', 'DE-BE'],
    ['city', 'DE/Munich', 'US/Munich'],
    ['postalCode', 'DE/80331', 'DE/80333'],
    ['timeZone', 'Europe/Berlin', 'Europe/Vienna'],
    ['asn', 'AS3320', 'AS332'],
    ['connectionType', 'cable_dsl', 'cellular'],
    ['browser', 'Mobile Safari', 'Chrome'],
    ['os', 'iOS', 'Android'],
    ['device', 'mobile', 'tablet'],
    ['language', 'zh-hant-tw', 'zh-hans'],
    ['language', 'zh', 'z'],
    ['site', '3', '4'],
    ['zone', '12', '1'],
    ['page', 'https://news.example/sport/tennis', 'https://news.example/sport'],
    ['page', 'https://news.example/sport/*', 'https://news.example/politics/*'],
    ['page', 'news.example/*', 'example/*'],
    ['page', '*/tennis', '*/sport'],
    ['page', '*//*.example/*/ten*', '*tennis*tennis'],
    ['referrer', 'search.example', 'arch.example'],
    ['referrer', 'www.search.example', 'm.search.example'],
    ['segment', 'travel', 'cars'],
  ] as const)('of %s matches %s and not %s', (on, yes, no) => {
    const rule = (values: string[], key: 'in' | 'notIn') => ({ on, [key]: values }) as unknown as Targeting;
    const valid = (value: string) => targetingSchema.safeParse(rule([value], 'in')).success;
    expect(asks(rule([yes], 'in'))).toBe(true);
    expect(asks(rule([yes], 'notIn'))).toBe(false);
    if (!valid(no)) return;
    expect(asks(rule([no], 'in'))).toBe(false);
    expect(asks(rule([no], 'notIn'))).toBe(true);
    expect(asks(rule([no, yes], 'in'))).toBe(true);
  });

  it.each([
    'continent',
    'country',
    'eu',
    'region',
    'city',
    'postalCode',
    'timeZone',
    'asn',
    'connectionType',
    'browser',
    'os',
    'device',
    'language',
    'page',
    'referrer',
    'segment',
  ] as const)('does not match an unknown %s when it includes, and does when it excludes', (on) => {
    const value = {
      continent: 'EU',
      country: 'DE',
      eu: 'no',
      region: 'DE-BY',
      city: 'DE/Munich',
      postalCode: 'DE/80331',
      timeZone: 'Europe/Berlin',
      asn: 'AS1',
      connectionType: 'cellular',
      browser: 'Chrome',
      os: 'iOS',
      device: 'mobile',
      language: 'de',
      page: '*',
      referrer: 'a.example',
      segment: 'x',
    }[on];
    expect(asks({ on, in: [value] }, nowhere)).toBe(false);
    expect(asks({ on, notIn: [value] }, nowhere)).toBe(true);
  });

  it('of a key of the page matches one of its values', () => {
    expect(asks({ on: 'keyValue', key: 'section', in: ['tennis'] })).toBe(true);
    expect(asks({ on: 'keyValue', key: 'section', notIn: ['tennis'] })).toBe(false);
    expect(asks({ on: 'keyValue', key: 'plan', in: ['paid'] })).toBe(false);
    expect(asks({ on: 'keyValue', key: 'none', in: ['x'] })).toBe(false);
    expect(asks({ on: 'keyValue', key: 'none', notIn: ['x'] })).toBe(true);
    expect(asks({ on: 'keyValue', key: 'constructor', in: ['x'] })).toBe(false);
  });
});

describe('a version range', () => {
  const os = (from?: string, to?: string, of = 'iOS'): Targeting => ({ on: 'osVersion', of, from, to });
  it.each([
    ['17', undefined, true],
    ['17.0', undefined, true],
    ['17.1', undefined, false],
    ['18', undefined, false],
    [undefined, '17', true],
    [undefined, '16.9', false],
    ['16', '17', true],
  ] as const)('of iOS 17.0 from %s up to %s: %s', (from, to, expected) => {
    expect(asks(os(from, to))).toBe(expected);
  });

  it('matches only the name it is of, and no unknown version', () => {
    expect(asks(os('1', undefined, 'Android'))).toBe(false);
    expect(asks(os('1'), nowhere)).toBe(false);
    const desktop = facts({ userAgent: chrome });
    expect(asks({ on: 'browserVersion', of: 'Chrome', from: '140', to: '140' }, desktop)).toBe(true);
    expect(asks({ on: 'browserVersion', of: 'Chrome', from: '141' }, desktop)).toBe(false);
  });
});

describe('a radius', () => {
  // Augsburg is 57 km from Munich, whose place is known to 20 km.
  const augsburg = (km: number): Targeting => ({ on: 'radius', latitude: 48.371, longitude: 10.898, km });
  it('holds the distance and the accuracy of the place', () => {
    expect(asks(augsburg(80))).toBe(true);
    expect(asks(augsburg(70))).toBe(false);
    expect(asks(augsburg(20_000), nowhere)).toBe(false);
  });

  it('goes around the date line and over the poles', () => {
    const fiji = facts({ location: { latitude: -18, longitude: 179.9 } });
    expect(asks({ on: 'radius', latitude: -18, longitude: -179.9, km: 25 }, fiji)).toBe(true);
    const pole = facts({ location: { latitude: 89.9, longitude: 0 } });
    expect(asks({ on: 'radius', latitude: 89.9, longitude: 180, km: 25 }, pole)).toBe(true);
  });
});

describe('a schedule', () => {
  it.each([
    [{ weekdays: ['mon'], clock: 'Europe/Berlin' }, true],
    [{ weekdays: ['sun', 'tue'], clock: 'Europe/Berlin' }, false],
    [{ hours: [13], clock: 'Europe/Berlin' }, true],
    [{ hours: [12], clock: 'UTC' }, true],
    [{ hours: [13], clock: 'visitor' }, true],
    [{ hours: [21], clock: 'Asia/Tokyo' }, true],
    [{ hours: [17], clock: 'Asia/Kolkata' }, true],
    [{ weekdays: ['tue'], hours: [1], clock: 'Pacific/Auckland' }, true],
  ] as const)('%j: %s', (schedule, expected) => {
    expect(asks({ on: 'schedule', ...schedule } as Targeting)).toBe(expected);
  });

  it("by the visitor's clock does not match where that is unknown", () => {
    expect(
      asks(
        { on: 'schedule', hours: Array.from({ length: 24 }, (_, hour) => hour), clock: 'visitor' },
        nowhere,
      ),
    ).toBe(false);
  });
});

describe('dates', () => {
  it('are half-open, to the millisecond', () => {
    const rule: Targeting = {
      on: 'dates',
      from: '2026-11-23T13:00:00+01:00',
      to: '2026-11-23T13:00:01+01:00',
    };
    const at = (nowMs: number) => asks(rule, facts({ nowMs }));
    const noon = Date.UTC(2026, 10, 23, 12);
    expect([noon - 1, noon, noon + 999, noon + 1000].map(at)).toEqual([false, true, true, false]);
  });
});

describe('groups', () => {
  const yes: Targeting = { on: 'country', in: ['DE'] };
  const no: Targeting = { on: 'country', in: ['TW'] };
  const yesLater: Targeting = { on: 'segment', in: ['travel'] };
  const noLater: Targeting = { on: 'segment', in: ['cars'] };
  it.each([
    [{ and: [yes, yesLater] }, true],
    [{ and: [yes, noLater] }, false],
    [{ and: [no, yesLater] }, false],
    [{ or: [no, yesLater] }, true],
    [{ or: [no, noLater] }, false],
    [{ or: [yes, noLater] }, true],
    [{ not: yesLater }, false],
    [{ not: { or: [no, { and: [yes, noLater] }] } }, true],
    [{ and: [{ or: [noLater, yesLater] }, { not: { and: [yes, no] } }] }, true],
  ] satisfies [Targeting, boolean][])('%j: %s', (rule, expected) => {
    expect(asks(rule)).toBe(expected);
  });
});

describe('what is no rule', () => {
  it.each([
    {},
    { on: 'country' },
    { on: 'country', in: [] },
    { on: 'country', in: ['de'] },
    { on: 'country', in: ['DE'], notIn: ['TW'] },
    { on: 'planet', in: ['earth'] },
    { on: 'browserVersion', of: 'Chrome' },
    { on: 'browserVersion', of: 'Chrome', from: 'x' },
    { on: 'radius', latitude: 91, longitude: 0, km: 1 },
    { on: 'radius', latitude: 0, longitude: 0, km: 0 },
    { on: 'schedule', clock: 'UTC' },
    { on: 'schedule', hours: [24], clock: 'UTC' },
    { on: 'schedule', hours: [1], clock: 'Mars/Olympus' },
    { on: 'dates' },
    { on: 'dates', from: 'tomorrow' },
    { on: 'keyValue', key: 'a b', in: ['x'] },
    { and: [] },
    { not: [] },
  ])('is refused: %j', (rule) => {
    expect(targetingSchema.safeParse(rule).success).toBe(false);
  });
});
