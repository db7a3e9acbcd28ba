import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { reports } from '../../../analytics/reports/registry.ts';
import { trafficCube } from '../../../analytics/rollup/cubes.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import { markTraffic } from '../../../analytics/validity/mark-traffic.ts';
import { parseRates } from '../../../analytics/validity/rates.ts';
import { makeReversal, type ReversalScope, undoReversal } from '../../../analytics/validity/reversals.ts';
import {
  emptyTables,
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  seededRandom,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';

const minute = 60_000;
const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 23, 12);
const later = noon + 100 * hour;
const rates = {
  clicks: parseRates('1/1m,3/10m,10/1h,25/1d'),
  impressions: parseRates('5/5m'),
  networkClicks: parseRates('4/1m'),
};
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
  writeSegment(spoolDir, `validity-${shipped}`, lines);
  await shipSegments({ clickhouse, spoolDir, logger: silent });
}

const mark = (nowMs = later) => markTraffic({ clickhouse, rates, nowMs, logger: silent });
const marks = () =>
  clickhouse.query<{ type: string; id: number; reason: string }>(
    `SELECT toString(type) AS type, id, reason FROM event_marks
     WHERE (period, version) IN (SELECT period, max(version) FROM mark_runs WHERE state = 'done' GROUP BY period)
     ORDER BY type, id, reason`,
  );
const marked = async () => (await marks()).map(({ type, id, reason }) => `${type} ${id} ${reason}`);
const range = { from: new Date(noon - 30 * hour), to: new Date(noon + 30 * hour), timeZone: 'UTC' };
const traffic = async () =>
  (await reports.traffic.run({ clickhouse, now: new Date(later) }, range)).totals as Record<string, number>;
const ledger = (dimensions: readonly string[] = ['reason', 'type']) =>
  reports['invalid-traffic'].run({ clickhouse, now: new Date(later) }, { ...range, dimensions });

let nextId = 1;
beforeEach(() => {
  nextId = 1;
});
const base = { site: 1, zone: 11, line_item: 5, visitor: hex(7), network: '1.0.0.0/24', country: 'TW' };
/** A decision's impression and click, by one visitor unless told otherwise. */
function clicked(time: number, more: Partial<Line> = {}): Line[] {
  const id = hex(nextId++);
  return [
    { type: 'impression', ...base, id, time, origin: time, line_item: nextId, ...more },
    { type: 'click', ...base, id, time, origin: time, line_item: nextId, ...more },
  ];
}
const seen = (time: number, more: Partial<Line> = {}): Line => ({
  type: 'impression',
  ...base,
  id: hex(nextId++),
  time,
  origin: time,
  ...more,
});

describe('the rule of rates', () => {
  const times = (...list: number[]) =>
    list.flatMap((time, index) => clicked(noon + time, { network: `${index}` }));
  it.each<[string, () => Line[], string[]]>([
    ['one click', () => times(0), []],
    ['two within a minute', () => times(0, minute - 1), ['click 2 click_rate']],
    ['two a minute apart', () => times(0, minute), []],
    ['two at the same moment', () => times(0, 0), ['click 2 click_rate']],
    [
      'the fourth within ten minutes',
      () => times(0, 2 * minute, 4 * minute, 10 * minute - 1),
      ['click 4 click_rate'],
    ],
    ['the fourth after ten minutes', () => times(0, 2 * minute, 4 * minute, 10 * minute), []],
    [
      'the eleventh within the hour',
      () => times(...Array.from({ length: 11 }, (_, n) => n * 5.5 * minute)),
      ['click 11 click_rate'],
    ],
    [
      'the 26th within the day, over many hours',
      () => times(...Array.from({ length: 26 }, (_, n) => (n - 13) * 40 * minute)),
      ['click 26 click_rate'],
    ],
    [
      'the same click again',
      () => [...clicked(noon), ...clicked(noon).map((line) => ({ ...line, id: hex(1) }))],
      [],
    ],
    ['two visitors', () => [...clicked(noon), ...clicked(noon, { visitor: hex(8), network: 'x' })], []],
    [
      'no visitor at all',
      () => [...clicked(noon, { visitor: hex(0) }), ...clicked(noon, { visitor: hex(0) })],
      [],
    ],
    [
      'a late click before',
      () => [...clicked(noon, { not_counted: 'late' }), ...clicked(noon + 1, { network: 'x' })],
      [],
    ],
    [
      'a click of a bot before',
      () => [...clicked(noon, { invalid: 'bot' }), ...clicked(noon + 1, { network: 'x' })],
      ['click 2 click_rate'],
    ],
    [
      'five clicks of a network in a minute',
      () => Array.from({ length: 5 }, (_, n) => clicked(noon + n, { visitor: hex(100 + n) })).flat(),
      ['click 5 network_rate'],
    ],
    [
      'five clicks of two networks',
      () =>
        Array.from({ length: 5 }, (_, n) =>
          clicked(noon + n, { visitor: hex(100 + n), network: `${n % 2}` }),
        ).flat(),
      [],
    ],
    [
      'the sixth impression of a line item in five minutes, and what was seen of it',
      () => {
        const lines = Array.from({ length: 6 }, (_, n) => seen(noon + n * 50_000));
        return [...lines, ...lines.map((line) => ({ ...line, type: 'viewable', time: line.time + 2000 }))];
      },
      ['impression 6 impression_rate', 'viewable 6 impression_rate'],
    ],
    ['six in more than five minutes', () => Array.from({ length: 6 }, (_, n) => seen(noon + n * minute)), []],
    [
      'six of several line items',
      () => Array.from({ length: 6 }, (_, n) => seen(noon + n, { line_item: n % 2 })),
      [],
    ],
    [
      'what was seen of an impression that a worker found too many',
      () => {
        const line = seen(noon, { invalid: 'impression_rate' });
        return [line, { ...line, type: 'viewable', time: noon + 2000, invalid: '' }];
      },
      ['viewable 1 impression_rate'],
    ],
  ])('%s', async (_name, lines, expected) => {
    await ship(lines());
    await mark();
    expect(await marked()).toEqual(expected);
  });

  it('holds across hours, and marks in the hour that the event belongs to', async () => {
    await ship([
      ...clicked(noon - 1),
      ...clicked(noon + 1, { network: 'x' }),
      ...clicked(noon + 10 * minute, { origin: noon - minute, network: 'y' }),
    ]);
    await mark();
    expect(await marked()).toEqual(['click 2 click_rate']);
  });
});

