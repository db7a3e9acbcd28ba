import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, readdir, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ClickHouseContents } from '../../analytics/index.ts';
import { AppError } from '../errors.ts';
import type { PostgresContents } from './postgres-dump.ts';

const format = 1;
const manifestFile = 'manifest.json';

/** Of one backup; what it says is written when all else is on the disk. */
export interface Manifest {
  readonly format: typeof format;
  /** Of its directory, like `2026-11-23T02-30-00Z-full`. */
  readonly name: string;
  readonly kind: 'full' | 'incremental';
  /** Name of the full backup that an incremental one is of no use without. */
  readonly base: string | null;
  readonly madeAt: string;
  readonly postgres: PostgresContents;
  /** null: the backup has no events, because they are on a server for which no disk is set. */
  readonly clickhouse: (ClickHouseContents & StoredOn) | null;
  /** SHA-256 by path. */
  readonly files: Readonly<Record<string, string>>;
  readonly bytes: number;
  /** When a trial restore brought everything back. */
  readonly verifiedAt: string | null;
}

/** Where the part of ClickHouse is: beside the manifest, or on a disk of the server. */
export interface StoredOn {
  readonly disk: string | null;
}

export const postgresFolder = 'postgres';
export const clickhouseFolder = 'clickhouse';

export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const draft = join(directory, `${manifestFile}.tmp`);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, join(directory, manifestFile));
}

/** @throws AppError `backup_broken` where there is none that can be read */
export async function readManifest(directory: string): Promise<Manifest> {
  try {
    const manifest = JSON.parse(await readFile(join(directory, manifestFile), 'utf8')) as Manifest;
    if (manifest.format === format) return manifest;
  } catch (error) {
    throw new AppError('backup_broken', `${directory} has no manifest that can be read.`, { cause: error });
  }
  throw new AppError(
    'backup_broken',
    `${directory} was made by a version of Signpost that is not known here.`,
  );
}

/** Checksums of every file below a directory but the manifest, and what they have together. */
export async function sumFiles(directory: string): Promise<Pick<Manifest, 'files' | 'bytes'>> {
  const files: Record<string, string> = {};
  let bytes = 0;
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(directory.length + 1))
    .filter((path) => path !== manifestFile);
  for (const path of paths.sort()) {
    files[path] = await checksum(join(directory, path));
    bytes += (await stat(join(directory, path))).size;
  }
  return { files, bytes };
}

/** @throws AppError `backup_broken` where a file is missing or is not what it was */
export async function checkFiles(directory: string, { name, files }: Manifest): Promise<void> {
  for (const [path, expected] of Object.entries(files)) {
    const found = await checksum(join(directory, path)).catch(() => undefined);
    if (found === expected) continue;
    const what = found === undefined ? 'is missing' : 'is not what was written';
    throw new AppError('backup_broken', `The file ${path} of backup ${name} ${what}.`);
  }
}

async function checksum(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash);
  return hash.digest('hex');
}
