import { type CellValue, writeXlsxStream } from 'hucre/xlsx';
import type { Cell, ColumnType, ReportColumn } from '../report.ts';
import type { Cells } from './rows.ts';

/** How a spreadsheet shows the numbers of a type. The values are those of the other formats. */
const numberFormats: Partial<Record<ColumnType, string>> = {
  day: 'yyyy-mm-dd',
  count: '#,##0',
  ratio: '0.00%',
  micros: '#,##0',
  ms: '#,##0',
};

/** Most characters that a column is wide at first. */
const widest = 40;

/**
 * A workbook (Office Open XML) with the columns' names in a row that stays in view. Texts are never formulas, days are
 * dates. Rows beyond the 1,048,576 of a sheet go on in further ones.
 */
export async function* xlsxOf(
  title: string,
  columns: readonly ReportColumn[],
  rows: AsyncIterable<Cells>,
): AsyncGenerator<Uint8Array> {
  const values = async function* (): AsyncGenerator<CellValue[]> {
    for await (const cells of rows)
      yield cells.map((cell, at) => spreadsheetValue(cell, columns[at]?.type ?? 'text'));
  };
  const stream = writeXlsxStream(values(), {
    name: title,
    columns: columns.map(({ name, kind, type }) => {
      const format = kind === 'change' ? '0.0%' : numberFormats[type];
      return {
        header: name,
        width: Math.min(widest, Math.max(name.length + 2, type === 'text' ? 16 : 12)),
        ...(format === undefined ? {} : { numFmt: format }),
      };
    }),
    freezePane: { rows: 1 },
  });
  yield* stream;
}

function spreadsheetValue(cell: Cell, type: ColumnType): CellValue {
  return type === 'day' && typeof cell === 'string' && cell !== '' ? new Date(`${cell}T00:00:00Z`) : cell;
}
