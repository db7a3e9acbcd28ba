import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pino } from 'pino';
import { expect, it } from 'vitest';
import { openClickHouse } from '../../../analytics/index.ts';
import { locatedAddresses } from '../../support/addresses.ts';
import { startClickHouseFront } from '../../support/clickhouse-front.ts';
import { seededRandom } from '../../support/random.ts';
import { startSignpost, waitingSegments } from '../../support/signpost.ts';
import { judge, storedQueries } from '../evidence.ts';
import { Load } from '../load.ts';

const minutes = Number(process.env['OUTAGE_MINUTES'] ?? 20);
const minuteMs = 60_000;

it(`serves on while ClickHouse is away for ${minutes} minutes, and everything arrives afterwards, once`, {
  timeout: minutes * 3 * minuteMs + 900_000,
}, async () => {
  const own = mkdtempSync(join(tmpdir(), 'signpost-outage-'));
  const front = await startClickHouseFront(own);
  const random = seededRandom(7);
  const signpost = await startSignpost({
    env: { CLICKHOUSE_URL: front.url, WORKERS: '1', IMPRESSION_RATES: 'none', HOSTING_ASNS: 'none' },
  });
  let load: Load | undefined;
  try {
    const zone = (await signpost.json<{ items: { id: number }[] }>('/zones')).items[0]?.id as number;
    load = new Load(signpost.delivery, zone, locatedAddresses(300, random), random, 2);
    // As long before as while it is away, up to five minutes.
    await pause(Math.min(5, minutes) * minuteMs);
    load.phase = 'down';
    front.fault = () => 'error-before';
    await pause(minutes * minuteMs);
    const waiting = waitingSegments(signpost.dataDir).length;
    front.fault = () => undefined;
    load.phase = 'up';
    await load.stop();
    const startedMs = Date.now();
    await signpost.shipped(30 * minuteMs);
    const caughtUpS = Math.round((Date.now() - startedMs) / 1000);
    const clickhouse = await openClickHouse({
      url: front.url,
      dataDir: own,
      logger: pino({ level: 'silent' }),
    });
    const results = await Promise.all(storedQueries.map((sql) => clickhouse.query(sql)));
    await clickhouse.close();
    const { evidence, stored } = judge(load, results, []);
    const [up, down] = [load.adTimesMs.up, load.adTimesMs.down].map((times) => ({
      requests: times.length,
      p50Ms: percentile(times, 0.5),
      p99Ms: percentile(times, 0.99),
    }));
    const { acknowledged, failed } = load;
    console.log(JSON.stringify({ minutes, acknowledged, failed, waiting, caughtUpS, up, down, stored }));
    expect(evidence).toEqual({ lost: [], doubled: [], strange: [], rejected: [] });
    expect(failed).toBe(0);
    expect(down?.p99Ms).toBeLessThan(1.5 * (up?.p99Ms ?? 0) + 5);
  } finally {
    await load?.stop();
    await signpost.dispose();
    await front.close();
    rmSync(own, { recursive: true, force: true });
  }
});

function percentile(times: readonly number[], part: number): number {
  const sorted = [...times].sort((a, b) => a - b);
  return Math.round((sorted[Math.floor(sorted.length * part)] ?? 0) * 10) / 10;
}
