import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { dayKeysJob } from '../../jobs/day-keys.ts';
import { DatabaseRunStore, Scheduler } from '../../jobs/index.ts';
import { signingKeysJob } from '../../jobs/signing-keys.ts';
import type { Database } from '../../server/database/index.ts';
import { dayKey, daysWithKey, readSigningKeys } from '../../server/secrets/index.ts';
import { openMigratedDatabase } from '../support/migrated-database.ts';

const logger = pino({ level: 'silent' });
const dayMs = 86_400_000;
let database: Database;
beforeAll(async () => {
  database = await openMigratedDatabase();
});
afterAll(() => database.close());

function scratch(): string {
  const directory = mkdtempSync(join(tmpdir(), 'signpost-jobs-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Two machines that share the database, each with the jobs of keys and a clock that the test sets. */
function twoMachines(clock: { nowMs: number }) {
  return [scratch(), scratch()].map((dataDir) => ({
    dataDir,
    scheduler: new Scheduler({
      jobs: [dayKeysJob(database.db, dataDir), signingKeysJob(database.db, dataDir)],
      store: new DatabaseRunStore(database.db),
      logger,
      now: () => clock.nowMs,
    }),
  }));
}

describe('the job of day keys', () => {
  it('makes the keys of today and tomorrow, the same on each machine, and destroys them in their time', async () => {
    const clock = { nowMs: Date.UTC(2026, 10, 23, 12) };
    const machines = twoMachines(clock);
    const runs = async () => {
      const records = await Promise.all(machines.map(({ scheduler }) => scheduler.runNow('day-keys')));
      return records.map((record) => [record?.outcome, record?.counts]);
    };
    expect(await runs()).toEqual(Array(2).fill(['succeeded', { made: 2, destroyed: 0 }]));
    clock.nowMs += 600_000;
    expect(await runs()).toEqual(Array(2).fill(['succeeded', { made: 0, destroyed: 0 }]));
    const keys = machines.map(({ dataDir }) => dayKey(dataDir, '2026-11-24'));
    expect(keys[1]).toEqual(keys[0]);
    clock.nowMs += dayMs;
    expect(await runs()).toEqual(Array(2).fill(['succeeded', { made: 1, destroyed: 1 }]));
    for (const { dataDir } of machines) {
      expect([...daysWithKey(dataDir)].sort()).toEqual(['2026-11-24', '2026-11-25']);
      expect(dayKey(dataDir, '2026-11-24')).toEqual(keys[0]);
    }
  });
});

describe('the job of signing keys', () => {
  it('brings machines together, and makes a new key once a month for all of them', async () => {
    const clock = { nowMs: Date.now() };
    const machines = twoMachines(clock);
    const runAll = async () => {
      let made = 0;
      for (let round = 0; round < 2; round++) {
        for (const { scheduler } of machines) {
          const record = await scheduler.runNow('signing-keys');
          expect(record?.outcome).toBe('succeeded');
          made += record?.counts['made'] ?? 0;
        }
      }
      const keys = machines.map(({ dataDir }) => readSigningKeys(dataDir));
      expect(keys[1]).toEqual(keys[0]);
      return made;
    };
    await runAll();
    expect(await runAll()).toBe(0);
    clock.nowMs += 29 * dayMs;
    expect(await runAll()).toBe(0);
    clock.nowMs += 2 * dayMs;
    // One of tokens, one of cookies.
    expect(await runAll()).toBe(2);
  });
});
