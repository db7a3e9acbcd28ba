import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnalyticsError } from '../../../analytics/clickhouse/errors.ts';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import { type ClickHouseFront, faults, startClickHouseFront } from '../../support/clickhouse-front.ts';
import {
  emptyTables,
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  seededRandom,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';
import { stored } from '../clickhouse/support-counts.ts';

const dataDir = scratchDirectory();
const midnight = Date.UTC(2026, 10, 24);
let front: ClickHouseFront;
let clickhouse: ClickHouse;

beforeAll(async () => {
  front = await startClickHouseFront(dataDir);
  const url = `${front.url}/faulty`;
  clickhouse = await openClickHouse({ url, dataDir, logger: silent, requestTimeoutMs: 500 });
  await migrateClickHouse(clickhouse, silent);
});
afterAll(async () => {
  await clickhouse.close();
  await front.close();
});

let nextId = 1;
function lines(count: number): Line[] {
  return Array.from({ length: count }, (_, index) => ({
    type: 'impression',
    id: hex(nextId++),
    time: midnight + (index - count / 2) * 1000,
  }));
}

/** Ships until the spool is empty; returns how many runs failed. */
async function shipAll(spoolDir: string): Promise<number> {
  for (let failures = 0; failures < 200; failures += 1) {
    try {
      await shipSegments({ clickhouse, spoolDir, logger: silent });
      return failures;
    } catch (error) {
      if (!(error instanceof AnalyticsError && error.retryable)) throw error;
    }
  }
  throw new Error('The spool does not empty.');
}

describe('shipping over a faulty wire', () => {
  it.each(faults)('keeps the segment at %s, and the next run counts each row once', async (fault) => {
    await emptyTables(clickhouse);
    const spoolDir = scratchSpool();
    writeSegment(spoolDir, `fault-${fault}`, lines(2000));
    let left = 2;
    front.fault = (sql) => (sql.startsWith('INSERT INTO events') && left-- > 0 ? fault : undefined);
    await expect(shipSegments({ clickhouse, spoolDir, logger: silent })).rejects.toMatchObject({
      code: 'clickhouse_unavailable',
    });
    expect(readdirSync(spoolDir).filter((name) => name.endsWith('.jsonl'))).toHaveLength(1);
    // More than one where the machine is so busy that an insert without a fault takes longer than the timeout.
    expect(await shipAll(spoolDir)).toBeGreaterThanOrEqual(1);
    expect(await stored(clickhouse)).toEqual({ events: 2000, ids: 2000, periodEvents: 2000 });
    expect(readdirSync(spoolDir)).toEqual([]);
  });

  it('never loses or doubles a row under faults at random', async () => {
    await emptyTables(clickhouse);
    const random = seededRandom(20_261_123);
    const spoolDir = scratchSpool();
    let rows = 0;
    for (let i = 0; i < 20; i += 1) {
      const count = 1 + Math.floor(random() * 400);
      writeSegment(spoolDir, `random~${i}`, lines(count));
      rows += count;
    }
    const seen = new Set<string>();
    front.fault = (sql) => {
      if (!sql.startsWith('INSERT INTO events') || random() < 0.4) return undefined;
      // Stalls cost their timeout: less of them.
      const among = random() < 0.6 ? faults.filter((fault) => !fault.startsWith('stall')) : faults;
      const fault = among[Math.floor(random() * among.length)];
      if (fault !== undefined) seen.add(fault);
      return fault;
    };
    expect(await shipAll(spoolDir)).toBeGreaterThan(10);
    front.fault = () => undefined;
    expect(seen.size).toBeGreaterThanOrEqual(4);
    expect(await stored(clickhouse)).toEqual({ events: rows, ids: rows, periodEvents: rows });
  });
});
