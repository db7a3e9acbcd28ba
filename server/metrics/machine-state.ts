import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { type GivenUpEver, givenUpEver, spoolBacklog } from '../../analytics/index.ts';

/** How a machine's disk and log are; written down by its back office or agent for its workers. */
export interface MachineState {
  readonly atMs: number;
  readonly spool: {
    readonly segments: number;
    readonly bytes: number;
    readonly limitBytes: number;
    /** When the oldest segment was begun; null for an empty spool. */
    readonly oldestMs: number | null;
  };
  readonly givenUp: GivenUpEver;
  readonly disk: { readonly freeBytes: number; readonly sizeBytes: number };
}

export async function machineState(dataDir: string, limitBytes: number, atMs: number): Promise<MachineState> {
  const spoolDir = join(dataDir, 'spool');
  const { segments, bytes, oldestMs = null } = await spoolBacklog(spoolDir);
  const { bavail, blocks, bsize } = await statfs(dataDir);
  return {
    atMs,
    spool: { segments, bytes, limitBytes, oldestMs },
    givenUp: await givenUpEver(spoolDir),
    disk: { freeBytes: bavail * bsize, sizeBytes: blocks * bsize },
  };
}

/** One thing to look at, and what is wrong with it, in words. */
export interface MachineCheck {
  readonly name: 'shipping' | 'disk';
  readonly detail: string;
  readonly warnings: readonly string[];
}

const minuteMs = 60_000;
const lateAfterMs = 10 * minuteMs;
const silentAfterMs = minuteMs;
const givenUpToldMs = 24 * 60 * minuteMs;
const spoolShare = 0.8;
const diskShare = 0.05;
const diskBytes = 1e9;

/** Nothing here keeps a worker from serving; all of it needs somebody. */
export function machineChecks(state: MachineState, nowMs: number): MachineCheck[] {
  const { spool, disk, givenUp } = state;
  const waitMs = spool.oldestMs === null ? 0 : Math.max(0, nowMs - spool.oldestMs);
  const shipping: string[] = [];
  if (nowMs - state.atMs > silentAfterMs)
    shipping.push(
      `The back office has said nothing for ${span(nowMs - state.atMs)}: nothing is shipped while it is away.`,
    );
  if (waitMs > lateAfterMs)
    shipping.push(`Shipping is late: the oldest events have waited for ClickHouse for ${span(waitMs)}.`);
  if (spool.bytes > spoolShare * spool.limitBytes)
    shipping.push(
      `What waits takes ${percent(spool.bytes / spool.limitBytes)} of SPOOL_MAX_BYTES; past it the oldest page views are given up, and money events last.`,
    );
  if (givenUp.lastMs > nowMs - givenUpToldMs)
    shipping.push(
      `${givenUp.pageViews} page views and ${givenUp.moneyEvents} money events were given up so far, the last ${span(nowMs - givenUp.lastMs)} ago.`,
    );
  const { freeBytes, sizeBytes } = disk;
  const full = freeBytes < Math.min(diskBytes, sizeBytes / 2) || freeBytes < diskShare * sizeBytes;
  const free = `${size(freeBytes)} of ${size(sizeBytes)} (${percent(freeBytes / sizeBytes)}) are free`;
  return [
    {
      name: 'shipping',
      detail: spool.segments === 0 ? 'Nothing waits.' : `${size(spool.bytes)} wait for ClickHouse.`,
      warnings: shipping,
    },
    {
      name: 'disk',
      detail: `${free}.`,
      warnings: full ? [`The disk is nearly full: ${free}. When it is, events are lost; ads go on.`] : [],
    },
  ];
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function size(bytes: number): string {
  if (bytes < 1e6) return `${Math.ceil(bytes / 1e3)} kB`;
  return bytes < 1e9 ? `${Math.round(bytes / 1e6)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;
}

function span(ms: number): string {
  if (ms < 2 * minuteMs) return `${Math.round(ms / 1000)} s`;
  return ms < 120 * minuteMs ? `${Math.round(ms / minuteMs)} min` : `${Math.round(ms / (60 * minuteMs))} h`;
}
