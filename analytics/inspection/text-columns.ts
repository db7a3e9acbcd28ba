import type { ClickHouse } from '../clickhouse/handle.ts';
import { quoteString } from '../clickhouse/sql-text.ts';

const jobs = { lane: 'jobs' } as const;

/** A stretch of a table that is stored together. */
export interface TablePart {
  readonly table: string;
  /** Id of the partition; `all` where the table has none. */
  readonly partition: string;
  readonly rows: number;
  /** On the disk. */
  readonly bytes: number;
}

export interface TableColumn {
  readonly table: string;
  readonly name: string;
  /** Like `LowCardinality(String)`. */
  readonly type: string;
}

/** Every part of every table of the database, whichever there are. */
export function tableParts(clickhouse: ClickHouse): Promise<TablePart[]> {
  return clickhouse.query<TablePart>(
    `SELECT table, partition_id AS partition, sum(parts.rows) AS rows, sum(parts.bytes_on_disk) AS bytes
     FROM system.parts AS parts WHERE database = currentDatabase() AND active
     GROUP BY table, partition ORDER BY table, partition`,
    {},
    jobs,
  );
}

/** Every column of every table of the database, whichever there are. */
export function tableColumns(clickhouse: ClickHouse): Promise<TableColumn[]> {
  return clickhouse.query<TableColumn>(
    `SELECT table, name, type FROM system.columns
     WHERE database = currentDatabase() AND default_kind NOT IN ('ALIAS', 'EPHEMERAL') ORDER BY table, position`,
    {},
    jobs,
  );
}

/** A column that is looked through. */
export interface LookedThrough {
  readonly name: string;
  readonly type: string;
  /** Patterns (RE2) of what is taken out of a value before it is looked at. */
  readonly without: readonly string[];
}

/** A value that matches, and how many rows have it. */
export interface MatchingValue {
  readonly column: string;
  readonly value: string;
  readonly rows: number;
}

/**
 * Values of the columns in which a pattern (RE2) matches, in one partition: of each column the most frequent ones.
 * Names are those of the catalogue.
 */
export function matchingValues(
  clickhouse: ClickHouse,
  { table, partition }: Pick<TablePart, 'table' | 'partition'>,
  columns: readonly LookedThrough[],
  pattern: string,
  most: number,
): Promise<MatchingValue[]> {
  const selects = columns.map(
    (column) => `SELECT ${quoteString(column.name)} AS column, value, count() AS rows
      FROM (SELECT ${textOf(column)} AS value FROM ${identifier(table)} WHERE _partition_id = {partition:String})
      WHERE match(value, {pattern:String}) GROUP BY value ORDER BY rows DESC LIMIT ${most}`,
  );
  if (selects.length === 0) return Promise.resolve([]);
  return clickhouse.query<MatchingValue>(
    selects.map((select) => `(${select})`).join(' UNION ALL '),
    { partition, pattern },
    jobs,
  );
}

/** How many rows of a partition have a value other than the type's zero in the column. */
export async function filledRows(
  clickhouse: ClickHouse,
  { table, partition }: Pick<TablePart, 'table' | 'partition'>,
  column: string,
): Promise<number> {
  const [row] = await clickhouse.query<{ rows: number }>(
    `SELECT countIf(${identifier(column)} != defaultValueOfArgumentType(${identifier(column)})) AS rows
     FROM ${identifier(table)} WHERE _partition_id = {partition:String}`,
    { partition },
    jobs,
  );
  return row?.rows ?? 0;
}

/** As text, with each text of an array or a map in a row of its own. */
function textOf({ name, type, without }: LookedThrough): string {
  const column = identifier(name);
  const each = type.startsWith('Array(')
    ? `arrayJoin(${column})`
    : type.startsWith('Map(')
      ? `arrayJoin(arrayConcat(arrayMap(x -> toString(x), mapKeys(${column})), arrayMap(x -> toString(x), mapValues(${column}))))`
      : column;
  return without.reduce(
    (value, pattern) => `replaceRegexpAll(${value}, ${quoteString(pattern)}, ' ')`,
    `ifNull(toString(${each}), '')`,
  );
}

const identifier = (name: string): string => `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;

/** Rows of a partition whose time in `column` is before an instant, and the earliest of them. */
export async function rowsBefore(
  clickhouse: ClickHouse,
  table: string,
  column: string,
  beforeMs: number,
): Promise<{ rows: number; firstMs: number }> {
  const at = `toUnixTimestamp(${identifier(column)})`;
  const [row] = await clickhouse.query<{ rows: number; first: number }>(
    `SELECT count() AS rows, min(${at}) AS first FROM ${identifier(table)}
     WHERE ${identifier(column)} < toDateTime({before:UInt32}, 'UTC')`,
    { before: Math.max(0, Math.floor(beforeMs / 1000)) },
    jobs,
  );
  return { rows: row?.rows ?? 0, firstMs: (row?.first ?? 0) * 1000 };
}
