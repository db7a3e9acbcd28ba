import type { ClickHouse } from '../clickhouse/handle.ts';

/** A day or a month of a table, by the id that the engine gives it: `20261123` or `202611`. */
export interface Partition {
  readonly id: string;
  readonly rows: number;
}

/** The partitions of a table that have rows, oldest first. */
export function partitionsOf(clickhouse: ClickHouse, table: string): Promise<Partition[]> {
  return clickhouse.query<Partition>(
    `SELECT partition_id AS id, sum(parts.rows) AS rows FROM system.parts AS parts
     WHERE database = currentDatabase() AND table = {table:String} AND active AND match(partition_id, '^[0-9]{6,8}$')
     GROUP BY id ORDER BY id`,
    { table },
    { lane: 'jobs' },
  );
}

/** Its beginning, as milliseconds since 1970. */
export function dayOfPartition(id: string): number {
  return Date.UTC(Number(id.slice(0, 4)), Number(id.slice(4, 6)) - 1, Number(id.slice(6, 8) || '1'));
}
