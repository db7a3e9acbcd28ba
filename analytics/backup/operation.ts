import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AnalyticsError } from '../clickhouse/errors.ts';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { quoteString } from '../clickhouse/sql-text.ts';
import type { BackupPlace } from './places.ts';

const jobs = { lane: 'jobs' } as const;
const lookEveryMs = 100;

/**
 * Runs a BACKUP or RESTORE in the engine's background and waits for its end: over HTTP a connection that is silent for
 * so long would be cut, and on embedded ClickHouse nothing else waits for it.
 * @param place where the statement writes or reads; on a server a refusal says what its configuration has to have
 * @param settings SQL `name = value` pairs
 */
export async function runOperation(
  clickhouse: ClickHouse,
  statement: string,
  place: BackupPlace,
  settings: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const id = randomUUID();
  const all = [`id = ${quoteString(id)}`, ...settings].join(', ');
  await clickhouse.command(`${statement} SETTINGS ${all} ASYNC`, {}, jobs).catch((error: unknown) => {
    throw refused(error, place);
  });
  for (;;) {
    const [found] = await clickhouse.query<{ status: string; error: string }>(
      'SELECT toString(status) AS status, error FROM system.backups WHERE id = {id:String}',
      { id },
      jobs,
    );
    if (found?.status === 'BACKUP_CREATED' || found?.status === 'RESTORED') return;
    if (found !== undefined && !/^(CREATING_BACKUP|RESTORING)$/.test(found.status)) {
      throw refused(new AnalyticsError('clickhouse_failed', found.error), place);
    }
    await pause(lookEveryMs, undefined, { signal });
  }
}

/** What a server's administrator has to know: which setting and which part of the configuration go together. */
function refused(error: unknown, place: BackupPlace): unknown {
  if (!(error instanceof AnalyticsError) || error.code !== 'clickhouse_failed') return error;
  const { message: reason, engineCode } = error;
  const message =
    place.kind === 'directory'
      ? `ClickHouse could not write or read ${place.path}: ${reason}`
      : `ClickHouse could not write or read the disk "${place.disk}" of CLICKHOUSE_BACKUP_DISK, at ${place.path}. ` +
        `Its configuration has to name the disk in storage_configuration and in backups/allowed_disk. It says: ${reason}`;
  return new AnalyticsError('clickhouse_failed', message, { cause: error, engineCode });
}
