import type { Logger } from 'pino';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { attributionDue } from '../conversions/attribute.ts';
import { countedForMs } from '../events/columns.ts';
import { openHours } from '../rollup/due.ts';
import { plainInsert } from '../rollup/runs.ts';
import { type StoredTable, storedTables } from '../stored-tables.ts';
import { dayOfPartition, type Partition, partitionsOf } from './partitions.ts';

const jobs = { lane: 'jobs' } as const;
const dayMs = 86_400_000;

export interface RetentionOptions {
  readonly clickhouse: ClickHouse;
  readonly nowMs: number;
  readonly logger: Logger;
  /** Whole UTC days for which raw events are kept, and the numbers made from them. */
  readonly eventsDays: number;
  readonly rollupsDays: number;
  /** Ends the run before the next day. */
  readonly signal?: AbortSignal;
}

export interface RetentionCounts {
  /** Days whose raw events were dropped, and how many events they were. */
  days: number;
  events: number;
  /** Days that are old enough, and stay because their numbers are not made yet. */
  waitingDays: number;
  /** Events that came for days dropped before, and were dropped uncounted. */
  lateEvents: number;
  /** Partitions of other tables that were dropped: each a month of one table. */
  months: number;
}

/**
 * Drops what is older than it is kept for. Raw events go by whole days, and only where every hour of the day has the
 * rollup that stands for it and its conversions are put down; all else goes by whole months. Running again changes
 * nothing; a run that dies is finished by the next.
 */
export async function dropOld(options: RetentionOptions): Promise<RetentionCounts> {
  const { clickhouse, logger, signal } = options;
  const plan = await planRetention(options);
  const counts: RetentionCounts = { days: 0, events: 0, waitingDays: plan.waiting, lateEvents: 0, months: 0 };
  for (const { partition, late } of plan.days) {
    if (signal?.aborted === true) return counts;
    // Written down first: a rollup of which some events are gone must not be held against those that are left.
    if (!late) await markDropped(clickhouse, partition, options.nowMs);
    await dropPartition(clickhouse, 'events', partition);
    if (late) counts.lateEvents += partition.rows;
    else {
      counts.days += 1;
      counts.events += partition.rows;
    }
  }
  for (const { table, partition } of plan.months) {
    if (signal?.aborted === true) return counts;
    await dropPartition(clickhouse, table.name, partition);
    counts.months += 1;
  }
  if (plan.months.length > 0) await deleteRuns(clickhouse, plan.rollupsBeforeMs);
  if (counts.days + counts.months + counts.lateEvents > 0) logger.info({ ...counts }, 'Old data dropped');
  return counts;
}

/** What `dropOld` would do now. */
export async function retentionDue(options: RetentionOptions): Promise<RetentionCounts> {
  const { days, waiting, months } = await planRetention(options);
  const rows = (late: boolean) =>
    days.filter((day) => day.late === late).reduce((sum, { partition }) => sum + partition.rows, 0);
  return {
    days: days.filter(({ late }) => !late).length,
    events: rows(false),
    waitingDays: waiting,
    lateEvents: rows(true),
    months: months.length,
  };
}

interface Plan {
  /** `late`: the day was dropped before. */
  readonly days: readonly { readonly partition: Partition; readonly late: boolean }[];
  readonly waiting: number;
  readonly months: readonly { readonly table: StoredTable; readonly partition: Partition }[];
  readonly rollupsBeforeMs: number;
}

