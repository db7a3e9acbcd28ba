import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { adsOf, counted, makePaced, type Paced, PacedLoad } from '../faults/pacing.ts';
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-front.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
import { seededRandom } from '../support/random.ts';
import { type Signpost, startSignpost, until } from '../support/signpost.ts';
import { userAgents } from '../support/user-agents.ts';

interface Ad {
  readonly noFill: string | null;
  readonly creative: { readonly src: string } | null;
  readonly impressionUrl: string;
}

describe.skipIf(noPostgres())('Signpost on several machines, with database servers', () => {
  const folder = mkdtempSync(join(tmpdir(), 'signpost-roles-'));
  let postgres: PostgresServer;
  let clickhouse: ClickHouseFront;
  let office: Signpost;
  const machines: Signpost[] = [];

  beforeAll(async () => {
    postgres = await startPostgres();
    clickhouse = await startClickHouseFront(folder);
    const env = { DATABASE_URL: postgres.url, CLICKHOUSE_URL: clickhouse.url };
    office = await startSignpost({ env, role: 'backoffice' });
    // Visitors of the test see one ad again and again.
    const delivery = {
      ...env,
      WORKERS: '2',
      IMPRESSION_RATES: 'none',
      CLICK_RATES: 'none',
      HOSTING_ASNS: 'none',
    };
    for (let at = 0; at < 2; at++) machines.push(await startSignpost({ env: delivery, role: 'delivery' }));
  }, 120_000);
  afterAll(async () => {
    await Promise.all([office, ...machines].map((signpost) => signpost?.dispose()));
    await clickhouse?.close();
    await postgres?.dispose();
    rmSync(folder, { recursive: true, force: true });
  });

  const from = { 'X-Forwarded-For': '168.95.1.1', 'User-Agent': String(userAgents(1)[0]) };
  const machine = (at: number) => machines[at] as Signpost;
  const ad = async (at: number) =>
    (await (await fetch(`${machine(at).delivery}/v1/ad?zone=1`, { headers: from })).json()) as Ad;

  it('serves the inventory of the back office on each machine, images included', async () => {
    for (const at of [0, 1]) {
      const { creative } = await ad(at);
      const image = await fetch(machine(at).delivery + new URL(creative?.src as string).pathname);
      expect(image.headers.get('content-type')).toBe('image/png');
    }
  });

  it('takes a beacon on another machine than the decision was made on, and counts it once', async () => {
    await until('the machines know the same keys', 90_000, async () => {
      const { impressionUrl } = await ad(0);
      return (
        (await fetch(machine(1).delivery + new URL(impressionUrl).pathname, { headers: from })).status === 204
      );
    });
    const { impressionUrl } = await ad(1);
    const path = new URL(impressionUrl).pathname;
    for (const at of [0, 1, 1])
      expect((await fetch(machine(at).delivery + path, { headers: from })).status).toBe(204);
    for (const signpost of machines) await signpost.shipped();
    const report = await office.json<{ totals: { adRequests: number; impressions: number } }>(
      '/reports/traffic',
    );
    // One impression of the wait before, and one of the three beacons here.
    expect(report.totals.impressions).toBe(2);
    expect(report.totals.adRequests).toBeGreaterThanOrEqual(4);
  });

  it('delivers no more than is sold on both machines together, when a worker and an agent are killed', async () => {
    const fleet = { office, machines };
    const sold = await makePaced(fleet, { goal: 5000, money: 300, clicks: 10 });
    const [goal, money, clicks] = sold as [Paced, Paced, Paced];
    const zones = sold.map(({ zone }) => zone);
    const load = new PacedLoad(fleet, zones, 6, 0.95, seededRandom(Date.now()));
    try {
      const ads = () => load.ads.get(goal.zone) ?? 0;
      await adsOf(load, goal, 100);
      machine(0).kill9(machine(0).pids().worker.slice(0, 1));
      machine(1).kill9(machine(1).pids().agent);
      await adsOf(load, goal, ads() + 200);
      await until('the machines are whole again', 30_000, () =>
        machines.every((each) => each.pids().worker.length === 2 && each.pids().agent.length === 1),
      );
      await adsOf(load, goal, ads() + 200);
    } finally {
      await load.stop();
    }
    for (const signpost of machines) await signpost.shipped();
    expect(await counted(fleet, goal)).toBeGreaterThan(300);
    expect(await counted(fleet, money)).toBeLessThanOrEqual(money.events);
    expect(await counted(fleet, clicks)).toBeLessThanOrEqual(clicks.events + 1);
    expect(load.wrong).toEqual([]);
  });

  it('goes on serving and logging while both database servers are down, restarts included', async () => {
    await postgres.stop();
    clickhouse.fault = () => 'error-before';
    await machine(0).stop();
    await machine(0).restart();
    const { creative, impressionUrl } = await ad(0);
    expect(creative).not.toBeNull();
    const beacon = await fetch(machine(0).delivery + new URL(impressionUrl).pathname, { headers: from });
    expect(beacon.status).toBe(204);
    await postgres.start();
    clickhouse.fault = () => undefined;
    for (const signpost of machines) await signpost.shipped();
    await until('the impression is counted', 60_000, async () => {
      const report = await office
        .json<{ totals: { impressions: number } }>('/reports/traffic?filter={"zone":[1]}')
        .catch(() => undefined);
      return report?.totals.impressions === 3;
    });
  });
});
