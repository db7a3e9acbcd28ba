import { fork } from 'node:child_process';
import { once } from 'node:events';
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
  rollUp,
} from '../../analytics/index.ts';
import { cubes } from '../../analytics/rollup/cubes.ts';
import { makeTraffic } from './made-traffic.ts';
import type { Figures } from './main.ts';
import { median, message } from './processes.ts';
import { ask, days, nameOf, nowMs, type Standard, standard, startMs } from './standard-reports.ts';

/** How often each report is asked for, from few and from many events in turn. */
const rounds = 21;
const repetitions = 5;

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
    const times = await timesInTurn([small, large], asked);
    const growth: number[] = [];
    for (const [at, one] of asked.entries()) {
      const [before = 0, after = 0] = times[at] ?? [];
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

/**
 * How long each report takes from each of some folders: medians of many times in turn, so that what else the machine does meets all
 * of them. A process holds one folder, so each has its own.
 */
async function timesInTurn(folders: readonly string[], asked: readonly Standard[]): Promise<number[][]> {
  const children = folders.map((folder) => fork(new URL('./report-server.js', import.meta.url), [folder]));
  try {
    for (const child of children) await message(child);
    const times = asked.map(() => folders.map((): number[] => []));
    for (let round = 0; round <= rounds; round++) {
      for (const [at, one] of asked.entries()) {
        for (const [which, child] of children.entries()) {
          child.send(standard.indexOf(one));
          const ms = await message<number>(child);
          // The first one warms up.
          if (round > 0) times[at]?.[which]?.push(ms);
        }
      }
    }
    return times.map((ofOne) => ofOne.map(median));
  } finally {
    await Promise.all(
      children.map((child) => {
        const ended = once(child, 'exit');
        child.disconnect();
        return ended;
      }),
    );
  }
}

/** Of each standard report, after one that warms up. */
async function timesOf(clickhouse: ClickHouse, asked: readonly Standard[]): Promise<number[]> {
  const times: number[] = [];
  for (const one of asked) {
    const own: number[] = [];
    await ask(clickhouse, one);
    for (let i = 0; i < repetitions; i++) own.push(await timed(() => ask(clickhouse, one)));
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
  const answers: Answer[] = [];
  for (const one of asked) answers.push(await ask(clickhouse, one));
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
        ask(most === undefined ? clickhouse : endingAfter(clickhouse, (most * ms) / 1000), one),
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
