import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RunRecord, Scheduler } from '../../jobs/index.ts';
import { locationDatabaseJob } from '../../jobs/location-database.ts';
import { archive, database, type Setup, secret, setUp } from '../geo-db/update/setup.ts';

let at: Setup;
beforeEach(async () => {
  at = await setUp();
});
afterEach(() => at.close());

function scheduler(updater: ReturnType<Setup['edition']>) {
  const log: string[] = [];
  const kept: RunRecord[] = [];
  const made = new Scheduler({
    jobs: [locationDatabaseJob(updater)],
    store: { keep: async (record) => void kept.push(record) },
    logger: pino({ level: 'info' }, { write: (line: string) => log.push(line) }),
    now: () => at.clock.nowMs,
  });
  return { run: async () => made.runNow('location-database'), log, kept };
}

describe('the job that downloads location databases', () => {
  it('counts what it did, and nothing where nothing is due', async () => {
    at.server.offerEdition('GeoLite2-City', { content: archive(database('DE')), etag: '"1"' });
    const { run, log } = scheduler(at.edition());
    expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 1, unchanged: 0 } });
    expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 0, unchanged: 0 } });
    at.clock.nowMs += 14 * 3_600_000;
    expect(await run()).toMatchObject({ counts: { updated: 0, unchanged: 1 } });
    expect(log.map((line) => JSON.parse(line).msg)).toEqual([
      'location database updated',
      'location database unchanged',
    ]);
  });

  it('fails with the reason, and without the key', async () => {
    const { run, log, kept } = scheduler(at.edition());
    expect(await run()).toMatchObject({
      outcome: 'failed',
      error: 'GeoLite2-City: The server answers HTTP 404.',
    });
    expect(log).toHaveLength(2);
    expect(kept).toHaveLength(1);
    expect(JSON.stringify([log, kept])).not.toContain(secret);
  });

  it('has nothing to do where nothing is to be downloaded', async () => {
    const { run } = scheduler(at.updater([]));
    expect(await run()).toMatchObject({ outcome: 'succeeded', counts: { updated: 0, unchanged: 0 } });
  });
});
