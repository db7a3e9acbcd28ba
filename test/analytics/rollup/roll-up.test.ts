import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { reports } from '../../../analytics/reports/registry.ts';
import { type Cube, cubes, trafficCube } from '../../../analytics/rollup/cubes.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import {
  emptyTables,
  hex,
  type Line,
  scratchDirectory,
  scratchSpool,
  silent,
  writeSegment,
} from '../clickhouse/support.ts';

const hour = 3_600_000;
const noon = Date.UTC(2026, 10, 23, 12);
let clickhouse: ClickHouse;
let shipped = 0;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
beforeEach(() => emptyTables(clickhouse));
afterAll(() => clickhouse.close());

async function ship(...lines: Line[]): Promise<void> {
  const spoolDir = scratchSpool();
  shipped += 1;
  writeSegment(spoolDir, `rollup-${shipped}`, lines);
  await shipSegments({ clickhouse, spoolDir, logger: silent });
}

const view = (id: number, time: number, more: Partial<Line> = {}): Line => ({
  type: 'page_view',
  id: hex(id),
  time,
  ...more,
});
const run = (nowMs: number, of: readonly Cube[] = [trafficCube]) =>
  rollUp({ clickhouse, nowMs, logger: silent, cubes: of });
const rows = () =>
  clickhouse.query<{ quarter: string; views: number; version: number }>(
    `SELECT toString(bucket) AS quarter, page_views AS views, version FROM traffic_rollup
     WHERE family = 'sites' AND grain = 'quarter' ORDER BY quarter, version`,
  );
const total = async (now = noon + 100 * hour) => {
  const context = { clickhouse, now: new Date(now) };
  const range = { from: new Date(noon), to: new Date(noon + 5 * hour), timeZone: 'UTC' };
  return reports.traffic.run(context, range);
};

