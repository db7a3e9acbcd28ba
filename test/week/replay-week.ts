import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import {
  attributeConversions,
  type ClickHouse,
  markTraffic,
  migrateClickHouse,
  openClickHouse,
  parseRates,
  rollUp,
  shipSegments,
} from '../../analytics/index.ts';
import { defaultGeoDbFiles, openGeoDb } from '../../geo-db/index.ts';
import { type RunningDelivery, startDelivery } from '../../server/delivery/index.ts';
import { parseSettings } from '../../server/settings/index.ts';
import { advertisers, clickWindowMs, snapshotOf, viewWindowMs } from './inventory.ts';
import { dayMs, hourMs, type Week } from './maker.ts';
import { play } from './play.ts';

const logger = pino({ level: 'silent' });

export interface Replayed {
  readonly clickhouse: ClickHouse;
  /** Closed hours whose rollups were made, again where late events came. */
  readonly periods: number;
  /** Makes the rollups of everything that is closed by now. */
  rollUpAll(): Promise<void>;
  readonly now: Date;
  close(): Promise<void>;
}

/**
 * Sends a week to two delivery workers, by a clock that goes as fast as they answer, and runs the jobs now
 * and then. Rollups are made until the sixth day's end: what comes after is counted from the events.
 */
export async function replayWeek(week: Week, jobsEveryMs: number): Promise<Replayed> {
  const dataDir = mkdtempSync(join(tmpdir(), 'signpost-week-'));
  const spoolDir = join(dataDir, 'spool');
  mkdirSync(spoolDir);
  writeFileSync(join(dataDir, 'snapshot.jsonl'), JSON.stringify(snapshotOf(week.ads)));
  const clock = { nowMs: week.startMs };
  const clickhouse = await openClickHouse({ url: undefined, dataDir, logger });
  await migrateClickHouse(clickhouse, logger);
  const settings = parseSettings({
    DATA_DIR: dataDir,
    SPOOL_SYNC: 'never',
    SPOOL_SEGMENT_MS: '500',
    INTERNAL_NETWORKS: week.internal.address,
  });
  const rates = {
    clicks: parseRates(settings.CLICK_RATES),
    impressions: parseRates(settings.IMPRESSION_RATES),
    networkClicks: parseRates(settings.NETWORK_CLICK_RATES),
  };
  const actions = advertisers.map((id) => ({
    ...({ id, advertiserId: id, clickWindowMs, viewWindowMs, counting: 'every', currency: 'EUR' } as const),
  }));
  let periods = 0;
  const jobs = async (nowMs: number, rollUpUntilMs: number) => {
    await shipSegments({ clickhouse, spoolDir, logger });
    await markTraffic({ clickhouse, rates, nowMs, logger });
    periods += (await rollUp({ clickhouse, nowMs: Math.min(nowMs, rollUpUntilMs), logger })).periods;
    await attributeConversions({ clickhouse, actions, nowMs, logger });
  };
  const geo = await openGeoDb({ files: defaultGeoDbFiles() });
  const workers: RunningDelivery[] = [];
  const start = async (): Promise<string> => {
    const worker = await startDelivery({
      ...{ settings, geo, logger, publicUrl: 'http://ads.example.com', tag: Buffer.from('') },
      now: () => clock.nowMs,
    });
    workers.push(worker);
    await new Promise<void>((resolve) => worker.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(worker.server.address() as AddressInfo).port}`;
  };
  let nextJobsMs = week.startMs + jobsEveryMs;
  const halfMs = week.startMs + 6 * dayMs;
  try {
    await play(week.sent, [await start(), await start()], async (atMs) => {
      while (atMs >= nextJobsMs) {
        await jobs(nextJobsMs, halfMs);
        nextJobsMs += jobsEveryMs;
      }
      clock.nowMs = atMs;
    });
  } finally {
    await Promise.all(workers.map((worker) => worker.close()));
  }
  const nowMs = Math.max(week.startMs + 7 * dayMs, clock.nowMs) + 6 * hourMs;
  await jobs(nowMs, halfMs);
  return {
    ...{ clickhouse, periods, now: new Date(nowMs) },
    rollUpAll: async () => jobs(nowMs + 60_000, Number.POSITIVE_INFINITY),
    close: async () => {
      await clickhouse.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
