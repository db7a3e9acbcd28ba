import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { plainInsert } from '../rollup/runs.ts';
import { hasEvents } from '../rollup/state.ts';

const jobs = { lane: 'jobs' } as const;

/** What `period_events` should say of an hour; its start in seconds, times in milliseconds since 1970. */
interface Settled {
  readonly period: number;
  readonly events: number;
  readonly first: number;
  readonly last: number;
}

/**
 * Puts `period_events` right for the hours of the waiting lines, where it does not agree with `events`: rows that came
 * back were counted by it before they went. Days that retention has dropped are left alone: their rollups stand without
 * their events, and what came back of them goes again.
 * @returns how many hours did not agree
 */
export async function settlePeriods(clickhouse: ClickHouse): Promise<number> {
  const settled = await clickhouse.query<Settled>(
    `SELECT toUnixTimestamp(stored.period) AS period, stored.total AS events,
       toUnixTimestamp64Milli(if(known.total = 0, stored.earliest, least(stored.earliest, known.earliest))) AS first,
       toUnixTimestamp64Milli(if(known.total = 0, stored.latest, greatest(stored.latest, known.latest))) AS last
     FROM (
       SELECT toStartOfHour(origin) AS period, count() AS total, min(time) AS earliest, max(time) AS latest
       FROM events WHERE toStartOfHour(origin) IN (SELECT toStartOfHour(origin) FROM replay_lines) GROUP BY period
     ) AS stored
     LEFT JOIN (
       SELECT period, sum(events) AS total, min(first) AS earliest, max(last) AS latest
       FROM period_events GROUP BY period
     ) AS known ON known.period = stored.period
     WHERE known.total != stored.total AND ${hasEvents('stored.period')}`,
    {},
    { ...jobs, settings: { join_use_nulls: 0 } },
  );
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
