import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { AnalyticsError } from '../clickhouse/errors.ts';
import type { ClickHouse } from '../clickhouse/handle.ts';
import { quoteString } from '../clickhouse/sql-text.ts';

const jobs = { lane: 'jobs' } as const;
const lookEveryMs = 100;

/**
 * Runs a BACKUP or RESTORE in the engine's background and waits for its end: over HTTP a connection that is silent for
 * so long would be cut, and on embedded ClickHouse nothing else waits for it.
 * @param settings SQL `name = value` pairs
 */
export async function runOperation(
  clickhouse: ClickHouse,
  statement: string,
  settings: readonly string[],
  signal?: AbortSignal,
): Promise<void> {
  const id = randomUUID();
  const all = [`id = ${quoteString(id)}`, ...settings].join(', ');
  await clickhouse.command(`${statement} SETTINGS ${all} ASYNC`, {}, jobs);
  for (;;) {
    const [found] = await clickhouse.query<{ status: string; error: string }>(
      'SELECT toString(status) AS status, error FROM system.backups WHERE id = {id:String}',
      { id },
      jobs,
    );
    if (found?.status === 'BACKUP_CREATED' || found?.status === 'RESTORED') return;
    if (found !== undefined && !/^(CREATING_BACKUP|RESTORING)$/.test(found.status)) {
      throw new AnalyticsError('clickhouse_failed', `ClickHouse could not do it: ${found.error}`);
    }
    await pause(lookEveryMs, undefined, { signal });
  }
}
