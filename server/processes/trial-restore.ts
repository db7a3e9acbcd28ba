import { mkdirSync } from 'node:fs';
import { pino } from 'pino';
import { restoreBackup } from '../backup/index.ts';
import type { TrialOutcome } from './try-restore.ts';

/** Restores a backup into a scratch directory, with embedded databases whatever it was made of. */
async function main([directory = '', backupDir = '', scratch = '']: readonly string[]): Promise<void> {
  mkdirSync(scratch, { recursive: true, mode: 0o700 });
  const logger = pino({ level: 'error' }, pino.destination({ dest: 2, sync: true }));
  const target = { dataDir: scratch, databaseUrl: undefined, clickhouseUrl: undefined };
  await restoreBackup({ directory, backupDir }, target, logger);
}

const tell = (outcome: TrialOutcome) => process.send?.(outcome, () => process.exit());

main(process.argv.slice(2)).then(
  () => tell({ problem: undefined }),
  (error: Error) => tell({ problem: error.message }),
);
