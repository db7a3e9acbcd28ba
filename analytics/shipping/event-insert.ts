import type { FileInsert } from '../clickhouse/handle.ts';
import { columnNames, lineSelect, lineStructure } from '../events/columns.ts';

/** Log lines into a table that has the columns of `events`. */
export function lineInsert(table: 'events' | 'replay_lines'): FileInsert {
  return { into: `${table} (${columnNames.join(', ')})`, select: lineSelect, structure: lineStructure };
}

export const eventInsert = lineInsert('events');
