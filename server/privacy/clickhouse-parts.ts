import {
  type ClickHouse,
  filledRows,
  matchingValues,
  type TableColumn,
  type TablePart,
  tableColumns,
  tableParts,
} from '../../analytics/index.ts';
import type { Findings } from './look-through.ts';
import type { Part } from './part.ts';
import { permittedAt } from './permits.ts';
import { coarsePattern } from './traces.ts';

/** Different values of a column that are looked at in one partition: of those that match at all, the most frequent. */
const mostValues = 2000;

/** Every partition of every table that the catalogue names, so also of tables that nobody thought of. */
export async function clickhouseParts(clickhouse: ClickHouse): Promise<Part[]> {
  const columns = await tableColumns(clickhouse);
  return (await tableParts(clickhouse)).map((part) => ({
    key: `${part.table} ${part.partition}`,
    bytes: part.bytes,
    scan: (findings) =>
      lookThrough(
        clickhouse,
        part,
        columns.filter(({ table }) => table === part.table),
        findings,
      ),
  }));
}

async function lookThrough(
  clickhouse: ClickHouse,
  part: TablePart,
  columns: readonly TableColumn[],
  findings: Findings,
): Promise<void> {
  const { table } = part;
  const texts = columns
    .filter(({ type }) => isText(type))
    .map(({ name, type }) => ({ name, type, without: permittedAt(`${table}.${name}`).only }));
  for (const { column, value, rows } of await matchingValues(
    clickhouse,
    part,
    texts,
    coarsePattern,
    mostValues,
  ))
    findings.text(`${table}.${column}`, value, rows);
  for (const { name, type } of columns.filter((column) => isAddressColumn(column))) {
    const rows = await filledRows(clickhouse, part, name);
    if (rows > 0) findings.add({ place: `${table}.${name}`, kind: 'column', count: rows, sample: type });
  }
}

/** States of aggregate functions are bytes, and no text. */
const isText = (type: string): boolean =>
  /String|IPv4|IPv6|JSON/.test(type) && !type.includes('AggregateFunction');

/** A column of whole numbers whose name says that it has addresses. */
const isAddressColumn = ({ name, type }: TableColumn): boolean =>
  /^U?Int(32|64|128|256)$/.test(type) && addressName.test(name);

export const addressName = /(^|_)(ip|ips|ipv4|ipv6|addr|address|remote)(_|$)/i;
