import { rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Segment } from '../shipping/segments.ts';
import { moveFile } from './files.ts';
import { begunMs, dayOf, ifMissing, segmentSuffix } from './layout.ts';

/** Where a segment goes when ClickHouse has confirmed it. */
function archivedPath(archiveDir: string, segment: Segment): string {
  const day = dayOf(begunMs(segment.name) ?? segment.modifiedMs);
  return path.join(archiveDir, day, segment.name + segmentSuffix);
}

/** Takes a confirmed segment out of the spool: into the archive, or away where none is kept. */
export async function keepSegment(archiveDir: string | undefined, segment: Segment): Promise<void> {
  if (archiveDir === undefined) await rm(segment.path, { force: true });
  else await moveFile(segment.path, archivedPath(archiveDir, segment));
}

/**
 * Whether a segment of the spool has been confirmed: what is in the archive is. Both have it after a crash in the
 * middle of a move to another file system.
 */
export async function isArchived(archiveDir: string, segment: Segment): Promise<boolean> {
  return (await stat(archivedPath(archiveDir, segment)).catch(ifMissing)) !== undefined;
}
