import { join } from 'node:path';
import type { ShippingOptions } from '../analytics/index.ts';

/** What becomes of the log on this machine. */
export interface LogKeeping {
  readonly spoolMaxBytes: number;
  /** 0: nothing is archived. */
  readonly archiveDays: number;
  /** Takes what is older. */
  readonly storeDir: string | undefined;
  /** Told of what was shipped. */
  readonly onShipped?: ShippingOptions['onShipped'];
}

export const spoolOf = (dataDir: string): string => join(dataDir, 'spool');
export const archiveOf = (dataDir: string): string => join(dataDir, 'archive');