describe('rollUp', () => {
  it('makes quarter hours of closed periods only, and a second run changes nothing', async () => {
    await ship(view(1, noon), view(2, noon + 899_999), view(3, noon + 900_000), view(4, noon + hour));
    expect(await run(noon + hour + 599_999)).toMatchObject({ periods: 0 });
    expect(await run(noon + hour + 600_000)).toMatchObject({ periods: 1 });
    const made = await rows();
    expect(made).toMatchObject([
      { quarter: '2026-11-23 12:00:00', views: 2 },
      { quarter: '2026-11-23 12:15:00', views: 1 },
    ]);
    expect(await run(noon + hour + 600_001)).toMatchObject({ periods: 0, waiting: 0, removedVersions: 0 });
    expect(await rows()).toEqual(made);
  });

  it('counts duplicates once, at the earliest time, and leaves out what does not count', async () => {
    await ship(
      view(1, noon + 2_000_000, { origin: noon }),
      view(1, noon + 1000, { origin: noon, not_counted: 'late' }),
      view(1, noon + 950_000, { origin: noon }),
      view(2, noon, { not_counted: 'late' }),
    );
    await run(noon + 10 * hour);
    expect(await rows()).toMatchObject([{ quarter: '2026-11-23 12:15:00', views: 1 }]);
  });

  it('makes a period again after late events, and only that one', async () => {
    await ship(view(1, noon), view(2, noon + hour));
    expect(await run(noon + 10 * hour)).toMatchObject({ periods: 2 });
    await ship(view(3, noon + 5));
    expect((await total()).totals['pageViews']).toBe(3);
    expect(await run(noon + 10 * hour)).toMatchObject({ periods: 1 });
    expect((await total()).totals['pageViews']).toBe(3);
  });

  it('makes a newer version also where the clock was set back', async () => {
    await ship(view(1, noon));
    await run(noon + 10 * hour);
    await ship(view(2, noon + 1));
    expect(await run(noon + 2 * hour)).toMatchObject({ periods: 1 });
    expect(await run(noon + 2 * hour)).toMatchObject({ periods: 0 });
    expect((await total()).totals['pageViews']).toBe(2);
  });

  it('keeps a replaced version for a while, then removes it', async () => {
    await ship(view(1, noon));
    const first = noon + 10 * hour;
    await run(first);
    await ship(view(2, noon + 1));
    expect(await run(first + 1000)).toMatchObject({ periods: 1, removedVersions: 0 });
    expect(await rows()).toHaveLength(2);
    expect(await run(first + 800_000)).toMatchObject({ removedVersions: 0 });
    expect(await run(first + 1_000_000)).toMatchObject({ periods: 0, removedVersions: 1 });
    expect(await rows()).toMatchObject([{ views: 2 }]);
    expect(await run(first + 1_000_001)).toMatchObject({ removedVersions: 0 });
    expect((await total()).totals['pageViews']).toBe(2);
  });

  it('never reads the rows of a run that died, and removes them later', async () => {
    await ship(view(1, noon));
    const at = noon + 10 * hour;
    const died = at * 1024 - 1;
    await clickhouse.command(
      `INSERT INTO rollup_runs (cube, unit, period, version, state, made_of, at)
       SELECT 'traffic', 'hour', toDateTime(${noon / 1000}, 'UTC'), ${died}, 'started', 1, now64(3, 'UTC')`,
    );
    await clickhouse.command(
      `INSERT INTO traffic_rollup (family, grain, period, bucket, version, page_views)
       SELECT 'sites', 'quarter', toDateTime(${noon / 1000}, 'UTC'), toDateTime(${noon / 1000}, 'UTC'), ${died}, 77`,
    );
    expect((await total()).totals['pageViews']).toBe(1);
    await run(at);
    expect((await total()).totals['pageViews']).toBe(1);
    expect(await run(at + 1_000_000)).toMatchObject({ removedVersions: 1 });
    expect(await rows()).toMatchObject([{ views: 1 }]);
  });

  it('keeps a rollup whose raw events are gone', async () => {
    await ship(view(1, noon));
    await run(noon + 10 * hour);
    await clickhouse.command("ALTER TABLE events DROP PARTITION '20261123'");
    expect(await run(noon + 11 * hour)).toMatchObject({ periods: 0, waiting: 0 });
    expect((await total()).totals['pageViews']).toBe(1);
  });

  it('leaves a period alone while period_events is ahead of the events', async () => {
    await ship(view(1, noon));
    await clickhouse.command(
      `INSERT INTO period_events SELECT toDateTime(${noon / 1000}, 'UTC'), 1, toDateTime64(${noon / 1000}, 3, 'UTC'), toDateTime64(${noon / 1000}, 3, 'UTC')`,
    );
    expect(await run(noon + 10 * hour)).toMatchObject({ periods: 0, waiting: 1 });
  });

  it('puts days together of their hours, and anew when one of them was made again', async () => {
    const days = () =>
      clickhouse.query(
        `SELECT toString(bucket) AS day, page_views AS views FROM traffic_rollup
         WHERE family = 'sites' AND grain = 'day' AND (period, version) IN (
           SELECT period, max(version) FROM rollup_runs WHERE unit = 'day' AND state = 'done' GROUP BY period)`,
      );
    await ship(view(1, noon), view(2, noon + 3 * hour), view(3, noon + 12 * hour));
    expect(await run(noon + 11 * hour)).toMatchObject({ periods: 2, days: 0 });
    expect(await run(noon + 12 * hour + 600_000)).toMatchObject({ periods: 0, days: 1 });
    expect(await days()).toEqual([{ day: '2026-11-23 00:00:00', views: 2 }]);
    expect(await run(noon + 12 * hour + 600_001)).toMatchObject({ periods: 0, days: 0 });
    await ship(view(4, noon + 4 * hour));
    expect(await run(noon + 12 * hour + 700_000)).toMatchObject({ periods: 1, days: 1 });
    expect(await days()).toEqual([{ day: '2026-11-23 00:00:00', views: 3 }]);
  });

  it('makes the hours around a page view again, where visits may change', async () => {
    await ship(view(1, noon - 60_000, { visitor: hex(7) }), view(2, noon + 40 * 60_000, { visitor: hex(7) }));
    const visits = async () => {
      const range = { from: new Date(noon - hour), to: new Date(noon + hour), timeZone: 'UTC' };
      const context = { clickhouse, now: new Date(noon + 100 * hour) };
      const metrics = ['visits', 'exits', 'bounces'];
      return (await reports.visitors.run(context, { ...range, metrics })).totals;
    };
    await run(noon + 10 * hour, cubes);
    expect(await visits()).toEqual({ visits: 2, exits: 2, bounces: 2 });
    await ship(view(3, noon + 15 * 60_000, { visitor: hex(7) }));
    expect(await visits()).toEqual({ visits: 1, exits: 1, bounces: 0 });
    expect((await run(noon + 10 * hour, cubes)).periods).toBeGreaterThan(2);
    expect(await visits()).toEqual({ visits: 1, exits: 1, bounces: 0 });
  });

  it('makes many periods in batches', async () => {
    await ship(...Array.from({ length: 60 }, (_, n) => view(n + 1, noon + n * hour)));
    expect(await run(noon + 100 * hour)).toMatchObject({ periods: 60 });
    expect(await rows()).toHaveLength(60);
  });
});

describe('finalUntil', () => {
  it('is the start of the first hour that is open or awaits its rollup', async () => {
    await ship(view(1, noon), view(2, noon + hour), view(3, noon + 2 * hour));
    expect((await total()).finalUntil).toBe(new Date(noon).toISOString());
    await run(noon + 2 * hour + 600_000);
    expect((await total()).finalUntil).toBe(new Date(noon + 2 * hour).toISOString());
    await run(noon + 3 * hour + 600_000);
    expect((await total(noon + 3 * hour + 600_000)).finalUntil).toBe(new Date(noon + 3 * hour).toISOString());
    expect((await total()).finalUntil).toBe(new Date(noon + 5 * hour).toISOString());
    await ship(view(4, noon + hour + 1));
    expect((await total()).finalUntil).toBe(new Date(noon + hour).toISOString());
  });
});
