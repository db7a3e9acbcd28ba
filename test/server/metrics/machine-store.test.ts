import { pino } from 'pino';
import { expect, it } from 'vitest';
import { inMemory, openDatabase } from '../../../server/database/index.ts';
import { otherMachines } from '../../../server/metrics/index.ts';
import { tellMachine } from '../../../server/metrics/machine-store.ts';

it('brings the numbers of machines to the back office, the latest of each, and forgets who is silent for a day', async () => {
  const { db, close } = await openDatabase({
    url: undefined,
    dataDir: inMemory,
    logger: pino({ level: 'silent' }),
  });
  try {
    await tellMachine(db, 'a', { signpost_spool_bytes: 1 });
    await tellMachine(db, 'a', { signpost_spool_bytes: 2 });
    await tellMachine(db, 'b', { signpost_spool_bytes: 3 });
    await db
      .updateTable('machine_metrics')
      .set({ seen_at: new Date(Date.now() - 2 * 86_400_000) })
      .where('machine', '=', 'b')
      .execute();
    expect([...(await otherMachines(db))]).toEqual([
      ['a', { signpost_spool_bytes: 2, signpost_metrics_age_seconds: expect.any(Number) }],
    ]);
  } finally {
    await close();
  }
});