describe('the rule of impressions', () => {
  const lone = (type: string, more: Partial<Line> = {}): Line => ({ ...seen(noon), type, ...more });
  it.each<[string, () => Line[], string[]]>([
    ['a click without one', () => [lone('click')], ['click 1 no_impression']],
    ['something seen without one', () => [lone('viewable')], ['viewable 1 no_impression']],
    ['a click with one', () => clicked(noon), []],
    ['a late click without one', () => [lone('click', { not_counted: 'late' })], []],
    ['a click whose impression came later', () => clicked(noon).reverse(), []],
    ['a page view', () => [lone('page_view')], []],
  ])('%s', async (_name, lines, expected) => {
    await ship(lines());
    await mark();
    expect(await marked()).toEqual(expected);
  });

  it('takes a mark back when the impression arrives after all', async () => {
    const [impression, click] = clicked(noon) as [Line, Line];
    await ship([click]);
    await mark();
    expect((await traffic())['clicks']).toBe(0);
    await rollUp({ clickhouse, nowMs: later, logger: silent });
    await ship([impression]);
    expect(await mark(later + 1000)).toMatchObject({ periods: 1, marks: 0 });
    expect(await marked()).toEqual([]);
    expect(await traffic()).toMatchObject({ clicks: 1, impressions: 1 });
    await rollUp({ clickhouse, nowMs: later + 1000, logger: silent });
    expect(await traffic()).toMatchObject({ clicks: 1, impressions: 1 });
    // Marks that were replaced are removed like rollups are.
    expect(await mark(later + hour)).toMatchObject({ periods: 0, removedVersions: 1 });
  });
});

describe('a run', () => {
  it('leaves open hours alone, looks at each closed one once, and removes what it replaced', async () => {
    await ship([...clicked(noon), ...clicked(noon + 1), ...clicked(noon + hour)]);
    expect(await mark(noon + hour + 599_999)).toMatchObject({ periods: 0 });
    expect(await mark(noon + hour + 600_000)).toMatchObject({ periods: 1, marks: 1 });
    expect(await mark(noon + hour + 600_001)).toMatchObject({ periods: 0, marks: 0 });
  });

  it('makes rollups invalid that were made before it, and no others', async () => {
    await ship([...clicked(noon), ...clicked(noon + 1), ...clicked(noon + 5 * hour)]);
    const cubes = [trafficCube];
    await rollUp({ clickhouse, nowMs: later, logger: silent, cubes });
    expect((await traffic())['clicks']).toBe(3);
    await mark();
    expect((await traffic())['clicks']).toBe(2);
    expect(await rollUp({ clickhouse, nowMs: later + 1, logger: silent, cubes })).toMatchObject({
      periods: 1,
    });
    expect((await traffic())['clicks']).toBe(2);
    expect(await rollUp({ clickhouse, nowMs: later + 2, logger: silent, cubes })).toMatchObject({
      periods: 0,
    });
  });
});

