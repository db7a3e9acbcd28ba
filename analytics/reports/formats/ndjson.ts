import type { ReportColumn } from '../report.ts';
import { batches, type Cells } from './rows.ts';

/** One JSON object per line for each row, its fields in the order of the columns. */
export async function* ndjsonOf(
  columns: readonly ReportColumn[],
  rows: AsyncIterable<Cells>,
): AsyncGenerator<string> {
  const keys = columns.map(({ name }) => `${JSON.stringify(name)}:`);
  for await (const batch of batches(rows)) {
    yield batch
      .map((cells) => `{${keys.map((key, at) => key + JSON.stringify(cells[at] ?? null))}}\n`)
      .join('');
  }
}
