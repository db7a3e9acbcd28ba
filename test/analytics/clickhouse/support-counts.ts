import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';

export interface Stored {
  /** Rows of `events`, and how many different ids they have. */
  events: number;
  ids: number;
  /** Sum of `period_events`, which the materialized view fills. */
  periodEvents: number;
}

export async function stored(clickhouse: ClickHouse): Promise<Stored> {
  const [row] = await clickhouse.query<Stored>(
    `SELECT (SELECT count() FROM events) AS events, (SELECT uniqExact(id) FROM events) AS ids,
       (SELECT sum(events) FROM period_events) AS periodEvents`,
  );
  if (row === undefined) throw new Error('no row');
  return row;
}
