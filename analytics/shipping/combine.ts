import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { syncPath } from '../archive/files.ts';
import { begunMs, dayOf } from '../archive/layout.ts';
import { type Segment, sealedSegment } from './segments.ts';

/** Larger segments are worth an insert of their own; and so much is put together at most. */
const smallBytes = 1024 * 1024;
const mostBytes = 16 * 1024 * 1024;

const sendingName = 'sending';
const manifestName = 'combining.json';

interface Manifest {
  /** Name of the segment that takes the others' place. */
  readonly combined: string;
  readonly parts: readonly string[];
}

/**
 * Notes which segment is being inserted: until that is known to be done, it has to be sent again as it is, under its
 * own name.
 */
export async function noteSending(spoolDir: string, name: string): Promise<void> {
  await writeFile(path.join(spoolDir, sendingName), name);
}

export async function noteSent(spoolDir: string): Promise<void> {
  await rm(path.join(spoolDir, sendingName), { force: true });
}

/**
 * Puts small segments that wait together, so that a backlog of thousands takes some dozen inserts: an insert costs
 * the same for ten rows as for ten thousand. Left alone are large ones, the one whose insert may have been applied,
 * and what has been put together or repaired before: one that cannot be inserted shall not draw others along. A crash
 * between any two steps leaves each line in one segment: the parts go only after a manifest names what replaces them.
 * @returns what waits now, in the same order
 */
export async function combineSmall(spoolDir: string, waiting: readonly Segment[]): Promise<Segment[]> {
  const sending = await textOf(path.join(spoolDir, sendingName));
  const result: Segment[] = [];
  let group: Segment[] = [];
  let bytes = 0;
  const close = async () => {
    if (group.length > 1) result.push(await combine(spoolDir, group));
    else result.push(...group);
    group = [];
    bytes = 0;
  };
  for (const segment of waiting) {
    const alone =
      segment.bytes === 0 ||
      segment.bytes >= smallBytes ||
      segment.name.includes('~') ||
      segment.name === sending;
    const [first] = group;
    const otherDay = first !== undefined && dayOfSegment(first) !== dayOfSegment(segment);
    if (alone || otherDay || bytes + segment.bytes > mostBytes) await close();
    if (alone) result.push(segment);
    else {
      group.push(segment);
      bytes += segment.bytes;
    }
  }
  await close();
  return result;
}

/** Where the archive will file it. */
const dayOfSegment = ({ name, modifiedMs }: Segment): string => dayOf(begunMs(name) ?? modifiedMs);

const ownPart = /^(.*~and\d+\.jsonl|combining\.json)\.part$/;

/** Takes up what a crash broke off. To be called before segments are listed. */
export async function finishCombining(spoolDir: string): Promise<void> {
  const text = await textOf(path.join(spoolDir, manifestName));
  if (text !== undefined) await replaceParts(spoolDir, JSON.parse(text) as Manifest);
  for (const name of await readdir(spoolDir).catch(ifMissing)) {
    if (ownPart.test(name)) await rm(path.join(spoolDir, name), { force: true });
  }
}

async function combine(spoolDir: string, group: readonly Segment[]): Promise<Segment> {
  const name = `${group[0]?.name}~and${group.length - 1}`;
  const target = fileOf(spoolDir, name);
  const file = await open(`${target}.part`, 'w');
  try {
    for (const { path: part } of group) {
      const content = await readFile(part);
      await file.writeFile(content);
      if (content.at(-1) !== 0x0a) await file.writeFile('\n');
    }
    await file.sync();
  } finally {
    await file.close();
  }
  const manifest: Manifest = { combined: name, parts: group.map((segment) => segment.name) };
  const draft = path.join(spoolDir, `${manifestName}.part`);
  await writeFile(draft, JSON.stringify(manifest));
  await syncPath(draft);
  await rename(draft, path.join(spoolDir, manifestName));
  await replaceParts(spoolDir, manifest);
  const combined = await sealedSegment(spoolDir, name);
  if (combined === undefined) throw new Error(`The segment ${name} is gone.`);
  return combined;
}

async function replaceParts(spoolDir: string, { combined, parts }: Manifest): Promise<void> {
  const target = fileOf(spoolDir, combined);
  await rename(`${target}.part`, target).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  await syncPath(spoolDir);
  const there = (await sealedSegment(spoolDir, combined)) !== undefined;
  for (const part of there ? parts : []) await rm(fileOf(spoolDir, part), { force: true });
  await syncPath(spoolDir);
  await rm(path.join(spoolDir, manifestName), { force: true });
}

function ifMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code === 'ENOENT') return [];
  throw error;
}

const fileOf = (spoolDir: string, name: string): string => path.join(spoolDir, `${name}.jsonl`);

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
