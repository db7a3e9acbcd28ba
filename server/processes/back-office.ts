import { AppError } from '../errors.ts';
import { settingsFromEnvironment } from '../settings/index.ts';
import { reportFailure } from './failure.ts';
import { collectGarbage } from './garbage.ts';
import { createLogger } from './logging.ts';
import { onStop, tellSupervisor } from './messages.ts';
import { openBackOffice } from './open-back-office.ts';

/** What the back office of a supervisor that was killed still holds, for a moment, and how long to wait for it. */
const passing: ReadonlySet<string> = new Set(['data_dir_in_use', 'port_in_use']);
const lockWaitMs = 5000;
const lockRetryMs = 100;

async function main(): Promise<void> {
  const settings = settingsFromEnvironment();
  const logger = createLogger(settings, 'backoffice');
  const giveUpAt = Date.now() + lockWaitMs;
  let stopped = false;
  let close: (() => Promise<void>) | undefined;
  onStop(() => {
    stopped = true;
    // The exit code is that of a failure, where one was reported before.
    if (close === undefined) process.exit();
    void close().then(() => process.exit());
  });
  for (;;) {
    try {
      const office = await openBackOffice({ settings, logger, port: settings.CONSOLE_PORT, scheduled: true });
      if (stopped) process.exit();
      close = office.close;
      const { port, demo } = office;
      const adminLink = await office.adminLink();
      tellSupervisor({ kind: 'ready', port, demo, ...(adminLink === undefined ? {} : { adminLink }) });
      collectGarbage();
      return;
    } catch (error) {
      const held = error instanceof AppError && passing.has(error.code);
      if (!held || Date.now() > giveUpAt) throw error;
      await new Promise((resolve) => setTimeout(resolve, lockRetryMs));
    }
  }
}

main().catch(reportFailure);
