import { describe, expect, it } from 'vitest';
import { runCompared } from '../../../analytics/reports/compare.ts';
import { laterHours, previousPeriod } from '../../../analytics/reports/previous-period.ts';
import type {
  Report,
  ReportColumn,
  ReportContext,
  ReportRequest,
  Row,
} from '../../../analytics/reports/report.ts';

const column = (name: string, kind: 'dimension' | 'metric', type: ReportColumn['type']): ReportColumn => ({
  ...{ name, kind, type, label: name, definition: '' },
  ...(kind === 'metric' ? { additive: type === 'count' } : {}),
});
const views = column('views', 'metric', 'count');
const rate = column('rate', 'metric', 'ratio');
const context = { now: new Date() } as unknown as ReportContext;

const iso = (text: string) => new Date(text);
const day = (from: string, to: string, timeZone = 'UTC') => ({ from: iso(from), to: iso(to), timeZone });

/** Reports with these rows, by the ISO text of their beginning. */
function reportsWith(columns: ReportColumn[], rowsByStart: Record<string, Row[]>, totals: Row = {}) {
  return async (_: ReportContext, request: ReportRequest): Promise<Report> => {
    const rows = rowsByStart[request.from.toISOString()];
    if (rows === undefined) throw new Error(`not asked for: ${request.from.toISOString()}`);
    return {
      ...{
        name: 'test',
        timeZone: request.timeZone,
        columns,
        rows,
        totals,
        truncated: false,
        finalUntil: '',
      },
      ...{ from: request.from.toISOString(), to: request.to.toISOString(), readFrom: 'rollup', notes: [] },
    };
  };
}

describe('the period before', () => {
  it.each([
    // Clocks go forward in Berlin on the 29th: the day is 23 hours long, the one before 24.
    ['2026-03-28T23:00Z', '2026-03-29T22:00Z', 'Europe/Berlin', '2026-03-27T23:00:00.000Z', 1],
    ['2026-03-22T23:00Z', '2026-03-29T22:00Z', 'Europe/Berlin', '2026-03-15T23:00:00.000Z', 7],
    ['2026-10-24T22:00Z', '2026-10-25T23:00Z', 'Europe/Berlin', '2026-10-23T22:00:00.000Z', 1],
    ['2026-11-01T00:00Z', '2026-12-01T00:00Z', 'UTC', '2026-10-02T00:00:00.000Z', 30],
    ['2026-11-23T08:00Z', '2026-11-23T10:30Z', 'UTC', '2026-11-23T05:30:00.000Z', undefined],
    ['2026-11-22T00:00Z', '2026-11-23T00:00Z', 'Asia/Kathmandu', '2026-11-21T00:00:00.000Z', undefined],
  ])('of %s to %s in %s begins at %s', (from, to, timeZone, start, days) => {
    const range = { fromMs: Date.parse(from), toMs: Date.parse(to) };
    const period = previousPeriod(range, timeZone);
    expect([new Date(period.fromMs).toISOString(), period.toMs, period.days]).toEqual([
      start,
      range.fromMs,
      days,
    ]);
  });

  const berlin = (from: string, to: string) =>
    previousPeriod({ fromMs: Date.parse(from), toMs: Date.parse(to) }, 'Europe/Berlin');

  it('has the same hours by the clock where days are compared', () => {
    const period = berlin('2026-03-28T23:00Z', '2026-03-29T22:00Z');
    const hours = ['2026-03-28T01:00+01:00', '2026-03-28T02:00+01:00', '2026-03-28T03:00+01:00'];
    expect(Object.fromEntries(laterHours(hours, period, 'Europe/Berlin'))).toEqual({
      '2026-03-28T01:00+01:00': '2026-03-29T01:00+01:00',
      // Two o'clock does not come on the 29th; no hour of that day has the name that it keeps.
      '2026-03-28T02:00+01:00': '2026-03-29T02:00+01:00',
      '2026-03-28T03:00+01:00': '2026-03-29T03:00+02:00',
    });
  });

  it('keeps the hour that comes twice apart from the one that it is compared with', () => {
    const period = berlin('2026-10-25T23:00Z', '2026-10-26T23:00Z');
    const hours = ['2026-10-25T02:00+02:00', '2026-10-25T02:00+01:00', '2026-10-25T03:00+01:00'];
    const later = laterHours(hours, period, 'Europe/Berlin');
    expect([...later.values()].toSorted()).toEqual([
      '2026-10-26T02:00+01:00',
      '2026-10-26T02:00+02:00',
      '2026-10-26T03:00+01:00',
    ]);
    expect(later.get('2026-10-25T02:00+01:00')).toBe('2026-10-26T02:00+01:00');
  });

  it('never lays two hours on one, whatever clocks do', () => {
    for (const timeZone of ['Europe/Berlin', 'Australia/Lord_Howe', 'America/Sao_Paulo', 'Asia/Kathmandu']) {
      for (let fromMs = Date.UTC(2018, 0, 1); fromMs < Date.UTC(2019, 0, 1); fromMs += 86_400_000) {
        const clockAt = (dayMs: number) => new Date(dayMs).toLocaleTimeString('en', { timeZone });
        if (clockAt(fromMs - 86_400_000) === clockAt(fromMs + 172_800_000)) continue;
        const period = previousPeriod({ fromMs, toMs: fromMs + 86_400_000 }, timeZone);
        const hours = Array.from({ length: 24 }, (_, hour) => {
          const local = new Date(period.fromMs + hour * 3_600_000).toLocaleString('sv-SE', {
            timeZone,
            timeZoneName: 'longOffset',
          });
          return `${local.slice(0, 10)}T${local.slice(11, 13)}:00${local.slice(-6)}`;
        }).filter((hour) => !hour.endsWith('GMT'));
        const distinct = new Set(hours);
        expect(new Set(laterHours([...distinct], period, timeZone).values()).size).toBe(distinct.size);
      }
    }
  });
});

