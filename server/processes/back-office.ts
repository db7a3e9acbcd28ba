import { AnalyticsError } from '../../analytics/index.ts';
import { AppError, type ErrorCode } from '../errors.ts';
import { settingsFromEnvironment } from '../settings/index.ts';
import { createLogger } from './logging.ts';
import { onStop, tellSupervisor } from './messages.ts';
import { openBackOffice } from './open-back-office.ts';

/** How long to wait for the back office of a supervisor that was killed to be gone. */
const lockWaitMs = 20_000;
const lockRetryMs = 100;

async function main(): Promise<void> {
  const settings = settingsFromEnvironment();
  const logger = createLogger(settings, 'backoffice');
  const giveUpAt = Date.now() + lockWaitMs;
  let stopped = false;
  let close: (() => Promise<void>) | undefined;
  onStop(() => {
    stopped = true;
    if (close === undefined) process.exit(0);
    void close().then(() => process.exit(0));
  });
  for (;;) {
    try {
      const office = await openBackOffice({ settings, logger, port: settings.CONSOLE_PORT, scheduled: true });
      if (stopped) process.exit(0);
      close = office.close;
      const { port, adminKey, demo } = office;
      tellSupervisor({ kind: 'ready', port, demo, ...(adminKey === undefined ? {} : { adminKey }) });
      return;
    } catch (error) {
      const held = error instanceof AppError && error.code === 'data_dir_in_use';
      if (!(held || (error as NodeJS.ErrnoException).code === 'EADDRINUSE') || Date.now() > giveUpAt)
        throw error;
      await new Promise((resolve) => setTimeout(resolve, lockRetryMs));
    }
  }
}

function codeOf(error: unknown): ErrorCode {
  if (error instanceof AppError) return error.code;
  if (error instanceof AnalyticsError) {
    return error.code === 'clickhouse_too_old' || error.code === 'clickhouse_unavailable'
      ? error.code
      : 'internal';
  }
  return 'internal';
}

main().catch((error: Error) => {
  tellSupervisor({ kind: 'fatal', code: codeOf(error), detail: error.message });
  process.exitCode = 1;
  process.disconnect?.();
});
