import { createReadStream } from 'node:fs';
import { mkdir, mkdtemp, open, rm } from 'node:fs/promises';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { runCompared } from './compare.ts';
import { currencyColumn, isMoney } from './currency.ts';
import { csvOf } from './formats/csv.ts';
import { ndjsonOf } from './formats/ndjson.ts';
import { parquetColumns, parquetOf } from './formats/parquet.ts';
import type { Cells } from './formats/rows.ts';
import { xlsxOf } from './formats/xlsx.ts';
import { type RegisteredReport, type ReportName, reports } from './registry.ts';
import {
  type PreparedReport,
  type Report,
  type ReportColumn,
  type ReportContext,
  type ReportRequest,
  reportTimeoutS,
} from './report.ts';

/** The formats of files, by the ends of their names, with their content types. */
export const fileFormats = {
  csv: 'text/csv; charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  parquet: 'application/vnd.apache.parquet',
  ndjson: 'application/x-ndjson; charset=utf-8',
} as const;
export type FileFormat = keyof typeof fileFormats;

export interface ExportRequest extends ReportRequest {
  /** Most rows. Default: all there are; of reports that are made as a whole, and of comparisons, 100,000. */
  readonly limit?: number;
  readonly compare?: 'previous' | undefined;
  /** Of money, ISO 4217: a file that has some names it in a last column. Default: it does not. */
  readonly currency?: string;
}

/** A report as a file, made and ready to be read: what could go wrong in ClickHouse has not. */
export interface ReportExport {
  readonly columns: readonly ReportColumn[];
  /** How many rows there are without the limit; null where that is not known. */
  readonly totalRows: number | null;
  readonly truncated: boolean;
  readonly finalUntil: string;
  readonly notes: readonly string[];
  /** The file's bytes, as fast as they are taken; to be read once. */
  readonly content: AsyncIterable<string | Uint8Array>;
  /** Frees what is on the disk. To be called also where the content was not read. */
  close(): Promise<void>;
}

/**
 * Makes a report of any size as a file. ClickHouse writes its rows to the disk, from where they are read as the file
 * is: at no time are they in memory as a whole, and a slow reader keeps nobody waiting for ClickHouse. Reports that are
 * made as a whole are the exception.
 * @param scratchDir where the rows are in the meantime
 */
export async function exportReport(
  context: ReportContext,
  name: ReportName,
  request: ExportRequest,
  format: FileFormat,
  scratchDir: string,
): Promise<ReportExport> {
  const { compare, limit, currency, ...rest } = request;
  const registered: RegisteredReport = reports[name];
  if (compare === undefined && registered.prepare !== undefined) {
    const prepared = await registered.prepare(context, rest);
    return prepared === undefined
      ? buffered(await registered.run(context, request), format, currency)
      : streamed(context, registered.title, prepared, { format, limit, currency, scratchDir });
  }
  if (compare !== undefined)
    return buffered(await runCompared(registered.run, context, request), format, currency);
  return buffered(await registered.run(context, request), format, currency);
}

interface Target {
  readonly format: FileFormat;
  readonly limit: number | undefined;
  readonly currency: string | undefined;
  readonly scratchDir: string;
}