describe('a report beside the period before', () => {
  const country = column('country', 'dimension', 'text');
  const week = day('2026-11-08T00:00Z', '2026-11-15T00:00Z');
  const run = reportsWith(
    [country, views, rate],
    {
      '2026-11-08T00:00:00.000Z': [
        { country: 'TW', views: 30, rate: 0.5 },
        { country: 'DE', views: 10, rate: null },
      ],
      '2026-11-01T00:00:00.000Z': [
        { country: 'TW', views: 20, rate: 0.4 },
        { country: 'FR', views: 5, rate: 0.1 },
      ],
    },
    { views: 40, rate: 0.5 },
  );

  it('has for each metric its value before and the change, also where one period has no such row', async () => {
    const report = await runCompared(run, context, week);
    expect(report.columns.map(({ name }) => name)).toEqual([
      ...['country', 'views', 'viewsPrevious', 'viewsChange'],
      ...['rate', 'ratePrevious', 'rateChange'],
    ]);
    expect(report.rows).toEqual([
      {
        ...{ country: 'TW', views: 30, viewsPrevious: 20, viewsChange: 0.5 },
        ...{ rate: 0.5, ratePrevious: 0.4, rateChange: expect.closeTo(0.25, 12) },
      },
      {
        ...{ country: 'DE', views: 10, viewsPrevious: 0, viewsChange: null },
        ...{ rate: null, ratePrevious: null, rateChange: null },
      },
      {
        ...{ country: 'FR', views: 0, viewsPrevious: 5, viewsChange: -1 },
        ...{ rate: null, ratePrevious: 0.1, rateChange: null },
      },
    ]);
    expect(report.totals).toMatchObject({ views: 40, viewsPrevious: 40, viewsChange: 0 });
    expect(report.previous).toEqual({ from: '2026-11-01T00:00:00.000Z', to: '2026-11-08T00:00:00.000Z' });
  });

  it('sorts by any column of the comparison, nulls last, and cuts after that', async () => {
    const sorted = async (column: string, descending: boolean, limit = 9) => {
      const report = await runCompared(run, context, { ...week, sort: [{ column, descending }], limit });
      expect([report.totalRows, report.truncated]).toEqual([3, limit < 3]);
      return report.rows.map((row) => row['country']);
    };
    expect(await sorted('viewsChange', false)).toEqual(['FR', 'TW', 'DE']);
    expect(await sorted('viewsChange', true)).toEqual(['TW', 'FR', 'DE']);
    expect(await sorted('viewsPrevious', true, 1)).toEqual(['TW']);
    expect(await sorted('country', false)).toEqual(['DE', 'FR', 'TW']);
  });

  it('lays each day beside the one of the same place in the period before', async () => {
    const byDay = reportsWith([column('day', 'dimension', 'day'), views], {
      '2026-11-02T00:00:00.000Z': [{ day: '2026-11-02', views: 3 }],
      '2026-10-31T00:00:00.000Z': [
        { day: '2026-10-31', views: 1 },
        { day: '2026-11-01', views: 2 },
      ],
    });
    const report = await runCompared(byDay, context, day('2026-11-02T00:00Z', '2026-11-04T00:00Z'));
    expect(report.rows).toMatchObject([
      { day: '2026-11-02', views: 3, viewsPrevious: 1 },
      { day: '2026-11-03', views: 0, viewsPrevious: 2 },
    ]);
  });

  it('is refused where the report looks at no period before', async () => {
    const ahead = async (of: ReportContext, request: ReportRequest) => ({
      ...(await reportsWith([views], { [request.from.toISOString()]: [] })(of, request)),
      ...{ from: '2026-12-01T00:00:00.000Z', to: '2026-12-31T00:00:00.000Z' },
    });
    await expect(runCompared(ahead, context, week)).rejects.toMatchObject({ fields: [{ path: '/compare' }] });
  });

  it.each([
    ['/compare', 'day', { ...day('2026-11-02T01:00Z', '2026-11-03T01:00Z') }],
    ['/compare', 'hour', { ...day('2026-11-02T01:00Z', '2026-11-02T02:30Z') }],
    ['/sort/0', 'text', { ...week, sort: [{ column: 'luckChange', descending: true }] }],
  ] as const)('is refused at %s, by %s', async (path, type, request) => {
    const columns = [column('of', 'dimension', type), views];
    const none = reportsWith(columns, { [request.from.toISOString()]: [] });
    await expect(runCompared(none, context, request)).rejects.toMatchObject({
      code: 'report_invalid',
      fields: [{ path }],
    });
  });
});
