import type { Kysely } from 'kysely';
import type { ClickHouse } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import { clickhouseParts } from './clickhouse-parts.ts';
import { type FilePlaces, fileParts } from './file-parts.ts';
import {
  type KeptFor,
  type Overdue,
  overdueFiles,
  overdueInClickHouse,
  overdueInPostgres,
} from './overdue.ts';
import type { Part, StoreName } from './part.ts';
import { postgresParts } from './postgres-parts.ts';
import { type ScannedStore, scanStore } from './scan.ts';
import { type MachineScan, putScan, readScans } from './scan-store.ts';
import type { OwnNames } from './traces.ts';

export interface ScanParts {
  readonly db: Kysely<Tables>;
  /** undefined: databases are looked through on another machine. */
  readonly clickhouse: ClickHouse | undefined;
  readonly machine: string;
  readonly places: FilePlaces & { readonly archiveDir: string };
  readonly kept: KeptFor;
  readonly own: OwnNames;
  /** What a scan may take, shared evenly among the stores. */
  readonly scanMs: number;
}

export interface ScanContext {
  readonly now: () => number;
  readonly signal: AbortSignal;
}

type StoreParts = readonly (readonly [store: StoreName, parts: () => Promise<Part[]>])[];

/**
 * Looks through everything that this machine has to, for what should not be there, and keeps what it found in
 * `privacy_scans`. Bounded: large stores take several runs, each going on where the one before ended.
 */
export async function lookEverywhere(parts: ScanParts, { now, signal }: ScanContext): Promise<MachineScan> {
  const startMs = now();
  const before = (await readScans(parts.db)).find(({ machine }) => machine === parts.machine);
  const files = await fileParts(parts.places);
  const { clickhouse } = parts;
  const all: StoreParts = [
    ...(clickhouse === undefined
      ? []
      : ([
          ['postgres', () => postgresParts(parts.db)],
          ['clickhouse', () => clickhouseParts(clickhouse)],
        ] as const)),
    ...Object.entries(files).map(([store, list]) => [store as StoreName, async () => list] as const),
  ];
  const stores: ScannedStore[] = [];
  const failed: { store: string; reason: string }[] = [];
  for (const [at, [store, partsOf]] of all.entries()) {
    // What one store leaves of its share is the next one's.
    const endMs = startMs + (parts.scanMs * (at + 1)) / all.length;
    const earlier = before?.stores.find((each) => each.store === store);
    try {
      const list = await partsOf();
      stores.push(
        await scanStore({ store, parts: list, before: earlier, own: parts.own, endMs, now, signal }),
      );
    } catch (error) {
      failed.push({ store, reason: reasonOf(error) });
      if (earlier !== undefined) stores.push({ ...earlier, scannedParts: 0, scannedBytes: 0 });
    }
  }
  const overdue = await overdueOf(parts, now(), failed);
  const scan: MachineScan = {
    ...{ machine: parts.machine, madeAt: new Date(startMs).toISOString(), tookMs: now() - startMs },
    ...{ stores, overdue, failed },
  };
  await putScan(parts.db, scan);
  return scan;
}

async function overdueOf(
  { db, clickhouse, places, kept }: ScanParts,
  nowMs: number,
  failed: { store: string; reason: string }[],
): Promise<Overdue[]> {
  const looks: readonly (readonly [string, () => Promise<Overdue[]>])[] = [
    ...(clickhouse === undefined
      ? []
      : ([
          ['postgres', () => overdueInPostgres(db, kept, nowMs)],
          ['clickhouse', () => overdueInClickHouse(clickhouse, kept, nowMs)],
        ] as const)),
    ['files', () => overdueFiles(places, kept, nowMs)],
  ];
  const found: Overdue[] = [];
  for (const [store, look] of looks) {
    try {
      found.push(...(await look()));
    } catch (error) {
      failed.push({ store, reason: reasonOf(error) });
    }
  }
  return found;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
