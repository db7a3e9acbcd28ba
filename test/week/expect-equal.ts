import { expect } from 'vitest';
import { type ReportName, reports, runReport } from '../../analytics/index.ts';
import type { Counted } from './judged.ts';
import { dayMs, type Week } from './maker.ts';
import type { Replayed } from './replay-week.ts';
import {
  type Asked,
  audienceTable,
  eventTable,
  forecastRows,
  inventoryTable,
  ledgerTable,
  type Metrics,
  type Table,
  visitorTable,
} from './tables.ts';

const tables: Readonly<Partial<Record<ReportName, (counted: Counted, asked: Asked) => Table>>> = {
  traffic: eventTable,
  delivery: eventTable,
  inventory: inventoryTable,
  visitors: visitorTable,
  audience: audienceTable,
  'invalid-traffic': ledgerTable,
};

/** Beside each dimension by itself. */
const together: Readonly<Partial<Record<ReportName, readonly (readonly string[])[]>>> = {
  traffic: [
    ['country', 'region', 'city'],
    ['day', 'site', 'page'],
    ['browser', 'browserVersion', 'os', 'osVersion', 'device'],
  ],
  delivery: [
    ['day', 'lineItem', 'creative'],
    ['lineItem', 'country', 'region'],
    ['hour', 'zone'],
  ],
  inventory: [['zone', 'noFillReason', 'country', 'device']],
  visitors: [
    ['country', 'region', 'city'],
    ['day', 'site'],
  ],
  audience: [['country', 'device', 'frequency']],
  'invalid-traffic': [
    ['day', 'reason', 'type', 'lineItem'],
    ['reasons', 'network'],
  ],
};
const estimates = ['visitorsCounted', 'visitorsEstimated', 'visitorsLow', 'visitorsHigh'];

/** Nothing is planned in this week. */
const planned = ['planned', 'goalEvents', 'pacing'];

/**
 * Asks every report for every dimension, over the week (UTC), and over six days of Kathmandu, which begin at 18:15 UTC.
 * @param ranges `all`: each question over both; `either`: over one of them, in turn
 * @returns how many cells were compared
 */
export async function expectEveryCellEqual(
  week: Week,
  counted: Counted,
  replayed: Replayed,
  ranges: 'all' | 'either',
): Promise<number> {
  const { startMs } = week;
  const whole = { fromMs: startMs, toMs: startMs + 7 * dayMs, timeZone: 'UTC' };
  const shifted = {
    fromMs: startMs + 65_700_000,
    toMs: startMs + 6 * dayMs + 65_700_000,
    timeZone: 'Asia/Kathmandu',
  };
  let cells = 0;
  let questions = 0;
  for (const [name, table] of Object.entries(tables) as [ReportName, (typeof tables)['traffic'] & {}][]) {
    const single = reports[name].dimensions.map((dimension) => [dimension.name]);
    for (const dimensions of [[], ...single, ...(together[name] ?? [])]) {
      const both = name === 'audience' ? [whole] : [whole, shifted];
      for (const range of ranges === 'all' ? both : [both[questions++ % both.length] ?? whole]) {
        const asked = { ...range, dimensions };
        cells += await expectTableEqual(replayed, name, asked, table(counted, asked));
      }
    }
  }
  return cells + (await expectForecastEqual(week, counted, replayed));
}

async function expectTableEqual(
  { clickhouse, now }: Replayed,
  name: ReportName,
  { fromMs, toMs, timeZone, dimensions }: Asked,
  wanted: Table,
): Promise<number> {
  const context = { clickhouse, now, kAnonymity: 1 };
  const report = await runReport(context, name, {
    ...{ from: new Date(fromMs), to: new Date(toMs), timeZone, dimensions },
    metrics: reports[name].metrics.map((metric) => metric.name).filter((metric) => !planned.includes(metric)),
  });
  const metrics = report.columns.filter(({ kind }) => kind === 'metric').map((column) => column.name);
  const what = `${name} by ${dimensions.join(', ')} in ${timeZone}`;
  const made = new Map(
    report.rows.map((row) => [
      dimensions.map((dimension) => String(row[dimension])).join('|'),
      Object.fromEntries(metrics.map((metric) => [metric, row[metric] ?? null])),
    ]),
  );
  expect(made.size, `rows of ${what}, each once`).toBe(report.rows.length);
  expect([...made.keys()].sort(), what).toEqual([...wanted.rows.keys()].sort());
  for (const [key, cell] of made) expectCellEqual(cell, wanted.rows.get(key) as Metrics, `${what}: ${key}`);
  expectCellEqual(report.totals, wanted.totals, `totals of ${what}`);
  return (report.rows.length + 1) * metrics.length;
}

/** Estimates have to hold the people that there were between their ends. */
function expectCellEqual(made: Readonly<Record<string, unknown>>, wanted: Metrics, what: string): void {
  const exact = Object.entries(made).filter(([name]) => !estimates.includes(name));
  const cells = exact.map(([name, value]) => [name, name === 'examples' ? countOf(value) : value]);
  expect(Object.fromEntries(cells), what).toEqual(
    Object.fromEntries(exact.map(([name]) => [name, wanted[name] ?? null])),
  );
  if (made['visitorsLow'] === undefined) return;
  expect(Number(made['visitorsLow']), what).toBeLessThanOrEqual(wanted['people'] as number);
  expect(Number(made['visitorsHigh']), what).toBeGreaterThanOrEqual(wanted['people'] as number);
  expect(Number(made['visitorsCounted']) + Number(made['visitorsEstimated']), what).toBe(wanted['visitors']);
}

const countOf = (ids: unknown) => (ids === '' ? 0 : String(ids).split(' ').length);

async function expectForecastEqual({ startMs }: Week, counted: Counted, { clickhouse, now }: Replayed) {
  const today = new Date(startMs + 7 * dayMs + 60_000);
  const report = await runReport({ clickhouse, now: today }, 'forecast', {
    ...{ from: today, to: now, timeZone: 'UTC', dimensions: ['day'] },
  });
  const wanted = forecastRows(counted, { startMs, timeZone: 'UTC' });
  expect(report.rows.map(({ day: _, ...metrics }) => metrics)).toEqual(wanted);
  return report.rows.length * report.columns.length;
}
