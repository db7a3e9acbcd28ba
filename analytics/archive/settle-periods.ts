import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { plainInsert } from '../rollup/runs.ts';

const jobs = { lane: 'jobs' } as const;

/** Hours of the waiting lines by their start in seconds, and how many events `period_events` says that they have. */
export type KnownPeriods = ReadonlyMap<number, number>;

const waitingPeriods = 'SELECT toStartOfHour(origin) FROM replay_lines';

/** What `period_events` says before lines are added. */
export async function knownPeriods(clickhouse: ClickHouse): Promise<KnownPeriods> {
  const rows = await clickhouse.query<{ period: number; events: number }>(
    `SELECT toUnixTimestamp(known.period) AS period, sum(known.events) AS events
     FROM period_events AS known WHERE known.period IN (${waitingPeriods}) GROUP BY known.period`,
    {},
    jobs,
  );
  return new Map(rows.map(({ period, events }) => [period, events]));
}

interface Period {
  readonly period: number;
  readonly stored: number;
  readonly known: number;
  /** Milliseconds since 1970. */
  readonly first: number;
  readonly last: number;
}

/**
 * Puts `period_events` right for the hours of the waiting lines: rows that came back were counted by it before they
 * went. Where it knew of more events than there are even now, retention has dropped them: there the rollup is all that
 * is left, and stays valid only while what it was made of is told as it was.
 * @param before as `knownPeriods` gave it before the lines were added
 * @returns how many hours did not agree
 */
export async function settlePeriods(clickhouse: ClickHouse, before: KnownPeriods): Promise<number> {
  const periods = await clickhouse.query<Period>(
    `SELECT toUnixTimestamp(stored.period) AS period, stored.total AS stored, known.total AS known,
       toUnixTimestamp64Milli(if(known.total = 0, stored.earliest, least(stored.earliest, known.earliest))) AS first,
       toUnixTimestamp64Milli(if(known.total = 0, stored.latest, greatest(stored.latest, known.latest))) AS last
     FROM (
       SELECT toStartOfHour(origin) AS period, count() AS total, min(time) AS earliest, max(time) AS latest
       FROM events WHERE toStartOfHour(origin) IN (${waitingPeriods}) GROUP BY period
     ) AS stored
     LEFT JOIN (
       SELECT period, sum(events) AS total, min(first) AS earliest, max(last) AS latest
       FROM period_events GROUP BY period
     ) AS known ON known.period = stored.period`,
    {},
    { ...jobs, settings: { join_use_nulls: 0 } },
  );
  const settled = periods
    .map((period) => ({ ...period, events: Math.max(period.stored, before.get(period.period) ?? 0) }))
    .filter(({ known, events }) => known !== events);
  if (settled.length === 0) return 0;
  const list = settled.map(({ period }) => `toDateTime(${period}, 'UTC')`).join(', ');
  await clickhouse.command(
    `ALTER TABLE period_events DELETE WHERE period IN (${list}) SETTINGS mutations_sync = 1`,
    {},
    jobs,
  );
  await clickhouse.command(
    `INSERT INTO period_events (period, events, first, last) SETTINGS ${settingsList(plainInsert)}
     SELECT toDateTime(hour.1, 'UTC'), hour.2, fromUnixTimestamp64Milli(toInt64(hour.3), 'UTC'),
       fromUnixTimestamp64Milli(toInt64(hour.4), 'UTC')
     FROM (SELECT arrayJoin(arrayZip({periods:Array(UInt32)}, {events:Array(UInt64)}, {firsts:Array(UInt64)},
       {lasts:Array(UInt64)})) AS hour)`,
    {
      periods: settled.map(({ period }) => period),
      events: settled.map(({ events }) => events),
      firsts: settled.map(({ first }) => first),
      lasts: settled.map(({ last }) => last),
    },
    jobs,
  );
  return settled.length;
}
