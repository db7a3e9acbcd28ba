import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Cell, ColumnType, ReportColumn } from '../report.ts';
import type { Cells } from './rows.ts';

type SchemaElement = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>[number];

const isNumber = (cell: Cell) => cell !== null && cell !== '' && Number.isFinite(Number(cell));

interface ParquetType {
  /** ClickHouse's type, which it writes as `element`. */
  readonly clickhouse: string;
  readonly element: Omit<SchemaElement, 'name'>;
  readonly value: (cell: Cell) => unknown;
}

const text: ParquetType = {
  clickhouse: 'String',
  element: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  value: (cell) => (cell === null ? '' : String(cell)),
};
const whole: ParquetType = {
  clickhouse: 'Nullable(Int64)',
  element: { type: 'INT64' },
  // A report may have a text where a number is due, like "other" for several together.
  value: (cell) => (isNumber(cell) ? BigInt(Math.round(Number(cell))) : null),
};
const fraction: ParquetType = {
  clickhouse: 'Nullable(Float64)',
  element: { type: 'DOUBLE' },
  value: (cell) => (isNumber(cell) ? Number(cell) : null),
};
const date: ParquetType = {
  clickhouse: 'Date32',
  element: { type: 'INT32', converted_type: 'DATE' },
  value: (cell) => new Date(`${cell}T00:00:00Z`),
};

const types: Readonly<Record<ColumnType, ParquetType>> = {
  text,
  hour: text,
  day: date,
  id: whole,
  number: whole,
  count: whole,
  micros: whole,
  ratio: fraction,
  ms: fraction,
  decimal: fraction,
};

/** Select list that gives columns the types that they have in Parquet. */
export function parquetColumns(columns: readonly ReportColumn[]): string {
  return columns
    .map(({ name, type }) => `CAST(\`${name}\` AS ${types[type].clickhouse}) AS \`${name}\``)
    .join(', ');
}

/** Apache Parquet of rows that are in memory already; the same types as ClickHouse writes. */
export async function parquetOf(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<Cells>,
): Promise<Uint8Array> {
  const data: unknown[][] = columns.map(() => []);
  for await (const cells of rows) {
    columns.forEach(({ type }, at) => {
      data[at]?.push(types[type].value(cells[at] ?? null));
    });
  }
  const buffer = parquetWriteBuffer({
    columnData: columns.map(({ name }, at) => ({ name, data: data[at] ?? [] })),
    schema: [
      { name: 'report', num_children: columns.length },
      ...columns.map(({ name, type }): SchemaElement => {
        const repetition = types[type].clickhouse.startsWith('Nullable') ? 'OPTIONAL' : 'REQUIRED';
        return { name, repetition_type: repetition, ...types[type].element };
      }),
    ],
  });
  return new Uint8Array(buffer);
}
