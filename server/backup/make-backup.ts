import { rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { type BackupPlace, backUpClickHouse, type ClickHouse, storedBytes } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import { AppError } from '../errors.ts';
import { BackupFolder } from './folder.ts';
import { backupsToKeep, type KeepScheme } from './keep.ts';
import { clickhouseFolder, type Manifest, postgresFolder, sumFiles, writeManifest } from './manifest.ts';
import { placeOf } from './place-of.ts';
import { dumpDatabase } from './postgres-dump.ts';
import { tryOnServer } from './server-trial.ts';

const dayMs = 86_400_000;
const fullEveryDays = 7;
/** A full backup and its trial, each as large as the tables, and some. */
const spaceFactor = 2.2;

/** Restores a backup that is being made into a scratch directory and away again; rejects where that fails. */
export type TrialRestore = (directory: string, scratch: string, signal: AbortSignal) => Promise<void>;

export interface BackupParts {
  readonly db: Kysely<Tables>;
  readonly clickhouse: ClickHouse;
  readonly backupDir: string;
  /** A disk of the ClickHouse server to write to; without, a server's events are in no backup. */
  readonly clickhouseDisk: string | undefined;
  readonly keep: KeepScheme;
  readonly tryRestore: TrialRestore;
}

export interface BackupRun {
  readonly nowMs: number;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

export interface BackupCounts {
  readonly full: number;
  readonly incremental: number;
  readonly bytes: number;
  /** Older ones that are not needed any more. */
  readonly removed: number;
}

/**
 * Makes a backup, restores it for a trial, and only then gives it its name; afterwards removes those that are not to be
 * kept. The first of a week is full, the others have what has changed in ClickHouse since it, and all of PostgreSQL,
 * which is small. Nothing may be dropped meanwhile.
 */
export async function makeBackup(parts: BackupParts, run: BackupRun): Promise<BackupCounts> {
  const folder = new BackupFolder(parts.backupDir);
  const base = await baseFor(folder, parts, run.nowMs);
  const kind = base === undefined ? 'full' : 'incremental';
  const name = `${new Date(run.nowMs).toISOString().slice(0, 19).replaceAll(':', '-')}Z-${kind}`;
  const directory = await folder.begin(name);
  try {
    await checkSpace(parts, base === undefined);
    const manifest = await writeBackup(parts, run, directory, name, base);
    await tryBackup(parts, run, directory, manifest, base);
    await writeManifest(directory, { ...manifest, verifiedAt: new Date(run.nowMs).toISOString() });
    await folder.finish(name);
    run.logger.info({ name, bytes: manifest.bytes }, 'backup made and tried');
    const removed = await removeOld(folder, parts.keep);
    const made = { full: kind === 'full' ? 1 : 0, incremental: kind === 'full' ? 0 : 1 };
    return { ...made, bytes: manifest.bytes, removed };
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/** What `makeBackup` would do now; `bytes`: at most, of ClickHouse. */
export async function backupDue(parts: BackupParts, nowMs: number): Promise<BackupCounts> {
  const folder = new BackupFolder(parts.backupDir);
  const base = await baseFor(folder, parts, nowMs);
  const full = base === undefined;
  const madeAt = new Date(nowMs).toISOString();
  const all = [...(await folder.list()), { name: 'next', madeAt, base: base?.name ?? null }];
  const removed = all.length - backupsToKeep(all, parts.keep).size;
  const bytes = await storedBytes(parts.clickhouse);
  return { full: full ? 1 : 0, incremental: full ? 0 : 1, bytes, removed };
}

/** The full backup that the next one builds on; undefined where it has to be full itself. */
async function baseFor(
  folder: BackupFolder,
  { clickhouse, clickhouseDisk }: BackupParts,
  nowMs: number,
): Promise<Manifest | undefined> {
  const last = (await folder.list()).findLast(({ kind }) => kind === 'full');
  if (last === undefined || nowMs - Date.parse(last.madeAt) >= fullEveryDays * dayMs - dayMs / 2)
    return undefined;
  const disk = clickhouse.kind === 'http' ? clickhouseDisk : null;
  return last.clickhouse?.disk === disk ? last : undefined;
}

async function checkSpace({ clickhouse, backupDir }: BackupParts, full: boolean): Promise<void> {
  if (clickhouse.kind === 'http') return;
  const { bavail, bsize } = await statfs(backupDir);
  const needed = (await storedBytes(clickhouse)) * (full ? spaceFactor : spaceFactor - 1);
  const free = bavail * bsize;
  if (free >= needed) return;
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  const detail = `A backup and its trial need ${gigabytes(needed)} GB, and ${backupDir} has ${gigabytes(free)} GB free.`;
  throw new AppError('no_room', detail);
}

async function writeBackup(
  parts: BackupParts,
  { nowMs, signal }: BackupRun,
  directory: string,
  name: string,
  base: Manifest | undefined,
): Promise<Manifest> {
  const postgres = await dumpDatabase(parts.db, join(directory, postgresFolder));
  const place = placeFor(parts, directory, name);
  const clickhouse =
    place === undefined
      ? null
      : {
          ...(await backUpClickHouse(parts.clickhouse, place, placeOfBase(parts, base), signal)),
          disk: place.kind === 'disk' ? place.disk : null,
        };
  const manifest: Manifest = {
    format: 1,
    name,
    kind: base === undefined ? 'full' : 'incremental',
    base: base?.name ?? null,
    madeAt: new Date(nowMs).toISOString(),
    postgres,
    clickhouse,
    ...(await sumFiles(directory)),
    verifiedAt: null,
  };
  await writeManifest(directory, manifest);
  return manifest;
}

function placeFor(
  { clickhouse, clickhouseDisk }: BackupParts,
  directory: string,
  name: string,
): BackupPlace | undefined {
  if (clickhouse.kind === 'embedded') return { kind: 'directory', path: join(directory, clickhouseFolder) };
  return clickhouseDisk === undefined ? undefined : { kind: 'disk', disk: clickhouseDisk, path: name };
}

function placeOfBase({ backupDir }: BackupParts, base: Manifest | undefined): BackupPlace | undefined {
  return base === undefined ? undefined : placeOf(base, new BackupFolder(backupDir).directoryOf(base.name));
}

/** Of a server's events the server itself makes the trial, in a database of its own. */
async function tryBackup(
  parts: BackupParts,
  { nowMs, signal }: BackupRun,
  directory: string,
  manifest: Manifest,
  base: Manifest | undefined,
): Promise<void> {
  const scratch = join(parts.backupDir, `.trial-${nowMs}`);
  try {
    await parts.tryRestore(directory, scratch, signal);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  const { clickhouse } = manifest;
  const place = placeOf(manifest, directory);
  if (clickhouse === null || place?.kind !== 'disk') return;
  await tryOnServer(parts.clickhouse, clickhouse, place, placeOfBase(parts, base), signal);
}

async function removeOld(folder: BackupFolder, keep: KeepScheme): Promise<number> {
  const all = await folder.list();
  const kept = backupsToKeep(all, keep);
  const old = all.filter(({ name }) => !kept.has(name));
  for (const { name } of old) await folder.remove(name);
  return old.length;
}
