import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { attributeConversions } from '../../../analytics/conversions/attribute.ts';
import type { ConversionAction } from '../../../analytics/conversions/attribution-rows.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { reports } from '../../../analytics/reports/registry.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import { markTraffic } from '../../../analytics/validity/mark-traffic.ts';
import { parseRates } from '../../../analytics/validity/rates.ts';
import { makeReversal, undoReversal } from '../../../analytics/validity/reversals.ts';
import {
  emptyTables,
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';

const minute = 60_000;
const hour = 3_600_000;
const day = 86_400_000;
const noon = Date.UTC(2026, 10, 23, 12);
const later = noon + 100 * day;
const sale: ConversionAction = {
  ...{ id: 1, advertiserId: 3, clickWindowMs: 30 * day, viewWindowMs: 6 * hour },
  ...{ counting: 'every', currency: 'EUR' },
};
const signUp: ConversionAction = { ...sale, id: 2, counting: 'one' };
const stranger: ConversionAction = { ...sale, id: 3, advertiserId: 4 };
let clickhouse: ClickHouse;
let shipped = 0;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
beforeEach(() => emptyTables(clickhouse));
afterAll(() => clickhouse.close());

async function ship(lines: readonly Line[]): Promise<void> {
  const spoolDir = scratchSpool();
  shipped += 1;
  writeSegment(spoolDir, `conversions-${shipped}`, lines);
  await shipSegments({ clickhouse, spoolDir, logger: silent });
}
const attribute = (nowMs = later) =>
  attributeConversions({ clickhouse, actions: [sale, signUp, stranger], nowMs, logger: silent });
const report = async (dimensions: readonly string[] = []) =>
  reports.traffic.run(
    { clickhouse, now: new Date(later) },
    {
      ...{ from: new Date(noon - 100 * day), to: new Date(noon + 50 * day), timeZone: 'UTC', dimensions },
      metrics: ['conversions', 'postClickConversions', 'postViewConversions', 'conversionValueMicros'],
    },
  );
const counts = async () => {
  const { totals } = await report();
  return [totals['postClickConversions'], totals['postViewConversions']];
};

const place = {
  site: 7,
  zone: 70,
  advertiser: 3,
  campaign: 30,
  line_item: 300,
  creative: 3000,
  country: 'TW',
};
const ad = (type: 'impression' | 'click', id: number, time: number, more: Partial<Line> = {}): Line => ({
  ...place,
  ...{ type, id: hex(id), time, origin: time, visitor: hex(77) },
  ...more,
});
let nextId = 1000;
const conversion = (time: number, more: Partial<Line> = {}): Line => ({
  ...{ type: 'conversion', id: hex(nextId++), time, visitor: hex(0), advertiser: 3 },
  ...{ conversion_action: 1, value_micros: 2_500_000 },
  ...more,
});
const following = (id: number, decisionTime: number) => ({ decision: hex(id), decision_time: decisionTime });
const visitor = { visitor: hex(77) };

describe('a conversion', () => {
  it.each<[string, Line[], number, number]>([
    ['with nothing before it', [conversion(noon)], 0, 0],
    ['that names its click', [ad('click', 1, noon), conversion(noon + hour, following(1, noon))], 1, 0],
    [
      'within the click window, weeks later',
      [ad('click', 1, noon - 29 * day), conversion(noon, following(1, noon - 29 * day))],
      1,
      0,
    ],
    [
      'after the click window',
      [ad('click', 1, noon - 30 * day), conversion(noon, following(1, noon - 30 * day))],
      0,
      0,
    ],
    [
      'of a visitor whose cookie the ad knew, by the pairing of the day',
      [
        ad('impression', 1, noon, { visitor: hex(5), visitor_kind: 'cookie', pairing: hex(99) }),
        conversion(noon + 1, { ...visitor, pairing: hex(99) }),
      ],
      0,
      1,
    ],
    [
      'whose visitor number is by chance that of a cookie',
      [
        ad('impression', 1, noon, { visitor_kind: 'cookie', pairing: hex(99) }),
        conversion(noon + 1, { ...visitor, pairing: hex(98) }),
      ],
      0,
      0,
    ],
    ['before its click', [ad('click', 1, noon + 1), conversion(noon, following(1, noon))], 0, 0],
    [
      'that names a click nobody made',
      [ad('click', 1, noon), conversion(noon + 1, following(2, noon))],
      0,
      0,
    ],
    [
      "that names another advertiser's click",
      [ad('click', 1, noon, { advertiser: 4 }), conversion(noon + 1, following(1, noon))],
      0,
      0,
    ],
    [
      'that names a click of a bot',
      [ad('click', 1, noon, { invalid: 'bot' }), conversion(noon + 1, following(1, noon))],
      0,
      0,
    ],
    [
      'that names a late click',
      [ad('click', 1, noon, { not_counted: 'late' }), conversion(noon + 1, following(1, noon))],
      0,
      0,
    ],
    [
      'of a bot',
      [ad('click', 1, noon), conversion(noon + 1, { ...following(1, noon), invalid: 'bot' })],
      0,
      0,
    ],
    ['of a visitor who clicked today', [ad('click', 1, noon), conversion(noon + hour, visitor)], 1, 0],
    [
      'of a visitor who clicked today, at 23:59 of yesterday',
      [ad('click', 1, noon - 12 * hour - minute), conversion(noon - 12 * hour + minute, visitor)],
      0,
      0,
    ],
    ['of a visitor who saw it today', [ad('impression', 1, noon), conversion(noon + hour, visitor)], 0, 1],
    ['after the view window', [ad('impression', 1, noon), conversion(noon + 6 * hour, visitor)], 0, 0],
    ['of another visitor', [ad('impression', 1, noon), conversion(noon + 1, { visitor: hex(78) })], 0, 0],
    [
      'of a visitor who saw and clicked',
      [ad('click', 1, noon), ad('impression', 2, noon + minute), conversion(noon + hour, visitor)],
      1,
      0,
    ],
    [
      'of no visitor, where an impression has none either',
      [ad('impression', 1, noon, { visitor: hex(0) }), conversion(noon + 1)],
      0,
      0,
    ],
    [
      'of an action that is gone',
      [ad('click', 1, noon), conversion(noon + 1, { ...visitor, conversion_action: 9 })],
      0,
      0,
    ],
    [
      'in another country than the ad, at the time of a click still on its way',
      [conversion(noon + hour, { ...following(1, noon), country: 'DE' }), ad('click', 1, noon)],
      1,
      0,
    ],
  ])('%s', async (_name, lines, clicks, views) => {
    await ship(lines);
    await attribute();
    expect(await counts()).toEqual([clicks, views]);
  });

  it('is reported at its own time, and at the place of the ad that it is put down to', async () => {
    await ship([
      ad('impression', 1, noon - 5 * day),
      ad('click', 1, noon - 5 * day + 1),
      ad('click', 2, noon - 4 * day, { line_item: 301 }),
      conversion(noon, following(1, noon - 5 * day)),
    ]);
    await attribute();
    const { rows } = await report(['day', 'lineItem', 'zone', 'country']);
    expect(rows.filter(({ conversions }) => Number(conversions) > 0)).toEqual([
      {
        ...{ day: '2026-11-23', lineItem: 300, zone: 70, country: 'TW' },
        ...{
          conversions: 1,
          postClickConversions: 1,
          postViewConversions: 0,
          conversionValueMicros: 2_500_000,
        },
      },
    ]);
  });

  it('goes to the latest click of a visitor', async () => {
    await ship([
      ad('click', 1, noon, { line_item: 301 }),
      ad('click', 2, noon + minute, { line_item: 302 }),
      ad('click', 3, noon + hour, { line_item: 303 }),
      conversion(noon + 2 * minute, visitor),
    ]);
    await attribute();
    const { rows } = await report(['lineItem']);
    expect(rows.find(({ conversions }) => conversions === 1)).toMatchObject({ lineItem: 302 });
  });
});

describe('an order', () => {
  const order = { id: hex(0xabcdef), ...following(1, noon) };
  it('counts once, in one hour and over several, however often it is reported', async () => {
    await ship([ad('click', 1, noon), conversion(noon + 1, order), conversion(noon + 5, order)]);
    await attribute();
    expect(await counts()).toEqual([1, 0]);
    await ship([conversion(noon + 3 * hour, order), conversion(noon + 20 * day, order)]);
    await attribute(later + 1);
    expect(await counts()).toEqual([1, 0]);
    expect((await report()).totals['conversionValueMicros']).toBe(2_500_000);
  });

  it('counts still once when its first hour is made anew', async () => {
    await ship([ad('click', 1, noon), conversion(noon + 1, order), conversion(noon + 3 * hour, order)]);
    await attribute();
    await ship([ad('impression', 5, noon + 2)]);
    expect(await attribute(later + 1)).toMatchObject({ periods: 1, attributed: 1 });
    expect(await counts()).toEqual([1, 0]);
    expect(await attribute(later + 2)).toMatchObject({ periods: 0 });
  });

  it('counts by whichever report of it leads to an ad', async () => {
    const [id, elsewhere] = [hex(0xabcdef), following(99, noon)];
    await ship([
      ad('impression', 1, noon),
      conversion(noon + 1, { id, ...elsewhere, value_micros: 7 }),
      conversion(noon + 2, { id, ...visitor, value_micros: 8 }),
    ]);
    await attribute();
    expect(await counts()).toEqual([0, 1]);
    expect((await report()).totals['conversionValueMicros']).toBe(8);
  });

  it('is one of many for an action that counts every one', async () => {
    await ship([
      ad('click', 1, noon),
      conversion(noon + 1, following(1, noon)),
      conversion(noon + 2, following(1, noon)),
    ]);
    await attribute();
    expect(await counts()).toEqual([2, 0]);
  });

  it('is the only one of its click for an action that counts one', async () => {
    const one = { ...following(1, noon), conversion_action: 2 };
    await ship([
      ad('click', 1, noon),
      ad('click', 2, noon),
      conversion(noon + 1, one),
      conversion(noon + 2, one),
      conversion(noon + 5 * hour, one),
      conversion(noon + 6 * hour, { ...following(2, noon), conversion_action: 2 }),
    ]);
    await attribute();
    expect(await counts()).toEqual([2, 0]);
  });
});

describe('a value', () => {
  it('in another currency is not counted, the conversion is', async () => {
    await ship([
      ad('click', 1, noon),
      conversion(noon + 1, { ...following(1, noon), currency: 'EUR', value_micros: 1 }),
      conversion(noon + 2, { ...following(1, noon), currency: 'JPY', value_micros: 100 }),
      conversion(noon + 3, { ...following(1, noon), currency: '', value_micros: 10 }),
    ]);
    await attribute();
    expect((await report()).totals).toMatchObject({ conversions: 3, conversionValueMicros: 11 });
  });
});

describe('attribution', () => {
  it('is made in open hours too, anew only when a conversion comes, and last when the hour closes', async () => {
    await ship([ad('click', 1, noon), conversion(noon + 1, following(1, noon))]);
    expect(await attribute(noon + minute)).toMatchObject({ periods: 1, attributed: 1 });
    await ship([ad('impression', 9, noon + 2)]);
    expect(await attribute(noon + 2 * minute)).toMatchObject({ periods: 0 });
    await ship([conversion(noon + 3, following(1, noon))]);
    expect(await attribute(noon + 3 * minute)).toMatchObject({ periods: 1, attributed: 2 });
    expect(await attribute(noon + hour + 10 * minute)).toMatchObject({ periods: 1, attributed: 2 });
    expect(await attribute(noon + hour + 11 * minute)).toMatchObject({ periods: 0 });
    expect(await counts()).toEqual([2, 0]);
  });

  it('follows a reversal and its undoing', async () => {
    await ship([ad('click', 1, noon, { invalid: 'bot' }), conversion(noon + 1, following(1, noon))]);
    await attribute();
    expect(await counts()).toEqual([0, 0]);
    const scope = {
      fromMs: noon - hour,
      toMs: noon + hour,
      site: 0,
      lineItem: 0,
      network: '',
      asn: 0,
      note: 'x',
    };
    const { id } = await makeReversal(clickhouse, { reason: 'bot', ...scope }, later);
    await attribute(later + 1);
    expect(await counts()).toEqual([1, 0]);
    await undoReversal(clickhouse, id, later + 2);
    await attribute(later + 3);
    expect(await counts()).toEqual([0, 0]);
  });

  it('follows a mark that is found when the hour is closed', async () => {
    await ship([ad('click', 1, noon), conversion(noon + 1, following(1, noon))]);
    await attribute(noon + minute);
    expect(await counts()).toEqual([1, 0]);
    const rates = { clicks: parseRates('none'), impressions: [], networkClicks: [] };
    await markTraffic({ clickhouse, rates, nowMs: later, logger: silent });
    await attribute(later);
    expect(await counts()).toEqual([0, 0]);
  });

  it('has nothing to do without actions', async () => {
    await ship([conversion(noon)]);
    const none = await attributeConversions({ clickhouse, actions: [], nowMs: later, logger: silent });
    expect(none).toEqual({ periods: 0, attributed: 0, removedVersions: 0 });
  });
});
