import { randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { linesOf } from '../shipping/lines.ts';
import { syncPath } from './files.ts';
import {
  type ArchiveFile,
  archiveDays,
  filesOfDay,
  ifMissing,
  type Manifest,
  manifestName,
  namesIn,
  packSuffix,
  partSuffix,
  readManifest,
} from './layout.ts';
import { timeOfLine } from './line-time.ts';

export interface PackingOptions {
  readonly archiveDir: string;
  /** A segment that is still there, too, is not packed: its move to the archive is under way. */
  readonly spoolDir: string;
  readonly nowMs: number;
  readonly signal?: AbortSignal;
}

export interface PackingCounts {
  packs: number;
  segments: number;
  bytes: number;
  packedBytes: number;
}

/** Segments of an hour wait so long after its end: most of the late ones then go into the same pack. */
const packAfterMs = 600_000;
const hourMs = 3_600_000;
/** A pack is read as a whole into memory where its lines are sorted; and so much may wait unpacked. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Packs the segments of hours that are over, and of any hour that has 64 MB of them: fewer files, and a tenth of the
 * bytes. Compression runs on libuv's threads, a chunk at a time. The steps of a pack are such that a crash between any
 * two of them leaves each line in the archive once: (1) the pack is written under a passing name and forced to the
 * disk, (2) a manifest names it and its segments, (3) it gets its name, (4) the segments go, (5) the manifest goes. From
 * (3) on readers pass over the segments that the manifest names; the next run takes up a manifest that it finds.
 */
export async function packArchive(options: PackingOptions): Promise<PackingCounts> {
  const counts: PackingCounts = { packs: 0, segments: 0, bytes: 0, packedBytes: 0 };
  for (const day of await archiveDays(options.archiveDir)) {
    const folder = path.join(options.archiveDir, day);
    await finishPacking(folder);
    for (const group of await dueGroups(options, day)) {
      if (options.signal?.aborted === true) return counts;
      await pack(folder, group, counts);
    }
  }
  return counts;
}

/** A pack or a manifest that was not finished; segments on their way into the archive have longer numbers. */
const ownPart = /^(\d\d_|packing).*\.part$/;

/** Completes what a crash broke off, and removes what came to nothing. */
async function finishPacking(folder: string): Promise<void> {
  const manifest = await readManifest(folder);
  if (manifest !== undefined) await applyManifest(folder, manifest);
  for (const name of await namesIn(folder)) {
    if (ownPart.test(name)) await rm(path.join(folder, name), { force: true });
  }
}

/** Steps 3 to 5. */
async function applyManifest(folder: string, { pack: name, segments }: Manifest): Promise<void> {
  await rename(path.join(folder, name + partSuffix), path.join(folder, name)).catch(ifMissing);
  await syncPath(folder);
  const there = (await namesIn(folder)).includes(name);
  for (const segment of there ? segments : []) await rm(path.join(folder, segment), { force: true });
  await syncPath(folder);
  await rm(path.join(folder, manifestName), { force: true });
}

async function dueGroups(
  { archiveDir, spoolDir, nowMs }: PackingOptions,
  day: string,
): Promise<ArchiveFile[][]> {
  const segments = (await filesOfDay(archiveDir, day)).filter(({ kind }) => kind === 'segment');
  segments.sort((a, b) => a.firstMs - b.firstMs || (a.path < b.path ? -1 : 1));
  const groups: ArchiveFile[][] = [];
  let group: ArchiveFile[] = [];
  let bytes = 0;
  const close = (full: boolean) => {
    const [first] = group;
    if (first !== undefined && (full || hourOf(first) * hourMs + hourMs + packAfterMs <= nowMs))
      groups.push(group);
    group = [];
    bytes = 0;
  };
  for (const segment of segments) {
    if (await isInSpool(spoolDir, segment)) continue;
    const [first] = group;
    if (first !== undefined && hourOf(first) !== hourOf(segment)) close(false);
    else if (first !== undefined && bytes + segment.bytes > mostBytes) close(true);
    group.push(segment);
    bytes += segment.bytes;
  }
  close(bytes >= mostBytes);
  return groups;
}

const hourOf = ({ firstMs }: ArchiveFile): number => Math.floor(firstMs / hourMs);

async function isInSpool(spoolDir: string, { path: file }: ArchiveFile): Promise<boolean> {
  return (await stat(path.join(spoolDir, path.basename(file))).catch(ifMissing)) !== undefined;
}

async function pack(folder: string, group: readonly ArchiveFile[], counts: PackingCounts): Promise<void> {
  const hour = String(hourOf(group[0] as ArchiveFile) % 24).padStart(2, '0');
  const id = randomBytes(6).toString('hex');
  const draft = path.join(folder, `${hour}_${id}${partSuffix}`);
  const found = { firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY, lines: 0 };
  const source = Readable.from(chunksOf(group, found), { objectMode: true, highWaterMark: 2 });
  await pipeline(source, createGzip({ chunkSize: 256 * 1024 }), createWriteStream(draft));
  await syncPath(draft);
  const span = found.lines === 0 ? [0, 0] : [found.firstMs, found.lastMs];
  const name = [hour, ...span, found.lines, id].join('_') + packSuffix;
  await rename(draft, path.join(folder, name + partSuffix));
  const manifest: Manifest = { pack: name, segments: group.map(({ path: file }) => path.basename(file)) };
  await writeManifest(folder, manifest);
  const { size } = await stat(path.join(folder, name + partSuffix));
  await applyManifest(folder, manifest);
  counts.packs += 1;
  counts.segments += group.length;
  counts.bytes += group.reduce((sum, { bytes }) => sum + bytes, 0);
  counts.packedBytes += size;
}

/** Step 2: from here on the pack counts, and its segments go. */
async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const target = path.join(folder, manifestName);
  await writeFile(target + partSuffix, JSON.stringify(manifest));
  await syncPath(target + partSuffix);
  await rename(target + partSuffix, target);
  await syncPath(folder);
}

const chunkBytes = 256 * 1024;

/** The lines of the segments in chunks, each with its line end; `found` learns what went by. */
async function* chunksOf(
  group: readonly ArchiveFile[],
  found: { firstMs: number; lastMs: number; lines: number },
): AsyncGenerator<Buffer> {
  let pending: Buffer[] = [];
  let bytes = 0;
  for (const { path: file } of group) {
    for await (const line of linesOf(file)) {
      const whole = line.at(-1) === 0x0a ? line : Buffer.concat([line, Buffer.from('\n')]);
      const timeMs = timeOfLine(whole);
      found.lines++;
      if (timeMs !== undefined) {
        found.firstMs = Math.min(found.firstMs, timeMs);
        found.lastMs = Math.max(found.lastMs, timeMs);
      }
      pending.push(whole);
      bytes += whole.length;
      if (bytes < chunkBytes) continue;
      yield Buffer.concat(pending, bytes);
      pending = [];
      bytes = 0;
    }
  }
  if (bytes > 0) yield Buffer.concat(pending, bytes);
}
