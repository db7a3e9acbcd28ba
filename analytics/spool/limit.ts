import { open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { whileNobodyInserts } from '../shipping/gate.ts';
import { linesOf } from '../shipping/lines.ts';
import { type Segment, sealedSegment, sealedSegments } from '../shipping/segments.ts';
import { spoolBacklog } from './segments.ts';

export interface SpoolLimitOptions {
  /** No segment is changed while it is being shipped there. */
  readonly clickhouse: ClickHouse;
  readonly spoolDir: string;
  readonly maxBytes: number;
  /** Names of segments without page views; kept between runs by the caller. */
  readonly stripped: Set<string>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal?: AbortSignal;
}

/** Events that were given up. */
export interface GivenUp {
  pageViews: number;
  /** Ad requests, impressions, viewable impressions, clicks and conversions. */
  moneyEvents: number;
}

/** All that was ever given up on this machine, and when last, in milliseconds since 1970; 0: never. */
export interface GivenUpEver extends GivenUp {
  lastMs: number;
}

/** How far below the limit it goes, so that a segment is not rewritten at every run. */
const slack = 0.05;

/**
 * Makes room where more than `maxBytes` wait in the spool: page views go out of the oldest sealed segments, and where
 * no sealed segment has any more, the oldest segments go as a whole. A segment keeps its name, which is its token: if
 * ClickHouse has it already, without having said so, it counts as it was.
 */
export async function limitSpool(options: SpoolLimitOptions): Promise<GivenUp> {
  const { clickhouse, spoolDir, maxBytes, stripped, signal } = options;
  const given: GivenUp = { pageViews: 0, moneyEvents: 0 };
  let { bytes } = await spoolBacklog(spoolDir);
  if (bytes <= maxBytes) return given;
  const enough = maxBytes * (1 - slack);
  const segments = await sealedSegments(spoolDir);
  await removeDrafts(spoolDir);
  const names = new Set(segments.map(({ name }) => name));
  for (const name of stripped) if (!names.has(name)) stripped.delete(name);
  const change = async (segment: Segment, by: (segment: Segment) => Promise<GivenUp>) => {
    await whileNobodyInserts(clickhouse, async () => {
      const before = await sealedSegment(spoolDir, segment.name);
      if (before === undefined) {
        // Shipped meanwhile.
        bytes = (await spoolBacklog(spoolDir)).bytes;
        return;
      }
      const gone = await by(before);
      given.pageViews += gone.pageViews;
      given.moneyEvents += gone.moneyEvents;
      if (gone.pageViews + gone.moneyEvents > 0) await record(options, gone);
      bytes -= before.bytes - ((await sealedSegment(spoolDir, segment.name))?.bytes ?? 0);
    });
  };
  for (const segment of segments) {
    if (bytes <= enough || signal?.aborted === true) return given;
    if (stripped.has(segment.name)) continue;
    await change(segment, stripPageViews);
    stripped.add(segment.name);
  }
  for (const segment of segments) {
    if (bytes <= enough || signal?.aborted === true) return given;
    await change(segment, giveUpWhole);
  }
  return given;
}

const draftSuffix = '.stripped';

/** What a crash has left behind; nothing else removes it. */
async function removeDrafts(spoolDir: string): Promise<void> {
  for (const name of await readdir(spoolDir)) {
    if (name.endsWith(draftSuffix)) await rm(join(spoolDir, name), { force: true });
  }
}

const pageView = Buffer.from('"type":"page_view"');

async function stripPageViews({ path }: Segment): Promise<GivenUp> {
  const draft = path + draftSuffix;
  const file = await open(draft, 'w');
  let pageViews = 0;
  let kept: Buffer[] = [];
  let keptBytes = 0;
  let left = 0;
  const flush = async () => {
    if (keptBytes > 0) await file.writeFile(Buffer.concat(kept, keptBytes));
    kept = [];
    keptBytes = 0;
  };
  try {
    for await (const line of linesOf(path)) {
      if (line.includes(pageView)) {
        pageViews++;
        continue;
      }
      kept.push(line);
      keptBytes += line.length;
      left++;
      if (keptBytes >= 1024 * 1024) await flush();
    }
    await flush();
    await file.sync();
    if (left === 0) await rm(path, { force: true });
    else if (pageViews > 0) await rename(draft, path);
  } finally {
    await file.close();
    await rm(draft, { force: true });
  }
  return { pageViews, moneyEvents: 0 };
}

async function giveUpWhole({ path }: Segment): Promise<GivenUp> {
  const gone: GivenUp = { pageViews: 0, moneyEvents: 0 };
  for await (const line of linesOf(path)) {
    if (line.includes(pageView)) gone.pageViews++;
    else gone.moneyEvents++;
  }
  await rm(path, { force: true });
  return gone;
}

const recordName = 'given-up.json';

/** What was given up in the course of time; all 0 where nothing ever was. */
export async function givenUpEver(spoolDir: string): Promise<GivenUpEver> {
  try {
    const ever = JSON.parse(await readFile(join(spoolDir, recordName), 'utf8')) as Partial<GivenUpEver>;
    return { pageViews: 0, moneyEvents: 0, lastMs: 0, ...ever };
  } catch {
    return { pageViews: 0, moneyEvents: 0, lastMs: 0 };
  }
}

async function record({ spoolDir, now }: SpoolLimitOptions, gone: GivenUp): Promise<void> {
  const ever = await givenUpEver(spoolDir);
  const next: GivenUpEver = {
    pageViews: ever.pageViews + gone.pageViews,
    moneyEvents: ever.moneyEvents + gone.moneyEvents,
    lastMs: now(),
  };
  const file = join(spoolDir, recordName);
  await writeFile(`${file}.part`, JSON.stringify(next));
  await rename(`${file}.part`, file);
}
