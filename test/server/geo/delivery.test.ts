import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GeoDb, type GeoWebService, mmdbFilesIn, openGeoDb } from '../../../geo-db/index.ts';
import { regionalInventory, type TestDelivery, testDelivery } from '../../support/delivery.ts';
import { mmdb } from '../../support/mmdb-writer.ts';

let folder: string;
let delivery: TestDelivery | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-geo-delivery-'));
});
afterEach(async () => {
  await delivery?.close();
  delivery = undefined;
  rmSync(folder, { recursive: true, force: true });
});

const builtMs = Date.UTC(2026, 10, 1);
const country = (code: string, buildMs = builtMs) =>
  mmdb({
    ...{ type: 'Test-City', recordSize: 24, ipVersion: 6, buildEpochS: buildMs / 1000 },
    networks: { '9.0.0.0/8': { country: { iso_code: code } } },
  });
function put(name: string, content: Uint8Array): void {
  writeFileSync(join(folder, 'draft'), content);
  renameSync(join(folder, 'draft'), join(folder, name));
}
const from = { from: '9.1.1.1' };
async function readiness(): Promise<Record<string, unknown>> {
  const ready = await delivery!.fetch('/readyz');
  const { checks } = (await ready.json()) as { checks: Record<string, unknown>[] };
  const check = checks.find(({ name }) => name === 'location_database');
  return { status: ready.status, ...check };
}
const deliver = async (geo: GeoDb) => {
  delivery = await testDelivery(regionalInventory(), { geo });
};

describe('a worker whose location database is swapped', () => {
  it('answers every request meanwhile, and writes the build of the database that it used', async () => {
    put('a.mmdb', country('TW'));
    const geo = await openGeoDb({ files: () => mmdbFilesIn(folder, []), watchMs: 5 });
    await deliver(geo);
    let swapping = true;
    let answered = 0;
    const ask = async () => {
      while (swapping) {
        const response = await delivery!.fetch('/v1/ad?zone=12', from);
        expect(response.status).toBe(200);
        const { noFill } = (await response.json()) as { noFill: string | null };
        expect(noFill).toBeNull();
        answered++;
      }
    };
    const askers = [ask(), ask(), ask(), ask()];
    for (let round = 1; round <= 15; round++) {
      const before = answered;
      put(round % 3 === 0 ? 'b.mmdb' : 'a.mmdb', country('TW', builtMs + round * 86_400_000));
      while (answered < before + 20) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    swapping = false;
    await Promise.all(askers);
    expect(answered).toBeGreaterThanOrEqual(300);
    expect(geo.metadata().refused).toBe(0);
    const builds = new Set(delivery!.events().map((event) => event['geo_build']));
    expect(builds.size).toBeGreaterThan(3);
    for (const build of builds) expect(build).toBeGreaterThanOrEqual(20261101);
    for (const event of delivery!.events()) expect(event['country']).toBe('TW');
    geo.close();
  });
});

describe('readiness', () => {
  it('tells build date and age, and warns of an old database without giving up', async () => {
    put('a.mmdb', country('TW'));
    await deliver(await openGeoDb({ files: [join(folder, 'a.mmdb')] }));
    expect(await readiness()).toEqual({
      ...{ status: 200, name: 'location_database', ok: true, detail: 'Test-City of 2026-11-01.' },
      ...{ builtAt: '2026-11-01T00:00:00.000Z', ageDays: 22 },
    });
    delivery!.clock.nowMs = builtMs + 61 * 86_400_000;
    const old = await readiness();
    expect(old).toMatchObject({ status: 200, ok: true, ageDays: 61 });
    expect(old['warnings']).toEqual([expect.stringContaining('61 days ago')]);
  });

  it('warns of a file that is refused', async () => {
    mkdirSync(join(folder, 'geo'));
    writeFileSync(join(folder, 'geo', 'broken.mmdb'), 'broken');
    put('a.mmdb', country('TW'));
    const files = () => mmdbFilesIn(join(folder, 'geo'), []);
    await deliver(await openGeoDb({ files, fallback: [join(folder, 'a.mmdb')] }));
    const check = await readiness();
    expect(check).toMatchObject({ status: 200, ok: true });
    expect(check['warnings']).toEqual([expect.stringMatching(/^broken\.mmdb is not a usable/)]);
  });

  it('is not there without any database, unless the web service is asked', async () => {
    await deliver(await openGeoDb({ files: [] }));
    expect(await readiness()).toMatchObject({ status: 503, ok: false });
    await delivery!.close();
    const webService: Pick<GeoWebService, 'lookup'> = { lookup: () => undefined };
    await deliver(await openGeoDb({ files: [], webService }));
    expect(await readiness()).toMatchObject({ status: 200, ok: true });
  });
});
