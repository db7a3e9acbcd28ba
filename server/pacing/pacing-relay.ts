import { join } from 'node:path';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import { spoolBacklog } from '../../analytics/index.ts';
import type { Tables } from '../database/index.ts';
import { EndedWorkers } from './ended-workers.ts';
import { machineName } from './machine-name.ts';
import { makePacingDirectory, readReports, removeWorkerFiles, writeLeases } from './pacing-files.ts';
import { PacingStore } from './pacing-store.ts';

export interface PacingRelayOptions {
  readonly db: Kysely<Tables>;
  readonly dataDir: string;
  readonly logger: Logger;
  /** Default 1000. */
  readonly everyMs?: number;
}

const shippedEveryMs = 10_000;
const complainEveryMs = 60_000;

/** On a machine without a back office: carries its workers' reports into the database, and their leases to them. */
export function startPacingRelay(options: PacingRelayOptions): { stop(): Promise<void> } {
  const { db, dataDir, logger } = options;
  const store = new PacingStore(db);
  const endedWorkers = new EndedWorkers();
  let shippedMs = Number.NEGATIVE_INFINITY;
  let complainedMs = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | undefined;

  const round = async (): Promise<void> => {
    await makePacingDirectory(dataDir);
    const reports = await readReports(dataDir, (worker, error) =>
      logger.warn({ worker, reason: error.message }, 'a pacing report cannot be read'),
    );
    const ended = new Set(endedWorkers.among(reports));
    for (const report of reports) {
      await store.bringReport(report, ended.has(report));
      if (ended.has(report)) await removeWorkerFiles(dataDir, report.worker);
    }
    for (const leases of await store.remoteLeases(reports.map(({ worker }) => worker))) {
      await writeLeases(dataDir, leases);
    }
    if (performance.now() - shippedMs < shippedEveryMs) return;
    shippedMs = performance.now();
    const { oldestMs } = await spoolBacklog(join(dataDir, 'spool'));
    await store.shipped(await machineName(dataDir), oldestMs ?? Date.now());
  };
  const timer = setInterval(() => {
    running ??= round()
      .catch((error: unknown) => {
        if (performance.now() - complainedMs < complainEveryMs) return;
        complainedMs = performance.now();
        logger.error({ err: error }, 'pacing reports and leases cannot be carried');
      })
      .finally(() => {
        running = undefined;
      });
  }, options.everyMs ?? 1000);
  return {
    async stop() {
      clearInterval(timer);
      await running;
    },
  };
}
