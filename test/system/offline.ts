import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'rolldown';
import type { RollupCounts } from '../../analytics/index.ts';

/** What to do with the embedded ClickHouse of a data directory that nothing runs on. */
export interface OfflineOrder {
  readonly dataDir: string;
  /** Makes the rollups as they would be made then, in milliseconds since 1970, before the queries. */
  readonly rollUpAtMs?: number;
  readonly queries: readonly string[];
}

export interface OfflineResult {
  readonly rolledUp?: RollupCounts;
  /** The rows of each query. */
  readonly results: readonly (readonly unknown[])[];
  /** Totals of the traffic report, after the rollups were made. */
  readonly traffic: Readonly<Record<string, number | null>>;
}

/**
 * Opens the embedded ClickHouse in a process of its own: a process can hold one only, and the engine can take its
 * process along.
 */
export async function offline(order: OfflineOrder): Promise<OfflineResult> {
  // Node 20 runs no TypeScript. Within node_modules, so that packages are found.
  const cache = resolve(import.meta.dirname, '../../node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const built = mkdtempSync(join(cache, 'signpost-offline-'));
  try {
    await build({
      input: join(import.meta.dirname, 'offline-child.ts'),
      platform: 'node',
      external: /^[^./]/,
      output: { dir: built, format: 'esm', entryFileNames: 'child.mjs', chunkFileNames: '[name].mjs' },
      logLevel: 'warn',
    });
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [join(built, 'child.mjs'), JSON.stringify(order)],
      { maxBuffer: 512 * 1024 * 1024 },
    );
    return JSON.parse(stdout) as OfflineResult;
  } finally {
    rmSync(built, { recursive: true, force: true });
  }
}
