import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  AnalyticsError,
  type ClickHouse,
  migrateClickHouse,
  openClickHouse,
  type Report,
  type ReportName,
  type ReportRequest,
  rollUp,
  runReport,
} from '../../analytics/index.ts';
import { cubes } from '../../analytics/rollup/cubes.ts';
import { makeTraffic } from './made-traffic.ts';
import type { Figures } from './main.ts';
import { median } from './processes.ts';

const days = 60;
const startMs = Date.UTC(2026, 8, 1);
const nowMs = startMs + (days + 2) * 86_400_000;
const rounds = 3;
const repetitions = 5;
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

export interface ReportsBench {
  readonly print: (line: string) => void;
  /** Ten million by default; the budget is for a hundred. */
  readonly events: number;
  /** Folder in which what was made stays, and is found by the next run. Default: a temporary one. */
  readonly keep?: string | undefined;
  /** Whether the raw events are read as well, which takes minutes. */
  readonly withRaw: boolean;
  /** Leaves out the standard reports whose name does not begin like this. */
  readonly only?: string | undefined;
}

const logger = pino({ level: 'error' });

/**
 * So many times as long as a report takes its numbers may take from the events, where there are many: then it is ended, and
 * what is known is that they take longer. The numbers themselves are compared over a tenth of the events.
 */
const mostTimes = 80;

/**
 * Each standard report over 30 days from its rollups, beside the same numbers from the events; and how its time grows
 * from a tenth of the events.
 */
export async function benchReports({
  print,
  events,
  keep,
  withRaw,
  only = '',
}: ReportsBench): Promise<Figures> {
  const asked = standard.filter((one) => nameOf(one).startsWith(only));
  const folder = keep ?? mkdtempSync(join(tmpdir(), 'signpost-bench-'));
  const folderOf = (count: number) => join(folder, `events-${count}`);
  try {
    const small = folderOf(events / 10);
    const large = folderOf(events);
    await withData(small, (clickhouse) => prepare(clickhouse, print, events / 10));
    await withData(large, (clickhouse) => prepare(clickhouse, print, events));
    // In turn, so that what else the machine does meets both.
    const times = { small: [] as number[][], large: [] as number[][] };
    for (let round = 0; round < rounds; round++) {
      times.small.push(await withData(small, (clickhouse) => timesOf(clickhouse, asked)));
      times.large.push(await withData(large, (clickhouse) => timesOf(clickhouse, asked)));
    }
    const growth: number[] = [];
    for (const [at, one] of asked.entries()) {
      const [before, after] = [of(times.small, at), of(times.large, at)];
      growth.push(after / before);
      print(
        `${nameOf(one).padEnd(64)} ${inMs(before)} at a tenth, ${inMs(after)}: ${(after / before).toFixed(2)} ×`,
      );
    }
    const [tenth, all] = [`${events / 10_000_000}m`, `${events / 1_000_000}m`];
    const figures = { [`report_${all}_vs_${tenth}`]: Math.max(...growth) };
    if (!withRaw) return figures;
    print(`from the ${tenth} events:`);
    await withData(small, (clickhouse) => besideRaw(clickhouse, print, asked));
    print(`from the ${all} events, for at most ${mostTimes} × as long:`);
    const ratios = await withData(large, (clickhouse) => besideRaw(clickhouse, print, asked, mostTimes));
    return { [`report_vs_raw_${all}`]: Math.min(...ratios), ...figures };
  } finally {
    if (keep === undefined) rmSync(folder, { recursive: true, force: true });
  }
}

const of = (times: readonly number[][], at: number) => median(times.map((round) => round[at] as number));
const inMs = (ms: number) => `${ms.toFixed(1).padStart(8)} ms`;

async function withData<Result>(
  dataDir: string,
  work: (clickhouse: ClickHouse) => Promise<Result>,
): Promise<Result> {
  mkdirSync(dataDir, { recursive: true });
  const clickhouse = await openClickHouse({ url: undefined, dataDir, logger });
  try {
    return await work(clickhouse);
  } finally {
    await clickhouse.close();
  }
}

/** Makes the events, where there are none, and rolls up what is not. */
async function prepare(clickhouse: ClickHouse, print: (line: string) => void, events: number): Promise<void> {
  await restoreRuns(clickhouse);
  await migrateClickHouse(clickhouse, logger);
  const count = async () =>
    (await clickhouse.query<{ n: number }>('SELECT count() AS n FROM events'))[0]?.n ?? 0;
  if ((await count()) === 0) {
    const madeMs = await timed(() => makeTraffic(clickhouse, { events, days, startMs }));
    print(`${await count()} events made in ${(madeMs / 1000).toFixed(1)} s`);
  }
  for (const cube of cubes) {
    const rolled = { periods: 0, events: 0 };
    const rolledMs = await timed(async () =>
      Object.assign(rolled, await rollUp({ clickhouse, nowMs, logger, cubes: [cube] })),
    );
    if (rolled.periods > 0) {
      print(
        `${cube.name}: ${rolled.events} events rolled up in ${(rolledMs / 1000).toFixed(1)} s (${Math.round(rolled.events / rolledMs)}k events/s)`,
      );
    }
  }
  for (const line of await sizes(clickhouse)) print(line);
}