async function streamed(
  { clickhouse, signal }: ReportContext,
  title: string,
  prepared: PreparedReport,
  { format, limit, currency, scratchDir }: Target,
): Promise<ReportExport> {
  const { finalUntil, notes } = prepared;
  const columns = withCurrency(prepared.columns, currency);
  const hasMoney = columns.includes(currencyColumn);
  const source = hasMoney ? `SELECT *, {currency:String} AS currency FROM (${prepared.sql})` : prepared.sql;
  const parameters = hasMoney ? { ...prepared.parameters, currency: String(currency) } : prepared.parameters;
  await mkdir(scratchDir, { recursive: true });
  const directory = await mkdtemp(path.join(scratchDir, 'report-'));
  const close = () => rm(directory, { recursive: true, force: true });
  const file = path.join(directory, 'result');
  const write = (select: string, as: 'rows' | 'parquet') =>
    clickhouse.queryFile(
      `SELECT ${select} FROM (${source})${limit === undefined ? '' : `\nLIMIT ${limit}`}`,
      parameters,
      { path: file, format: as },
      { lane: 'reports', signal, settings: exportSettings },
    );
  try {
    if (format === 'parquet') {
      const totalRows = limit === undefined ? null : await countRows(clickhouse, prepared, signal);
      await write(parquetColumns(columns), 'parquet');
      const truncated = limit !== undefined && totalRows !== null && totalRows > limit;
      return { columns, totalRows, truncated, finalUntil, notes, content: createReadStream(file), close };
    }
    await write('*', 'rows');
    const totalRows = limit === undefined ? null : await rowsWithoutLimit(file);
    const truncated = limit !== undefined && totalRows !== null && totalRows > limit;
    const content = contentOf(format, title, columns, rowsOf(file));
    return { columns, totalRows, truncated, finalUntil, notes, content, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * Groupings and sorts put on the disk what is more than this: in one process with the engine, 1,000,000 rows took about
 * 90 MB with it and 150 MB with 50 MB here. The order is that of the inner statement, which must not be left out.
 */
const exportSettings = {
  max_execution_time: reportTimeoutS,
  max_bytes_before_external_group_by: 20_000_000,
  max_bytes_ratio_before_external_group_by: 0,
  max_bytes_before_external_sort: 20_000_000,
  max_bytes_ratio_before_external_sort: 0,
  query_plan_remove_redundant_sorting: 0,
} as const;

async function buffered(
  report: Report,
  format: FileFormat,
  currency: string | undefined,
): Promise<ReportExport> {
  const { truncated, finalUntil, notes } = report;
  const columns = withCurrency(report.columns, currency);
  const rows = async function* (): AsyncGenerator<Cells> {
    for (const row of report.rows) {
      yield columns.map((column) => (column === currencyColumn ? currency : row[column.name]) ?? null);
    }
  };
  return {
    columns,
    totalRows: 'totalRows' in report ? Number(report.totalRows) : truncated ? null : report.rows.length,
    truncated,
    finalUntil,
    notes,
    content: contentOf(format, report.name, columns, rows()),
    close: async () => undefined,
  };
}

function withCurrency(
  columns: readonly ReportColumn[],
  currency: string | undefined,
): readonly ReportColumn[] {
  return currency !== undefined && columns.some(isMoney) ? [...columns, currencyColumn] : columns;
}

function contentOf(
  format: FileFormat,
  title: string,
  columns: readonly ReportColumn[],
  rows: AsyncIterable<Cells>,
): AsyncIterable<string | Uint8Array> {
  if (format === 'csv') return csvOf(columns, rows);
  if (format === 'ndjson') return ndjsonOf(columns, rows);
  if (format === 'xlsx') return xlsxOf(title, columns, rows);
  return (async function* () {
    yield await parquetOf(columns, rows);
  })();
}

/** How many rows a report has without a limit. */
export async function countRows(
  clickhouse: ClickHouse,
  { sql, parameters }: PreparedReport,
  signal: AbortSignal | undefined,
): Promise<number> {
  const [row] = await clickhouse.query<{ n: number }>(`SELECT count() AS n FROM (${sql})`, parameters, {
    lane: 'reports',
    signal,
    settings: { max_execution_time: reportTimeoutS },
  });
  return row?.n ?? 0;
}

async function* rowsOf(file: string): AsyncGenerator<Cells> {
  for await (const line of createInterface({
    input: createReadStream(file),
    crlfDelay: Number.POSITIVE_INFINITY,
  })) {
    if (line.startsWith('{"row":')) yield (JSON.parse(line) as { row: Cells }).row;
  }
}

/** What a file of the format `rows` says at its end. */
async function rowsWithoutLimit(file: string): Promise<number | null> {
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, 4096);
    const { buffer } = await handle.read(Buffer.alloc(length), 0, length, size - length);
    const found = /\{"rows_before_limit_at_least":"?(\d+)"?\}/.exec(buffer.toString('utf8'));
    return found === null ? null : Number(found[1]);
  } finally {
    await handle.close();
  }
}