describe('reversals', () => {
  const scope = (more: Partial<ReversalScope>): ReversalScope => ({
    ...{
      reason: 'bot',
      fromMs: noon - 30 * hour,
      toMs: noon + 30 * hour,
      site: 0,
      lineItem: 0,
      network: '',
      asn: 0,
    },
    note: 'test',
    ...more,
  });
  const view = (id: number, more: Partial<Line> = {}): Line => ({
    ...{ type: 'page_view', ...base, id: hex(id), time: noon + id * 20 * minute },
    ...more,
  });
  const views = [
    view(1),
    view(2, { invalid: 'bot' }),
    view(3, { invalid: 'bot data_center', asn: 16509 }),
    view(4, { invalid: 'data_center', asn: 24940 }),
    view(5, { invalid: 'bot', site: 2, network: '9.0.0.0/24' }),
    view(6, { not_counted: 'late', invalid: 'bot' }),
  ];
  const pageViews = async () => (await traffic())['pageViews'];

  it.each<[string, Partial<ReversalScope>[], number]>([
    ['none', [], 1],
    ['of one reason', [{}], 3],
    ['of another', [{ reason: 'data_center' }], 2],
    ['of both', [{}, { reason: 'data_center' }], 5],
    ['of one site', [{ site: 2 }], 2],
    ['of one network', [{ network: '1.0.0.0/24' }], 2],
    ['of one autonomous system', [{ reason: 'data_center', asn: 24940 }], 2],
    ['of another line item', [{ lineItem: 6 }], 1],
    ['of a stretch of time', [{ toMs: noon + 100 * minute }], 2],
    ['of a time without events', [{ fromMs: noon + 20 * hour }], 1],
  ])('%s', async (_name, reversals, expected) => {
    await ship(views);
    for (const more of reversals) await makeReversal(clickhouse, scope(more), later);
    expect(await pageViews()).toBe(expected);
    await rollUp({ clickhouse, nowMs: later, logger: silent });
    expect(await pageViews()).toBe(expected);
    const { totals } = await ledger();
    expect(totals).toMatchObject({ events: views.length - expected, reversed: expected - 1 });
  });

  it('restore totals exactly, on rollups made before them too, and are undone as exactly', async () => {
    await ship([...views, ...clicked(noon), ...clicked(noon + 1), { ...seen(noon), type: 'click' }]);
    await mark();
    await rollUp({ clickhouse, nowMs: later, logger: silent });
    const before = await traffic();
    const reversal = await makeReversal(clickhouse, scope({ reason: 'click_rate' }), later);
    const other = await makeReversal(clickhouse, scope({ reason: 'no_impression' }), later + 1);
    expect((await traffic())['clicks']).toBe((before['clicks'] ?? 0) + 2);
    expect((await rollUp({ clickhouse, nowMs: later + 5, logger: silent })).periods).toBeGreaterThan(0);
    expect((await traffic())['clicks']).toBe((before['clicks'] ?? 0) + 2);
    await undoReversal(clickhouse, reversal.id, later + 10);
    await undoReversal(clickhouse, other.id, later + 10);
    await undoReversal(clickhouse, other.id, later + 20);
    expect(await traffic()).toEqual(before);
    await rollUp({ clickhouse, nowMs: later + 30, logger: silent });
    expect(await traffic()).toEqual(before);
    expect(await undoReversal(clickhouse, 12345, later)).toBeUndefined();
  });
});

