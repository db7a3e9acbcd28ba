import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ownIdentity } from '../../../analytics/index.ts';
import type { Database } from '../../../server/database/index.ts';
import type { SnapshotLineItem } from '../../../server/inventory/index.ts';
import { LeaseAccounts, PacingOffice, PacingStore, startPacingRelay } from '../../../server/pacing/index.ts';
import { startLeaseExchange, workerName } from '../../../server/pacing/lease-exchange.ts';
import { machineName } from '../../../server/pacing/machine-name.ts';
import { reportFile, writeLeases } from '../../../server/pacing/pacing-files.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';
import { pacedLineItem } from './fleet.ts';

const logger = pino({ level: 'silent' });
const lineItem: SnapshotLineItem = pacedLineItem(7, {
  goal: { metric: 'impressions', amount: 1000, per: 'day' },
  pacing: 'asap',
});
let database: Database;
let dataDir: string;

beforeAll(async () => {
  database = await openMigratedDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  for (const table of ['pacing_ledger', 'pacing_controller', 'pacing_workers'] as const) {
    await database.db.deleteFrom(table).execute();
  }
  dataDir = folder();
  return () => rmSync(dataDir, { recursive: true, force: true });
});

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'signpost-pacing-'));
  writeFileSync(join(made, 'snapshot.jsonl'), JSON.stringify({ version: 1, lineItems: [lineItem] }));
  return made;
}

const office = (directory = dataDir) =>
  new PacingOffice({ db: database.db, dataDir: directory, logger, everyMs: 50 });

async function worker(directory: string, name = workerName()) {
  const accounts = new LeaseAccounts(name);
  accounts.bind([lineItem]);
  const exchange = await startLeaseExchange({
    dataDir: directory,
    worker: name,
    accounts,
    now: Date.now,
    onError: (error) => {
      throw error;
    },
  });
  return { name, accounts, stop: () => exchange.stop() };
}

const within = { timeout: 20_000, interval: 25 };

describe('a worker and the back office of one machine', () => {
  it('exchange leases and reports through files, and what was granted is in the database first', async () => {
    const pacing = office();
    const one = await worker(dataDir);
    await vi.waitFor(() => expect(one.accounts.left[0]).toBeGreaterThan(0), within);
    const [[id, state] = []] = await new PacingStore(database.db).states();
    expect(id).toBe(7);
    expect(state?.workers[one.name]?.granted).toBeGreaterThanOrEqual(one.accounts.left[0] ?? 0);
    one.accounts.spend(0);
    one.accounts.count('impression', 7, Date.now(), Date.now());
    await vi.waitFor(() => expect(pacing.controller?.state(7)?.total.impressions).toBe(1), within);
    await one.stop();
    await pacing.stop();
    const [[, kept] = []] = await new PacingStore(database.db).states();
    expect(kept?.total.impressions).toBe(1);
  });

  it('the last report of a worker that was killed is read, and then its files are taken away', async () => {
    // A process with this number and another start time has ended.
    const { pid, started } = ownIdentity();
    const name = `${pid}_${started + 1}_abc`;
    const pacing = office();
    const dead = new LeaseAccounts(name);
    dead.bind([lineItem]);
    for (let n = 0; n < 5; n++) dead.count('impression', 7, Date.now(), Date.now());
    await vi.waitFor(() => expect(pacing.controller).toBeDefined(), within);
    writeFileSync(reportFile(dataDir, name), JSON.stringify(dead.report(Date.now())));
    await writeLeases(dataDir, { worker: name, items: [] });
    await vi.waitFor(() => expect(existsSync(reportFile(dataDir, name))).toBe(false), within);
    expect(pacing.controller?.state(7)?.total.impressions).toBe(5);
    const [[, kept] = []] = await new PacingStore(database.db).states();
    expect(kept?.total.impressions).toBe(5);
    await pacing.stop();
  });

  it('of two back offices one alone hands out leases, and the other follows when it stops', async () => {
    const elsewhere = folder();
    const [first, second] = [office(), office(elsewhere)];
    await vi.waitFor(() => expect([first.controller, second.controller].some(Boolean)).toBe(true), within);
    expect([first.controller, second.controller].filter(Boolean)).toHaveLength(1);
    const [holder, other] = first.controller === undefined ? [second, first] : [first, second];
    await holder.stop();
    await vi.waitFor(() => expect(other.controller).toBeDefined(), within);
    await other.stop();
    rmSync(elsewhere, { recursive: true, force: true });
  });

  it('a back office that was killed goes on at once when it is started again', async () => {
    const killed = office();
    await vi.waitFor(() => expect(killed.controller).toBeDefined(), within);
    // Its place is not given back, and is kept for ten seconds.
    vi.spyOn(PacingStore.prototype, 'release').mockResolvedValue();
    await killed.stop();
    vi.restoreAllMocks();
    const next = office();
    await next.roundNow();
    expect(next.controller).toBeDefined();
    await next.stop();
  });

  it('a broken report is left aside', async () => {
    const pacing = office();
    await pacing.roundNow();
    writeFileSync(reportFile(dataDir, 'x'), '{"worker":');
    const one = await worker(dataDir);
    await vi.waitFor(() => expect(one.accounts.left[0]).toBeGreaterThan(0), within);
    await one.stop();
    await pacing.stop();
  });
});

describe('a machine that delivers alone', () => {
  it('gets its leases through the database', async () => {
    const elsewhere = folder();
    const pacing = office();
    const relay = startPacingRelay({
      db: database.db,
      dataDir: elsewhere,
      logger,
      everyMs: 50,
    });
    const one = await worker(elsewhere);
    await vi.waitFor(() => expect(one.accounts.left[0]).toBeGreaterThan(0), within);
    one.accounts.spend(0);
    one.accounts.count('impression', 7, Date.now(), Date.now());
    await vi.waitFor(() => expect(pacing.controller?.state(7)?.total.impressions).toBe(1), within);
    const until = await new PacingStore(database.db).shippedUntil(Date.now() - 60_000);
    expect(Date.now() - (until ?? 0)).toBeLessThan(60_000);
    await one.stop();
    await relay.stop();
    await pacing.stop();
    rmSync(elsewhere, { recursive: true, force: true });
  });

  it('has a name of its own that outlasts it, also where all machines have one host name', async () => {
    const elsewhere = folder();
    const [one, other] = [await machineName(dataDir), await machineName(elsewhere)];
    expect(one).not.toBe(other);
    expect(await machineName(dataDir)).toBe(one);
    rmSync(elsewhere, { recursive: true, force: true });
  });
});
