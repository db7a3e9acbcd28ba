import { randomUUID } from 'node:crypto';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { settingsList } from '../clickhouse/sql-text.ts';
import { columnNames } from '../events/columns.ts';
import { plainInsert } from '../rollup/runs.ts';
import { lineInsert } from '../shipping/event-insert.ts';

const jobs = { lane: 'jobs' } as const;

/** Makes the table that lines wait in until it is known which of them are missing: with the columns of `events`. */
export async function emptyReplayLines(clickhouse: ClickHouse): Promise<void> {
  await dropReplayLines(clickhouse);
  await clickhouse.command(
    'CREATE TABLE replay_lines AS events ENGINE = MergeTree ORDER BY (toStartOfHour(origin), type, id)',
    {},
    jobs,
  );
}

export async function dropReplayLines(clickhouse: ClickHouse): Promise<void> {
  await clickhouse.command('DROP TABLE IF EXISTS replay_lines SYNC', {}, jobs);
}

export async function stageLines(clickhouse: ClickHouse, file: string): Promise<void> {
  await clickhouse.insertFile(lineInsert('replay_lines'), file, randomUUID());
}

/** What tells lines apart: two that agree in all of it count as one in every report. */
const identity = 'type, id, time, not_counted, invalid';

/** The rows of `events` that the waiting lines can be among, whatever else is stored. */
const nearby = `toStartOfHour(origin) IN (SELECT toStartOfHour(origin) FROM replay_lines)
  AND time >= (SELECT min(time) FROM replay_lines) AND time <= (SELECT max(time) FROM replay_lines)`;

/**
 * Inserts those of the waiting lines that are not stored: of as many that agree, as many as there are fewer.
 * @returns how many
 */
export async function addMissingRows(clickhouse: ClickHouse): Promise<number> {
  const columns = columnNames.join(', ');
  const missing = `
    SELECT ${columns} FROM (
      SELECT ${columns}, row_number() OVER (PARTITION BY ${identity}) AS nth FROM replay_lines
    ) AS line
    LEFT JOIN (
      SELECT ${identity}, count() AS times FROM events WHERE ${nearby} GROUP BY ${identity}
    ) AS there USING (${identity})
    WHERE line.nth > there.times`;
  const [row] = await clickhouse.query<{ rows: number }>(
    `SELECT count() AS rows FROM (${missing})`,
    {},
    { ...jobs, settings: { join_use_nulls: 0 } },
  );
  if (row === undefined || row.rows === 0) return 0;
  await clickhouse.command(
    `INSERT INTO events (${columns}) SETTINGS ${settingsList({ ...plainInsert, ...wholeDays })} ${missing}`,
    {},
    jobs,
  );
  return row.rows;
}

const wholeDays = { join_use_nulls: 0, max_partitions_per_insert_block: 0, max_insert_threads: 1 };
