import { z } from 'zod';
import { parseSealingKeys } from '../secrets/index.ts';
import { optionalText } from './fields.ts';

const count = z.coerce.number().int().min(0).max(1000);
const days = z.coerce.number().int().min(1).max(36_500);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** When jobs run, and for how long things are kept. */
export const operationSettings = {
  JOBS_TIME_ZONE: z
    .string()
    .refine(isTimeZone, { error: 'must be an IANA time zone, like Europe/Berlin' })
    .default('UTC')
    .describe('Time zone of the jobs that run at night.'),
  EVENTS_DAYS: days
    .default(400)
    .describe(
      'Days for which raw events are kept. Reports of what is older come from the sums made of them; the ledger of invalid traffic ends there.',
    ),
  ROLLUP_DAYS: days
    .default(3660)
    .describe('Days for which the sums are kept that reports are made from; they go by whole months.'),
  BACKUP_AT: z
    .string()
    .regex(/^(off|([01]\d|2[0-3]):[0-5]\d)$/, { error: 'must be a time of day like 02:30, or off' })
    .default('02:30')
    .describe(
      'When a backup is made each day, in JOBS_TIME_ZONE, or off. A full one each week takes about as much room as the databases, and as much again while it is tried.',
    ),
  BACKUP_DIR: optionalText.describe('Where backups go; best on another disk. Default: DATA_DIR/backups.'),
  BACKUP_KEEP_DAYS: count.default(7).describe('Of so many days that have a backup the newest is kept.'),
  BACKUP_KEEP_WEEKS: count
    .default(4)
    .describe('Of so many weeks, from Monday on, that have a backup the newest is kept.'),
  BACKUP_KEEP_MONTHS: count
    .default(3)
    .describe(
      'Of so many months that have a backup the newest is kept. What a kept one builds on is kept too.',
    ),
  CLICKHOUSE_BACKUP_DISK: optionalText.describe(
    "With CLICKHOUSE_URL: the disk of the ClickHouse server's configuration that its backups are written to. Without, backups have no events.",
  ),
  DEMO_TRAFFIC: z
    .enum(['on', 'off'])
    .default('off')
    .describe(
      'Whether a job visits the demo site, so that reports have numbers to show. Needs loopback in TRUST_PROXY.',
    ),
  SEALING_KEYS: optionalText
    .refine((text) => text === undefined || parseSealingKeys(text) !== undefined, {
      error:
        'must be 32 bytes in base64, as "openssl rand -base64 32" makes them; of several, separated by commas, the first seals',
    })
    .describe(
      'Keys that secrets in the database are sealed with (AES-256, base64, separated by commas): the first seals, all open. Default: one in DATA_DIR/keys/sealing. Back offices that share a database need the same.',
    ),
  JOB_HISTORY_DAYS: days.default(30).describe('Days for which the record of a job run is kept.'),
  AUDIT_LOG_DAYS: days
    .default(730)
    .describe('Days for which the audit log is kept: who changed what, signed in, downloaded reports.'),
  PROCESS_LOGS: optionalText.describe(
    'Files or folders with what the processes wrote to their output, comma-separated, for the privacy report to look through. Default: none.',
  ),
  PRIVACY_SCAN_MINUTES: z.coerce
    .number()
    .min(0.1)
    .max(1440)
    .default(10)
    .describe(
      'Minutes that a run of the privacy report may look through the stores. What it has no time for is the turn of the next.',
    ),
};

/** What one setting needs of another. */
export function checkOperationSettings(
  settings: { readonly EVENTS_DAYS: number; readonly ROLLUP_DAYS: number },
  context: z.RefinementCtx,
): void {
  if (settings.ROLLUP_DAYS >= settings.EVENTS_DAYS) return;
  const message = 'must not be less than EVENTS_DAYS';
  context.addIssue({ code: 'custom', path: ['ROLLUP_DAYS'], message });
}
