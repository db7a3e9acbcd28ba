import { hostname } from 'node:os';
import { DatabaseRunStore, machineJobs, Scheduler } from '../../jobs/index.ts';
import { openDatabase } from '../database/index.ts';
import { startSnapshotPublisher } from '../inventory/index.ts';
import { MachineWatch } from '../metrics/index.ts';
import { startPacingRelay } from '../pacing/index.ts';
import { openLateClickHouse } from '../reporting/index.ts';
import { settingsFromEnvironment } from '../settings/index.ts';
import { startSentValuesPublisher } from '../visitor-values/index.ts';
import { reportFailure } from './failure.ts';
import { geoDbUpdater } from './geo-db-files.ts';
import { logKeeping } from './log-keeping.ts';
import { createLogger } from './logging.ts';
import { onStop, tellSupervisor } from './messages.ts';
import { privacyParts } from './privacy-parts.ts';

/**
 * Beside the workers of a machine that delivers and does nothing else: brings them the inventory and the keys from the
 * database, and carries their log into ClickHouse. The workers go on without it, and without both databases.
 */
async function main(): Promise<void> {
  const settings = settingsFromEnvironment();
  const logger = createLogger(settings, 'agent');
  const dataDir = settings.DATA_DIR;
  const { db, close } = await openDatabase({ url: settings.DATABASE_URL, dataDir, logger, migrate: false });
  const clickhouse = await openLateClickHouse({
    url: settings.CLICKHOUSE_URL,
    dataDir,
    logger,
    migrate: false,
  });
  const publisher = startSnapshotPublisher({ db, dataDir, logger });
  const sentValues = startSentValuesPublisher({ db, dataDir, logger });
  const relay = startPacingRelay({ db, dataDir, logger });
  const store = new DatabaseRunStore(db);
  const locations = geoDbUpdater(settings);
  const { log, shipped } = logKeeping(settings);
  const scheduler = new Scheduler({
    jobs: machineJobs({
      ...{ db, clickhouse, dataDir, store, locations, log },
      privacy: privacyParts(settings, { db, clickhouse: undefined }),
      timeZone: settings.JOBS_TIME_ZONE,
    }),
    store,
    logger,
  });
  const watch = new MachineWatch({
    ...{ dataDir, db, logger, shipped, machine: hostname() },
    spoolLimitBytes: settings.SPOOL_MAX_BYTES,
    jobs: () => scheduler.states(),
  });
  const stop = async () => {
    await watch.stop();
    await scheduler.stop();
    await relay.stop();
    await sentValues.stop();
    await publisher.stop();
    await clickhouse.close();
    await close();
    process.exit(0);
  };
  onStop(() => void stop());
  scheduler.start();
  // The signing keys last: workers of a fresh machine wait for them, and by then everything else is there.
  for (const job of ['day-keys', 'signing-keys']) await scheduler.runNow(job);
  tellSupervisor({ kind: 'ready', port: 0 });
  void scheduler.runNow('location-database');
}

main().catch(reportFailure);
