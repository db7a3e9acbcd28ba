import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import type { EventColumn } from '../../../analytics/events/columns.ts';

export const silent = pino({ level: 'silent' });

/** A directory of its own, removed at the end of the process: the engine holds its own until then. */
export function scratchDirectory(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'signpost-test-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** An empty spool for one test. */
export function scratchSpool(): string {
  const directory = mkdtempSync(path.join(tmpdir(), 'signpost-spool-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export type Line = Partial<Record<EventColumn, string | number>> & {
  type: string;
  id: string;
  time: number;
};

export const hex = (value: number): string => value.toString(16).padStart(16, '0');

let sealed = 0;

/** Writes a sealed segment; each is a second younger than the one before. */
export function writeSegment(spoolDir: string, name: string, content: readonly Line[] | string): string {
  mkdirSync(spoolDir, { recursive: true });
  const file = path.join(spoolDir, `${name}.jsonl`);
  const text =
    typeof content === 'string' ? content : content.map((line) => `${JSON.stringify(line)}\n`).join('');
  writeFileSync(file, text);
  sealed += 1;
  utimesSync(file, sealed, sealed);
  return file;
}

/** Empties all tables of events. */
export async function emptyTables(clickhouse: ClickHouse): Promise<void> {
  const made = [
    'traffic_rollup',
    'visitor_rollup',
    'visitor_local_days',
    'visitor_days',
    'visitor_returns',
    'rollup_runs',
    'event_marks',
    'mark_runs',
    'traffic_reversals',
  ];
  made.push('attributed_conversions', 'conversion_runs', 'dropped_days', 'dropped_periods');
  for (const table of ['events', 'period_events', ...made]) {
    await clickhouse.command(`TRUNCATE TABLE ${table}`);
  }
}

/** A generator of pseudo-random numbers in [0, 1) that repeats for a seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
