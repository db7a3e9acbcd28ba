import { type Kysely, sql } from 'kysely';
import type { Tables } from '../database/index.ts';
import { addressName } from './clickhouse-parts.ts';
import type { Findings } from './look-through.ts';
import type { Part } from './part.ts';
import { type Permitted, permittedAt } from './permits.ts';
import { coarsePattern } from './traces.ts';

const blockBytes = 8192;
/** What is asked for at once: others have their turn in between. */
const bytesAtOnce = 2 * 1024 * 1024;

interface Column {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

interface Table {
  readonly name: string;
  readonly blocks: number;
  /** With what is stored beside its blocks. */
  readonly bytes: number;
}

/** Types that hold no text, and none of an address: all others are looked through, also those nobody thought of. */
const withoutText = new Set([
  ...['smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric', 'boolean', 'uuid', 'oid'],
  ...['date', 'timestamp with time zone', 'timestamp without time zone', 'interval', 'bytea'],
  ...['time without time zone', 'time with time zone', 'boolean[]', 'integer[]', 'bigint[]'],
]);
const wholeNumbers = new Set(['integer', 'bigint', 'numeric']);

/** Every table that the catalogue names, a stretch of its blocks at a time. */
export async function postgresParts(db: Kysely<Tables>): Promise<Part[]> {
  const { rows: tables } = await sql<Table>`
    SELECT relname AS name, (pg_relation_size(oid) / ${sql.lit(blockBytes)})::integer AS blocks,
      pg_table_size(oid)::float8 AS bytes
    FROM pg_class WHERE relkind IN ('r', 'm') AND relnamespace = current_schema()::regnamespace ORDER BY relname`.execute(
    db,
  );
  const { rows } = await sql<Column>`
    SELECT relname AS table, attname AS name, format_type(atttypid, NULL) AS type
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'm') AND attnum > 0 AND NOT attisdropped
    ORDER BY relname, attnum`.execute(db);
  return tables.flatMap((each) =>
    partsOf(
      db,
      each,
      rows.filter(({ table }) => table === each.name),
    ),
  );
}

function partsOf(db: Kysely<Tables>, table: Table, columns: readonly Column[]): Part[] {
  const blocksAtOnce = Math.max(1, Math.floor((bytesAtOnce * table.blocks) / Math.max(1, table.bytes)));
  const count = Math.ceil(table.blocks / blocksAtOnce);
  return Array.from({ length: count }, (_, at) => ({
    key: `${table.name} ${String(at).padStart(8, '0')}`,
    bytes: table.bytes / count,
    scan: (findings) => lookThrough(db, columns, [at * blocksAtOnce, (at + 1) * blocksAtOnce], findings),
  }));
}

async function lookThrough(
  db: Kysely<Tables>,
  columns: readonly Column[],
  [from, until]: readonly [block: number, block: number],
  findings: Findings,
): Promise<void> {
  const texts = columns.filter(({ type }) => !withoutText.has(type));
  const numbers = columns.filter(({ name, type }) => wholeNumbers.has(type) && addressName.test(name));
  const table = columns[0]?.table;
  if (table === undefined || texts.length + numbers.length === 0) return;
  const tid = (block: number) => sql`${`(${block},0)`}::tid`;
  const within = sql`ctid >= ${tid(from)} AND ctid < ${tid(until)}`;
  for (const column of texts) {
    const { rows } = await sql<{ value: string; count: number }>`
      SELECT value, count(*)::integer AS count FROM (
        SELECT ${shown(column)} AS value FROM ${sql.table(table)} WHERE ${within}
      ) AS each WHERE value ~ ${coarsePattern} GROUP BY value`.execute(db);
    for (const { value, count } of rows) lookAt(column, value, count, findings);
  }
  for (const { name, type } of numbers) {
    const { rows } = await sql<{ count: number }>`
      SELECT count(${sql.ref(name)})::integer AS count FROM ${sql.table(table)} WHERE ${within}`.execute(db);
    const count = rows[0]?.count ?? 0;
    if (count > 0) findings.add({ place: `${table}.${name}`, kind: 'column', count, sample: type });
  }
}

const isJson = ({ type }: Column): boolean => type === 'json' || type === 'jsonb';

/** As text, without what is permitted there. Inside JSON it depends on the keys, which only `lookAt` sees. */
function shown(column: Column) {
  const { only }: Permitted = isJson(column)
    ? { kinds: new Set(), only: [] }
    : permittedAt(`${column.table}.${column.name}`);
  return only.reduce(
    (value, pattern) => sql`regexp_replace(${value}, ${pattern}, ' ', 'g')`,
    sql`${sql.ref(column.name)}::text`,
  );
}

function lookAt(column: Column, value: string, count: number, findings: Findings): void {
  const place = `${column.table}.${column.name}`;
  if (!isJson(column)) findings.text(place, value, count);
  else for (let time = 0; time < count; time++) findings.value(place, JSON.parse(value));
}