describe('by law', () => {
  const types = ['ad_request', 'impression', 'viewable', 'click', 'page_view'];
  const metricOf: Record<string, string> = {
    ad_request: 'adRequests',
    impression: 'impressions',
    viewable: 'viewableImpressions',
    click: 'clicks',
    page_view: 'pageViews',
  };
  function randomEvents(random: () => number): Line[] {
    const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)] as T;
    return Array.from({ length: 600 }, () => {
      const origin = noon + Math.floor(random() * 4 * hour);
      return {
        ...base,
        type: pick(types),
        id: hex(1 + Math.floor(random() * 300)),
        origin,
        time: origin + (random() < 0.5 ? 0 : Math.floor(random() * hour)),
        visitor: hex(Math.floor(random() * 12)),
        line_item: 1 + Math.floor(random() * 3),
        network: pick(['1.0.0.0/24', '2.0.0.0/24', '3.0.0.0/24']),
        invalid: pick(['', '', '', 'bot', 'bot data_center', 'click_rate']),
        not_counted: pick(['', '', '', '', 'late']),
      };
    });
  }

  it.each([1, 2, 3, 4])(
    'what is counted and what is in the ledger add up to what came (seed %i)',
    async (seed) => {
      const events = randomEvents(seededRandom(seed));
      await ship(events);
      const check = async () => {
        const [counted, left] = [await traffic(), await ledger(['type'])];
        for (const type of types) {
          const row = left.rows.find((candidate) => candidate['type'] === type);
          const came = events.filter((event) => event.type === type).length;
          expect((counted[metricOf[type] as string] ?? 0) + Number(row?.['events'] ?? 0), type).toBe(came);
        }
        for (const dimensions of [
          ['reason'],
          ['class', 'country'],
          ['day', 'network'],
          ['reasons', 'lineItem'],
        ]) {
          const report = await ledger(dimensions);
          const sum = report.rows.reduce((all, row) => all + Number(row['events']), 0);
          expect(sum, dimensions.join()).toBe(report.totals['events']);
          expect(report.totals['events']).toBe(left.totals['events']);
        }
        return counted;
      };
      const unmarked = await check();
      await mark();
      const after = await check();
      for (const metric of ['adRequests', 'pageViews']) expect(after[metric]).toBe(unmarked[metric]);
      await rollUp({ clickhouse, nowMs: later, logger: silent });
      expect(await check()).toEqual(after);
      const reversal = await makeReversal(
        clickhouse,
        {
          ...{
            reason: 'click_rate',
            fromMs: noon,
            toMs: noon + 2 * hour,
            site: 0,
            lineItem: 0,
            network: '',
            asn: 0,
          },
          note: '',
        },
        later,
      );
      const reversed = await check();
      for (const metric of Object.values(metricOf)) {
        expect(reversed[metric], metric).toBeGreaterThanOrEqual(after[metric] ?? 0);
      }
      await undoReversal(clickhouse, reversal.id, later + 1);
      expect(await check()).toEqual(after);
    },
  );

  it('a mark changes the count of its own event alone', async () => {
    const events = randomEvents(seededRandom(99)).map((line) => ({ ...line, invalid: '', not_counted: '' }));
    await ship(events);
    await mark();
    const all = await traffic();
    const index = events.findIndex(
      (event, at) =>
        event.type === 'page_view' &&
        events.every((other, n) => n === at || other.id !== event.id || other.type !== 'page_view'),
    );
    await emptyTables(clickhouse);
    await ship(events.map((event, at) => (at === index ? { ...event, invalid: 'bot' } : event)));
    await mark();
    expect(await traffic()).toEqual({ ...all, pageViews: (all['pageViews'] ?? 0) - 1 });
  });
});

describe('the ledger', () => {
  it('names reason, class, all reasons and examples', async () => {
    await ship([
      { type: 'page_view', ...base, id: hex(0xabc), time: noon, invalid: 'bot data_center', asn: 16509 },
      { type: 'page_view', ...base, id: hex(1), time: noon },
      { type: 'page_view', ...base, id: hex(1), time: noon + 5 },
      { type: 'click', ...base, id: hex(2), time: noon },
    ]);
    await mark();
    const report = await ledger(['reason', 'class', 'reasons', 'asn']);
    expect(report.rows).toHaveLength(3);
    expect(report.rows).toEqual(
      expect.arrayContaining([
        {
          reason: 'bot',
          class: 'GIVT',
          reasons: 'bot data_center',
          asn: 16509,
          events: 1,
          reversed: 0,
          examples: hex(0xabc),
        },
        { reason: 'duplicate', class: '', reasons: '', asn: 0, events: 1, reversed: 0, examples: hex(1) },
        {
          reason: 'no_impression',
          class: 'SIVT',
          reasons: 'no_impression',
          asn: 0,
          events: 1,
          reversed: 0,
          examples: hex(2),
        },
      ]),
    );
    expect(report.totals).toMatchObject({ events: 3, reversed: 0 });
    const filtered = await reports['invalid-traffic'].run(
      { clickhouse, now: new Date(later) },
      {
        ...range,
        dimensions: ['network'],
        filters: [
          { dimension: 'reason', operator: 'eq', values: ['bot'] },
          { dimension: 'asn', operator: 'in', values: [16509] },
        ],
      },
    );
    expect(filtered.rows).toMatchObject([{ network: '1.0.0.0/24', events: 1 }]);
  });

  it('of nothing is empty', async () => {
    expect((await ledger()).totals).toMatchObject({ events: 0, reversed: 0 });
  });
});
