import { pino } from 'pino';
import { openClickHouse, reports, rollUp } from '../../analytics/index.ts';
import type { OfflineOrder } from './offline.ts';

/** Does an `OfflineOrder`, its only argument, as a process of its own; prints the rows as JSON. */
const order = JSON.parse(process.argv[2] as string) as OfflineOrder;
const logger = pino({ level: 'silent' });
const clickhouse = await openClickHouse({ url: undefined, dataDir: order.dataDir, logger });
const rolledUp =
  order.rollUpAtMs === undefined ? undefined : await rollUp({ clickhouse, logger, nowMs: order.rollUpAtMs });
const results: unknown[] = [];
for (const sql of order.queries) results.push(await clickhouse.query(sql));
const now = new Date();
const days = (count: number) => new Date(now.getTime() + count * 86_400_000);
const traffic = await reports.traffic.run(
  { clickhouse, now },
  { from: days(-2), to: days(2), timeZone: 'UTC' },
);
await clickhouse.close();
process.stdout.write(JSON.stringify({ rolledUp, results, traffic: traffic.totals }));