async function planRetention(options: RetentionOptions): Promise<Plan> {
  const { clickhouse, nowMs, eventsDays, rollupsDays } = options;
  const dropped = await droppedDays(clickhouse);
  const unsettled = await unsettledDays(clickhouse, nowMs);
  const events = await partitionsOf(clickhouse, 'events');
  const old = events.filter(
    (partition) => dropped.has(partition.id) || isBefore(partition, nowMs, eventsDays),
  );
  const days = old
    .map((partition) => ({ partition, late: dropped.has(partition.id) }))
    .filter(({ partition, late }) => late || !unsettled.has(partition.id));
  const going = new Set(days.map(({ partition }) => partition.id));
  const staying = events.filter(({ id }) => !going.has(id));
  const firstStayingMs = Math.min(...staying.map(({ id }) => dayOfPartition(id)), nowMs);
  // Nothing that a day's raw events are read together with goes before they do.
  const before = (keptDays: number) =>
    monthStart(Math.min(nowMs - keptDays * dayMs, firstStayingMs) - countedForMs - dayMs);
  const limits = { events: before(eventsDays), rollups: before(rollupsDays), always: 0 };
  const months: { table: StoredTable; partition: Partition }[] = [];
  for (const table of storedTables.filter(({ partitions }) => partitions === 'months')) {
    for (const partition of await partitionsOf(clickhouse, table.name)) {
      if (dayOfPartition(partition.id) < limits[table.kept]) months.push({ table, partition });
    }
  }
  return { days, waiting: old.length - days.length, months, rollupsBeforeMs: limits.rollups };
}

function isBefore({ id }: Partition, nowMs: number, keptDays: number): boolean {
  return dayOfPartition(id) < Math.floor(nowMs / dayMs - keptDays) * dayMs;
}

function monthStart(ms: number): number {
  const at = new Date(ms);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth());
}

const partitionOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10).replaceAll('-', '');

/** Days with an hour whose numbers are not made, as the ids of their partitions. */
async function unsettledDays(clickhouse: ClickHouse, nowMs: number): Promise<ReadonlySet<string>> {
  const open = (await openHours(clickhouse)).flatMap(({ origins }) =>
    origins.map(({ originMs }) => originMs),
  );
  return new Set([...open, ...(await attributionDue(clickhouse, nowMs))].map(partitionOf));
}

async function droppedDays(clickhouse: ClickHouse): Promise<ReadonlySet<string>> {
  const rows = await clickhouse.query<{ id: string }>(
    'SELECT DISTINCT toString(toYYYYMMDD(day)) AS id FROM dropped_days',
    {},
    jobs,
  );
  return new Set(rows.map(({ id }) => id));
}

/** The hours first: a day that is dropped has to have them. */
async function markDropped(clickhouse: ClickHouse, { id, rows }: Partition, nowMs: number): Promise<void> {
  await clickhouse.command(
    `INSERT INTO dropped_periods (period, events, first, last) SETTINGS ${settingsList(plainInsert)}
     SELECT period, sum(events), min(first), max(last) FROM period_events
     WHERE toDate(period) = toDate(toDateTime({day:UInt32}, 'UTC')) GROUP BY period`,
    { day: dayOfPartition(id) / 1000 },
    jobs,
  );
  await clickhouse.command(
    `INSERT INTO dropped_days (day, events, at) SETTINGS ${settingsList(plainInsert)}
     SELECT toDate(toDateTime({day:UInt32}, 'UTC')), {rows:UInt64}, fromUnixTimestamp64Milli({nowMs:Int64}, 'UTC')`,
    { day: dayOfPartition(id) / 1000, rows, nowMs },
    jobs,
  );
}

/** The names are those of our own list, and an id has digits alone. */
async function dropPartition(clickhouse: ClickHouse, table: string, { id }: Partition): Promise<void> {
  await clickhouse.command(`ALTER TABLE ${table} DROP PARTITION ID '${id}'`, {}, jobs);
}

/** Of the makings of rollups whose rows are gone. */
async function deleteRuns(clickhouse: ClickHouse, beforeMs: number): Promise<void> {
  const runs = storedTables.filter(({ kept, partitions }) => kept === 'rollups' && partitions === 'none');
  for (const { name, column } of runs) {
    await clickhouse.command(
      `ALTER TABLE ${name} DELETE WHERE ${column} < toDateTime(${beforeMs / 1000}, 'UTC') SETTINGS mutations_sync = 1`,
      {},
      jobs,
    );
  }
}
