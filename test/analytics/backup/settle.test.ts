import { afterAll, beforeAll, expect, it } from 'vitest';
import { settleRestored } from '../../../analytics/backup/restore.ts';
import type { ClickHouse } from '../../../analytics/clickhouse/handle.ts';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { trafficCube } from '../../../analytics/rollup/cubes.ts';
import { rollUp } from '../../../analytics/rollup/roll-up.ts';
import { cubeState } from '../../../analytics/rollup/state.ts';
import { scratchDirectory, silent } from '../clickhouse/support.ts';

const noon = Date.UTC(2026, 10, 23, 12);
let clickhouse: ClickHouse;

beforeAll(async () => {
  clickhouse = await openClickHouse({ url: undefined, dataDir: scratchDirectory(), logger: silent });
  await migrateClickHouse(clickhouse, silent);
});
afterAll(() => clickhouse.close());

const addEvents = (count: number, hour: number) =>
  clickhouse.command(
    `INSERT INTO events (type, id, time, origin) SELECT 'page_view', rand64(), at, at FROM (
       SELECT toDateTime64('2026-11-23 00:00:00', 3, 'UTC') + {hour:UInt32} * 3600 + number AS at
       FROM numbers({count:UInt32}))`,
    { count, hour },
  );
const states = async () => {
  const all = { fromMs: 0, toMs: Date.UTC(2100, 0) };
  return (await cubeState(clickhouse, trafficCube, all, { lane: 'jobs' }, [])).hours;
};

it('makes restored tables agree that were copied while events came', async () => {
  await addEvents(10, 8);
  await addEvents(20, 9);
  await addEvents(30, 10);
  await rollUp({ clickhouse, nowMs: noon, logger: silent });
  const right = await states();
  const rollups = 'SELECT * FROM traffic_rollup ORDER BY ALL';
  const rows = await clickhouse.query(rollups);
  // Events of 9 o'clock came after the one table was copied, events of 10 o'clock never came.
  await clickhouse.command(
    `ALTER TABLE period_events DELETE WHERE period = toDateTime('2026-11-23 09:00:00', 'UTC') SETTINGS mutations_sync = 1`,
  );
  await clickhouse.command(
    `INSERT INTO period_events SELECT toDateTime('2026-11-23 10:00:00', 'UTC'), 5,
       toDateTime64('2026-11-23 10:00:00', 3, 'UTC'), toDateTime64('2026-11-23 10:00:00', 3, 'UTC')`,
  );
  // A rollup was begun meanwhile.
  await clickhouse.command(
    `INSERT INTO traffic_rollup (period, version, bucket, page_views)
     SELECT toDateTime('2026-11-23 08:00:00', 'UTC'), 999, toDateTime('2026-11-23 08:00:00', 'UTC'), 77`,
  );
  expect(await states()).not.toEqual(right);
  await settleRestored(clickhouse);
  expect(await states()).toEqual(right);
  expect(await clickhouse.query(rollups)).toEqual(rows);
  expect(await rollUp({ clickhouse, nowMs: noon, logger: silent })).toMatchObject({ periods: 0, waiting: 0 });
});

it('leaves days alone whose raw events retention has dropped', async () => {
  await clickhouse.command(`INSERT INTO dropped_days SELECT toDate('2026-11-23'), 60, now64(3, 'UTC')`);
  await clickhouse.command(`ALTER TABLE events DROP PARTITION ID '20261123'`);
  const before = await states();
  await settleRestored(clickhouse);
  expect(await states()).toEqual(before);
});
