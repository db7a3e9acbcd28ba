import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClickHouseFront, startClickHouseFront } from '../support/clickhouse-front.ts';
import { noPostgres, type PostgresServer, startPostgres } from '../support/postgres.ts';
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
    for (let at = 0; at < 2; at++) machines.push(await startSignpost({ env, role: 'delivery' }));
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
        .json<{ totals: { impressions: number } }>('/reports/traffic')
        .catch(() => undefined);
      return report?.totals.impressions === 3;
    });
  });
});