async function sizes(clickhouse: ClickHouse): Promise<string[]> {
  const rows = await clickhouse.query<{ table: string; rows: number; bytes: number }>(
    `SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
     WHERE active AND database = currentDatabase() GROUP BY table HAVING rows > 100000 ORDER BY table`,
  );
  return rows.map(({ table, rows: n, bytes }) => `${table}: ${n} rows, ${Math.round(bytes / 1e6)} MB`);
}

const contextOf = (clickhouse: ClickHouse) => ({ clickhouse, now: new Date(nowMs) });

/** Of each standard report, after one that warms up. */
async function timesOf(clickhouse: ClickHouse, asked: readonly Standard[]): Promise<number[]> {
  const times: number[] = [];
  for (const { report, request } of asked) {
    const own: number[] = [];
    await runReport(contextOf(clickhouse), report, request);
    for (let i = 0; i < repetitions; i++)
      own.push(await timed(() => runReport(contextOf(clickhouse), report, request)));
    times.push(median(own));
  }
  return times;
}

/**
 * The same reports from the events, their numbers compared. Returns how many times longer each takes: at least, where it
 * was ended.
 * @param most ends what takes so many times as long; default: nothing is ended
 */
async function besideRaw(
  clickhouse: ClickHouse,
  print: (line: string) => void,
  asked: readonly Standard[],
  most?: number,
): Promise<number[]> {
  const ask = async ({ report, request }: Standard, within = clickhouse): Promise<Answer> => {
    const { rows, totals } = await runReport(contextOf(within), report, request);
    return { rows, totals };
  };
  const answers: Answer[] = [];
  for (const one of asked) answers.push(await ask(one));
  const times = await timesOf(clickhouse, asked);
  // Without their runs rollups count for nothing, and everything is read from the events.
  await clickhouse.command('RENAME TABLE rollup_runs TO kept_runs');
  try {
    await clickhouse.command('CREATE TABLE rollup_runs AS kept_runs');
    const ratios: number[] = [];
    for (const [at, one] of asked.entries()) {
      const ms = times[at] as number;
      const startedAt = performance.now();
      const raw = await untilEnded(
        ask(one, most === undefined ? clickhouse : endingAfter(clickhouse, (most * ms) / 1000)),
      );
      const rawMs = performance.now() - startedAt;
      const ratio = rawMs / ms;
      const said = raw === undefined ? 'ended' : difference(answers[at] as Answer, raw);
      const longer = `${raw === undefined ? 'more than ' : ''}${ratio.toFixed(0)} ×`;
      print(`${nameOf(one).padEnd(64)} ${inMs(ms)}, from events ${inMs(rawMs)}: ${longer}, ${said}`);
      ratios.push(ratio);
    }
    return ratios;
  } finally {
    await restoreRuns(clickhouse);
  }
}

/** The same, with an end to each query. */
function endingAfter(clickhouse: ClickHouse, seconds: number): ClickHouse {
  return {
    ...{ kind: clickhouse.kind, version: clickhouse.version },
    query: (sql, parameters, options) =>
      clickhouse.query(sql, parameters, {
        ...options,
        settings: { ...options?.settings, max_execution_time: seconds },
      }),
    queryFile: (...all) => clickhouse.queryFile(...all),
    command: (...all) => clickhouse.command(...all),
    insertFile: (...all) => clickhouse.insertFile(...all),
    close: () => clickhouse.close(),
  };
}

/** ClickHouse's TIMEOUT_EXCEEDED. */
const timeoutCode = 159;

async function untilEnded(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AnalyticsError && error.engineCode === timeoutCode) return undefined;
    throw error;
  }
}

/** Also after a run that was ended while it read the events. */
async function restoreRuns(clickhouse: ClickHouse): Promise<void> {
  const kept = await clickhouse.query(
    "SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'kept_runs'",
  );
  if (kept.length === 0) return;
  await clickhouse.command('DROP TABLE IF EXISTS rollup_runs SYNC');
  await clickhouse.command('RENAME TABLE kept_runs TO rollup_runs');
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

type Answer = Pick<Report, 'rows' | 'totals'>;

/** Counts have to be equal; sketches of visitors may differ by their error. What is to be said of a difference. */
function difference(fast: Answer, raw: Answer): string {
  let most = 0;
  const pairs = [...fast.rows, fast.totals].map((row, at) => [row, [...raw.rows, raw.totals][at]] as const);
  const isSame = pairs.every(([row, other]) =>
    Object.entries(row).every(([name, value]) => {
      const there = other?.[name];
      if (value === there || !name.startsWith('visitors')) return value === there;
      most = Math.max(most, Math.abs(Number(value) / Number(there) - 1));
      return true;
    }),
  );
  if (!isSame || fast.rows.length !== raw.rows.length) return 'NOT THE SAME NUMBERS';
  return most === 0 ? 'the same numbers' : `the same, visitors within ${(most * 100).toFixed(2)} %`;
}
