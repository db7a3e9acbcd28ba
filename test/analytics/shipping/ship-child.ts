import { pino } from 'pino';
import { openClickHouse } from '../../../analytics/clickhouse/open.ts';
import { migrateClickHouse } from '../../../analytics/migrations/migrate.ts';
import { shipSegments } from '../../../analytics/shipping/ship.ts';
import { stored } from '../clickhouse/support-counts.ts';

/**
 * A process of its own that ships a spool: `ship-child <dataDir> <spoolDir>`. Prints `shipping` when it begins, then
 * what is stored, as JSON.
 */
const [, , dataDir = '', spoolDir = ''] = process.argv;
const logger = pino({ level: 'silent' });
const clickhouse = await openClickHouse({ url: undefined, dataDir, logger });
await migrateClickHouse(clickhouse, logger);
process.stdout.write('shipping\n');
await shipSegments({ clickhouse, spoolDir, logger });
process.stdout.write(`${JSON.stringify(await stored(clickhouse))}\n`);
await clickhouse.close();
