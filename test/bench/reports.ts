import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  type ClickHouse,
  migrateClickHouse,
  openClickHouse,
  type ReportName,
  type ReportRequest,
  rollUp,
  runReport,
} from '../../analytics/index.ts';
import { makeTraffic } from './made-traffic.ts';
import type { Figures } from './main.ts';
import { median } from './processes.ts';

const days = 60;
const startMs = Date.UTC(2026, 8, 1);
const nowMs = startMs + (days + 2) * 86_400_000;
const rounds = 5;
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

interface Standard {
  readonly report: ReportName;
  readonly request: ReportRequest;
}

const standard: readonly Standard[] = [
  { report: 'visitors', request: { ...utc, dimensions: ['country'] } },
  { report: 'visitors', request: { ...kathmandu, dimensions: ['day'] } },
  { report: 'visitors', request: { ...taipei, dimensions: ['country', 'region', 'city'] } },
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

interface Timed {
  readonly name: string;
  readonly ms: number;
  readonly rawMs: number;
}

/**
 * Each standard report over 30 days from its rollups, beside the same numbers from the events; and how its time grows
 * from a tenth of the events. Ten million by default; the budget is for `--events=100000000`.
 */
export async function benchReports(print: (line: string) => void, events: number): Promise<Figures> {
  const small = await measured(print, events / 10, false);
  const large = await measured(print, events, true);
  const growth = large.map(({ name, ms }) => ms / (small.find((other) => other.name === name)?.ms ?? ms));
  large.forEach(({ name }, at) => {
    print(`${name.padEnd(64)} ${growth[at]?.toFixed(2)} × its time at a tenth of the events`);
  });
  const [tenth, all] = [`${events / 10_000_000}m`, `${events / 1_000_000}m`];
  return { [`report_vs_raw_${all}`]: least(large), [`report_${all}_vs_${tenth}`]: Math.max(...growth) };
}

const least = (timed: readonly Timed[]) => Math.min(...timed.map(({ ms, rawMs }) => rawMs / ms));

async function measured(print: (line: string) => void, events: number, withRaw: boolean): Promise<Timed[]> {
  const dataDir = mkdtempSync(join(tmpdir(), 'signpost-bench-'));
  const logger = pino({ level: 'error' });
  const clickhouse = await openClickHouse({ url: undefined, dataDir, logger });
  try {
    await migrateClickHouse(clickhouse, logger);
    const madeMs = await timed(() => makeTraffic(clickhouse, { events, days, startMs }));
    const [made] = await clickhouse.query<{ n: number }>('SELECT count() AS n FROM events');
    print(`${made?.n} events made in ${(madeMs / 1000).toFixed(1)} s`);
    const rolledMs = await timed(() => rollUp({ clickhouse, nowMs, logger }));
    print(
      `rolled up in ${(rolledMs / 1000).toFixed(1)} s (${Math.round((made?.n ?? 0) / rolledMs)}k events/s)`,
    );
    for (const line of await sizes(clickhouse)) print(line);
    return await measureAll(clickhouse, print, withRaw);
  } finally {
    await clickhouse.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function sizes(clickhouse: ClickHouse): Promise<string[]> {
  const rows = await clickhouse.query<{ table: string; rows: number; bytes: number }>(
    `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() AND table IN ('events', 'traffic_rollup', 'visitor_rollup')
     GROUP BY table ORDER BY table`,
  );
  return rows.map(({ table, rows: n, bytes }) => `${table}: ${n} rows, ${Math.round(bytes / 1e6)} MB`);
}

async function measureAll(
  clickhouse: ClickHouse,
  print: (line: string) => void,
  withRaw: boolean,
): Promise<Timed[]> {
  const context = { clickhouse, now: new Date(nowMs) };
  const fast: number[] = [];
  const answers: unknown[] = [];
  for (const { report, request } of standard) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      times.push(
        await timed(async () => {
          const { rows, totals } = await runReport(context, report, request);
          if (round === 0) answers.push({ rows, totals });
        }),
      );
    }
    fast.push(median(times));
  }
  if (!withRaw) return standard.map((one, at) => ({ name: nameOf(one), ms: fast[at] as number, rawMs: 0 }));
  // Without their runs rollups count for nothing, and everything is read from the events.
  await clickhouse.command('RENAME TABLE rollup_runs TO kept_runs');
  await clickhouse.command('CREATE TABLE rollup_runs AS kept_runs');
  const results: Timed[] = [];
  for (const [at, { report, request }] of standard.entries()) {
    let raw: unknown;
    const rawMs = await timed(async () => {
      const { rows, totals } = await runReport(context, report, request);
      raw = { rows, totals };
    });
    const name = nameOf({ report, request });
    const ms = fast[at] as number;
    const same = JSON.stringify(raw) === JSON.stringify(answers[at]);
    print(
      `${name.padEnd(64)} ${ms.toFixed(1).padStart(8)} ms, from events ${rawMs.toFixed(0).padStart(7)} ms, ${(rawMs / ms).toFixed(0)} ×${same ? '' : ' NOT THE SAME NUMBERS'}`,
    );
    results.push({ name, ms, rawMs });
  }
  return results;
}

function nameOf({ report, request }: Standard): string {
  const filters = (request.filters ?? []).map(({ dimension }) => ` of one ${dimension}`);
  return `${report} by ${(request.dimensions ?? []).join(', ')}${filters.join('')} (${request.timeZone})`;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
