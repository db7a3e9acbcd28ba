import type { Findings } from './look-through.ts';

export const storeNames = ['postgres', 'clickhouse', 'log', 'backups', 'files', 'process_logs'] as const;
export type StoreName = (typeof storeNames)[number];

/** A piece of a store that is looked through at once: some pages of a table, a partition, a file. */
export interface Part {
  /** Names it in its store, the same at each scan. Parts are looked through in the order of these. */
  readonly key: string;
  readonly bytes: number;
  /** Rejects where it cannot be read; resolves without where it has gone meanwhile. */
  scan(findings: Findings): Promise<void>;
}
