import { readFileSync } from 'node:fs';
import { readSnapshot, snapshotPath, TimeSlices } from '../../server/inventory/index.ts';
import { readReports, writeLeases } from '../../server/pacing/pacing-files.ts';
import { seededRandom } from '../support/random.ts';

const everyMs = 1000;
/** Over all line items with a goal: more than the worker can hand out. */
const adsEach = 100_000;

/** Stands for the back office: grants leases to the one worker of the data directory, for all line items with a goal. */
export async function grantLeases(dataDir: string): Promise<{ stop(): Promise<void> }> {
  const snapshot = await readSnapshot(readFileSync(snapshotPath(dataDir)), new TimeSlices(1000));
  const random = seededRandom(13);
  const items = snapshot.lineItems
    .filter(({ goal }) => goal !== undefined)
    .map(({ id }) => ({ id, pace: 0.1 + random() }));
  const each = Math.ceil(adsEach / items.length);
  let [report] = await readReports(dataDir, () => undefined);
  while (report === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    [report] = await readReports(dataDir, () => undefined);
  }
  const { worker } = report;
  let granted = 0;
  const grant = () => {
    granted += each;
    const untilMs = Date.now() + 60_000;
    const leased = items.map(({ id, pace }) => ({ id, granted, untilMs, pace }));
    return writeLeases(dataDir, { worker, items: leased });
  };
  let granting = grant();
  await granting;
  const timer = setInterval(() => {
    granting = granting.then(grant);
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await granting;
    },
  };
}
