import { type Logger, pino } from 'pino';
import type { Settings } from '../settings/index.ts';

/** JSON lines on standard error, without personal data. Standard output is for what a person asked to see. */
export function createLogger(settings: Settings, role: string): Logger {
  return pino(
    { level: settings.LOG_LEVEL, base: { role, pid: process.pid } },
    pino.destination({ dest: 2, sync: true }),
  );
}
