import { stringify } from 'csv-stringify/sync';
import type { Cell, Report } from './report.ts';

/**
 * The rows of a report as CSV (RFC 4180, UTF-8): a header with the columns' names, then one line per row; totals are
 * not among them. Text that a spreadsheet would take for a formula gets a `'` in front.
 */
export function reportToCsv(report: Report): string {
  const names = report.columns.map((column) => column.name);
  const lines = report.rows.map((row) => names.map((name) => csvCell(row[name] ?? null)));
  return stringify([names, ...lines], { record_delimiter: '\r\n' });
}

/** What begins a formula in Excel, LibreOffice or Google Sheets (OWASP, CSV injection). */
function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  return /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
}
