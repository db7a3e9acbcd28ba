import { stringify } from 'csv-stringify/sync';
import type { Cell, ReportColumn } from '../report.ts';
import { batches, type Cells } from './rows.ts';

/**
 * CSV (RFC 4180, UTF-8): a header with the columns' names, then one line per row. Text that a spreadsheet would take
 * for a formula gets a `'` in front.
 */
export async function* csvOf(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<Cells>,
): AsyncGenerator<string> {
  yield lines([columns.map(({ name }) => name)]);
  for await (const batch of batches(rows)) yield lines(batch.map((cells) => cells.map(csvCell)));
}

function lines(records: readonly (readonly string[])[]): string {
  return stringify(records as string[][], { record_delimiter: '\r\n' });
}

/** What begins a formula in Excel, LibreOffice or Google Sheets (OWASP, CSV injection). */
const formulaStart = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;

/** A cell of a CSV file that people open in a spreadsheet: text that would be a formula there gets a `'` in front. */
export function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  return formulaStart.test(value) ? `'${value}` : value;
}
