import type { Cell } from '../report.ts';

/** A row's values in the order of the columns. */
export type Cells = readonly Cell[];

/** Rows that are written at once: enough that the steps between cost little, few enough to be small in memory. */
const batchRows = 1000;

/** Puts rows together, so that a format's work is done for many at a time. None is empty. */
export async function* batches(rows: AsyncIterable<Cells>): AsyncGenerator<readonly Cells[]> {
  let batch: Cells[] = [];
  for await (const row of rows) {
    batch.push(row);
    if (batch.length < batchRows) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
