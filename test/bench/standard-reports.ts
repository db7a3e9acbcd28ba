import { type ClickHouse, type ReportName, type ReportRequest, runReport } from '../../analytics/index.ts';

export const days = 60;
export const startMs = Date.UTC(2026, 8, 1);
export const nowMs = startMs + (days + 2) * 86_400_000;
const range = { from: new Date(Date.UTC(2026, 8, 20)), to: new Date(Date.UTC(2026, 9, 20)) };
/** 30 days of Kathmandu, whose days begin at a quarter past. */
const kathmandu = {
  from: new Date(Date.UTC(2026, 8, 19, 18, 15)),
  to: new Date(Date.UTC(2026, 9, 19, 18, 15)),
  timeZone: 'Asia/Kathmandu',
};
const taipei = {
  from: new Date(Date.UTC(2026, 8, 19, 16)),
  to: new Date(Date.UTC(2026, 9, 19, 16)),
  timeZone: 'Asia/Taipei',
};
const utc = { ...range, timeZone: 'UTC' };

export interface Standard {
  readonly report: ReportName;
  readonly request: ReportRequest;
}

export const standard: readonly Standard[] = [
  { report: 'visitors', request: { ...utc, dimensions: ['country'] } },
  { report: 'visitors', request: { ...utc, dimensions: ['day'] } },
  { report: 'visitors', request: { ...kathmandu, dimensions: ['day'] } },
  { report: 'visitors', request: { ...taipei, dimensions: ['country', 'region', 'city'] } },
  { report: 'visitors', request: { ...taipei, dimensions: ['browser'] } },
  {
    report: 'visitors',
    request: {
      ...taipei,
      dimensions: ['country'],
      filters: [{ dimension: 'site', operator: 'eq', values: [3] }],
    },
  },
  { report: 'traffic', request: { ...taipei, dimensions: ['page'] } },
  { report: 'traffic', request: { ...kathmandu, dimensions: ['browser', 'browserVersion'] } },
  { report: 'traffic', request: { ...kathmandu, dimensions: ['country', 'region', 'city'] } },
  { report: 'traffic', request: { ...taipei, dimensions: ['referrer'] } },
  { report: 'delivery', request: { ...taipei, dimensions: ['lineItem', 'creative'] } },
  { report: 'delivery', request: { ...kathmandu, dimensions: ['day', 'lineItem'] } },
  { report: 'delivery', request: { ...utc, dimensions: ['hour'] } },
  {
    report: 'delivery',
    request: {
      ...taipei,
      dimensions: ['country'],
      filters: [{ dimension: 'lineItem', operator: 'eq', values: [3] }],
    },
  },
  { report: 'inventory', request: { ...kathmandu, dimensions: ['zone', 'noFillReason'] } },
];

/** The report, as the bench's data has it. */
export function ask(clickhouse: ClickHouse, { report, request }: Standard) {
  return runReport({ clickhouse, now: new Date(nowMs) }, report, request);
}

export function nameOf({ report, request }: Standard): string {
  const filters = (request.filters ?? []).map(({ dimension }) => ` of one ${dimension}`);
  return `${report} by ${(request.dimensions ?? []).join(', ')}${filters.join('')} (${request.timeZone})`;
}
