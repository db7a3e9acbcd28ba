import { describe, expect, it } from 'vitest';
import { AnalyticsError } from '../../../analytics/clickhouse/errors.ts';
import { isReportName, reports } from '../../../analytics/reports/registry.ts';
import type { ReportRequest } from '../../../analytics/reports/report.ts';
import { checkRequest } from '../../../analytics/reports/request.ts';
import { trafficDefinition } from '../../../analytics/reports/traffic.ts';

const good: ReportRequest = {
  from: new Date('2026-11-01T00:00:00Z'),
  to: new Date('2026-11-02T00:00:00Z'),
  timeZone: 'Asia/Taipei',
};

describe('checkRequest', () => {
  it('takes all metrics and no dimensions where none are named', () => {
    const checked = checkRequest(trafficDefinition, good);
    expect(checked.metrics).toEqual(Object.keys(trafficDefinition.metrics));
    expect(checked.dimensions).toEqual([]);
  });

  it('knows time zones whatever their case', () => {
    expect(checkRequest(trafficDefinition, { ...good, timeZone: 'asia/taipei' }).timeZone).toBe(
      'Asia/Taipei',
    );
  });

  it.each<[string, Partial<ReportRequest>, string]>([
    ['an unknown dimension', { dimensions: ['day', 'planet'] }, '/dimensions/1'],
    ['a dimension out of every object', { dimensions: ['constructor'] }, '/dimensions/0'],
    ['a dimension named twice', { dimensions: ['day', 'day'] }, '/dimensions/1'],
    ['an unknown metric', { metrics: ['clicks', 'luck'] }, '/metrics/1'],
    ['no metric', { metrics: [] }, '/metrics'],
    ['an unknown time zone', { timeZone: 'Mars/Olympus' }, '/timeZone'],
    ['an offset as time zone', { timeZone: '+05:30' }, '/timeZone'],
    ['an empty time zone', { timeZone: '' }, '/timeZone'],
    ['a range that is reversed', { to: new Date('2026-10-01T00:00:00Z') }, '/to'],
    ['a range without length', { to: good.from }, '/to'],
    ['a time that is none', { from: new Date('nonsense') }, '/from'],
    ['a time too far away', { to: new Date('9999-01-01T00:00:00Z') }, '/to'],
    [
      'a filter by something unknown',
      { filters: [{ dimension: 'planet', operator: 'in', values: ['x'] }] },
      '/filters/0',
    ],
    [
      'a filter by day',
      { filters: [{ dimension: 'day', operator: 'eq', values: ['2026-11-01'] }] },
      '/filters/0',
    ],
    [
      'a filter by a site that is no number',
      { filters: [{ dimension: 'site', operator: 'in', values: [1, 'x'] }] },
      '/filters/0/values/1',
    ],
    ['a limit of none', { limit: 0 }, '/limit'],
    ['a limit that is no whole number', { limit: 1.5 }, '/limit'],
  ])('refuses %s and says where', (_, change, path) => {
    let thrown: unknown;
    try {
      checkRequest(trafficDefinition, { ...good, ...change });
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(AnalyticsError);
    expect(thrown).toMatchObject({ code: 'report_invalid', fields: [{ path }] });
  });

  it('names every problem at once', () => {
    const bad = { ...good, dimensions: ['x'], metrics: ['y'], timeZone: 'z', limit: -1 };
    expect(() => checkRequest(trafficDefinition, bad)).toThrow(/dimensions.*metrics|timeZone/);
  });
});

describe('the registry', () => {
  it('describes every dimension and metric with a definition', () => {
    for (const report of Object.values(reports)) {
      expect(isReportName(report.name)).toBe(true);
      for (const column of [...report.dimensions, ...report.metrics]) {
        expect(column.definition, column.name).toMatch(/^[A-Z].{5,}\.$/s);
      }
    }
    expect(isReportName('toString')).toBe(false);
  });
});
