import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { isReadableLine } from './line-check.ts';
import { linesOf } from './lines.ts';
import type { Segment } from './segments.ts';

export interface Repair {
  readonly readable: number;
  readonly rejected: number;
}

/**
 * Takes the lines that cannot be read out of a segment: they go to `rejected/<name>.jsonl`, the others to a segment
 * of its own, `<name>~repaired`, because other bytes need another token. The segment itself goes last; a crash before
 * that makes the same two files again, with the same bytes under the same names. Nothing happens where every line is
 * readable.
 */
export async function repairSegment(spoolDir: string, segment: Segment): Promise<Repair> {
  const rejectedDir = path.join(spoolDir, 'rejected');
  await mkdir(rejectedDir, { recursive: true });
  // In the rejected folder while unfinished: there nothing takes them for segments.
  const readable = await openPart(path.join(rejectedDir, `${segment.name}~repaired.part`));
  const rejected = await openPart(path.join(rejectedDir, `${segment.name}.part`));
  try {
    for await (const line of linesOf(segment.path)) {
      if (isBlank(line)) continue;
      await (isReadableLine(line) ? readable : rejected).write(line);
    }
    if (rejected.lines > 0) {
      await rejected.moveTo(path.join(rejectedDir, `${segment.name}.jsonl`));
      if (readable.lines > 0) await readable.moveTo(path.join(spoolDir, `${segment.name}~repaired.jsonl`));
      await syncDirectory(rejectedDir);
      await syncDirectory(spoolDir);
      await rm(segment.path);
    }
    return { readable: readable.lines, rejected: rejected.lines };
  } finally {
    await readable.discard();
    await rejected.discard();
  }
}

interface PartFile {
  readonly lines: number;
  write(line: Buffer): Promise<void>;
  moveTo(target: string): Promise<void>;
  discard(): Promise<void>;
}

/** 1 MB at a time: a write for each line would take minutes for a large segment. */
const bufferedBytes = 1024 * 1024;

async function openPart(file: string): Promise<PartFile> {
  const handle = await open(file, 'w');
  let lines = 0;
  let open_ = true;
  let pending: Buffer[] = [];
  let bytes = 0;
  const flush = async () => {
    if (bytes > 0) await handle.writeFile(Buffer.concat(pending));
    pending = [];
    bytes = 0;
  };
  return {
    get lines() {
      return lines;
    },
    async write(line) {
      lines += 1;
      const whole = line.at(-1) === 0x0a ? line : Buffer.concat([line, Buffer.from('\n')]);
      pending.push(whole);
      bytes += whole.length;
      if (bytes >= bufferedBytes) await flush();
    },
    async moveTo(target) {
      await flush();
      await handle.sync();
      await rename(file, target);
    },
    async discard() {
      if (open_) await handle.close();
      open_ = false;
      await rm(file, { force: true });
    },
  };
}

async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isBlank(line: Buffer): boolean {
  return line.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === 0x0a);
}
