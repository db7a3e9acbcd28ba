import { mkdirSync, mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type GeoDb, mmdbFilesIn, openGeoDb, parseAddress } from '../../geo-db/index.ts';
import { mmdb } from '../support/mmdb-writer.ts';

let folder: string;
let downloads: string;
let installed: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signpost-watched-'));
  downloads = join(folder, 'geo');
  installed = join(folder, 'installed.mmdb');
  put(installed, city('TW', 1_700_000_000));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const city = (country: string, buildEpochS: number) =>
  mmdb({
    ...{ type: 'Test-City', recordSize: 24, ipVersion: 6, buildEpochS },
    networks: { '9.0.0.0/8': { country: { iso_code: country } } },
  });
const asn = mmdb({
  ...{ type: 'GeoLite2-ASN', recordSize: 24, ipVersion: 6, buildEpochS: 1_710_000_000 },
  networks: { '9.0.0.0/8': { autonomous_system_number: 64500 } },
});

let draft = 0;
/** As the updater does it: another file is moved to the name. */
function put(file: string, content: Uint8Array | string): void {
  const next = `${file}.${draft++}`;
  writeFileSync(next, content);
  renameSync(next, file);
}

const options = () => ({ files: () => mmdbFilesIn(downloads, ['B']), fallback: [installed] });
const countryOf = (geo: GeoDb) => geo.lookup(parseAddress('9.1.1.1')!).country;
const types = (geo: GeoDb) => geo.metadata().files.map(({ databaseType }) => databaseType);

describe('a folder of location databases', () => {
  it('is listed by name, those named first, without files in the making', async () => {
    expect(await mmdbFilesIn(downloads, [])).toEqual([]);
    mkdirSync(downloads);
    for (const name of ['C.mmdb', 'A.mmdb', 'B.mmdb', '.D.mmdb', '.E.part', 'B.json'])
      put(join(downloads, name), '');
    const names = async (first: string[]) =>
      (await mmdbFilesIn(downloads, first)).map((file) => file.slice(downloads.length + 1));
    expect(await names(['B', 'X'])).toEqual(['B.mmdb', 'A.mmdb', 'C.mmdb']);
  });

  it('is used as soon as something is in it, and no longer when it is empty again', async () => {
    const geo = await openGeoDb(options());
    expect(countryOf(geo)).toBe('TW');
    mkdirSync(downloads);
    put(join(downloads, 'A.mmdb'), city('DE', 1_720_000_000));
    await geo.reload();
    expect(countryOf(geo)).toBe('DE');
    expect(types(geo)).toEqual(['Test-City']);
    put(join(downloads, 'B.mmdb'), city('FR', 1_720_000_000));
    await geo.reload();
    expect(countryOf(geo)).toBe('FR');
    rmSync(downloads, { recursive: true });
    await geo.reload();
    expect(countryOf(geo)).toBe('TW');
    expect(geo.metadata()).toMatchObject({ refused: 0, problems: [] });
  });

  it('keeps the installed database as long as it tells of networks alone', async () => {
    mkdirSync(downloads);
    put(join(downloads, 'A.mmdb'), asn);
    const geo = await openGeoDb(options());
    expect(types(geo)).toEqual(['GeoLite2-ASN', 'Test-City']);
    expect(geo.lookup(parseAddress('9.1.1.1')!)).toMatchObject({ country: 'TW', asn: 64500 });
    expect(geo.metadata().build).toBe(20231114);
  });

  it('does not keep anybody from starting with a damaged file, which is told and counted', async () => {
    mkdirSync(downloads);
    put(join(downloads, 'A.mmdb'), 'damaged');
    const told: string[] = [];
    const geo = await openGeoDb({ ...options(), onReload: ({ error }) => told.push(error?.name ?? 'taken') });
    expect(countryOf(geo)).toBe('TW');
    expect(geo.metadata().problems).toEqual([
      { file: join(downloads, 'A.mmdb'), reason: expect.stringMatching(/not a usable/) },
    ]);
    put(join(downloads, 'B.mmdb'), 'damaged too');
    await geo.reload();
    expect(geo.metadata()).toMatchObject({ refused: 1 });
    put(join(downloads, 'A.mmdb'), city('DE', 1_720_000_000));
    await geo.reload();
    expect(countryOf(geo)).toBe('DE');
    expect(told).toEqual(['GeoDbError', 'GeoDbError', 'taken']);
    expect(geo.metadata().problems).toHaveLength(1);
  });

  it('that cannot be listed leaves what serves, and is told once', async () => {
    let fails = false;
    const told: unknown[] = [];
    const files = async () => {
      if (fails) return mmdbFilesIn(installed, []);
      return [installed];
    };
    const geo = await openGeoDb({ files, onReload: ({ error }) => told.push(error) });
    fails = true;
    await geo.reload();
    await geo.reload();
    expect(told).toHaveLength(1);
    expect(countryOf(geo)).toBe('TW');
    expect(geo.metadata().problems).toEqual([{ file: installed, reason: 'cannot be listed (ENOTDIR)' }]);
    fails = false;
    await geo.reload();
    expect(geo.metadata().problems).toEqual([]);
  });

  it('is looked at by itself', async () => {
    const geo = await openGeoDb({ ...options(), watchMs: 10 });
    mkdirSync(downloads);
    put(join(downloads, 'A.mmdb'), city('DE', 1_720_000_000));
    await vi.waitFor(() => expect(countryOf(geo)).toBe('DE'), 20_000);
    geo.close();
  });
});

describe('a swap', () => {
  it('makes every location anew, so that what is kept by its serial is of the new build', async () => {
    const network = join(folder, 'asn.mmdb');
    put(network, asn);
    const geo = await openGeoDb({ files: [installed, network] });
    const address = parseAddress('9.1.1.1')!;
    const before = geo.lookup(address);
    expect(geo.lookup(address)).toBe(before);
    await geo.reload();
    expect(geo.lookup(address)).toBe(before);
    put(installed, city('TW', 1_705_000_000));
    utimesSync(installed, 1, 1);
    await geo.reload();
    const after = geo.lookup(address);
    expect(after).not.toBe(before);
    expect(after).toEqual({ ...before, serial: after.serial });
    expect(after.serial).not.toBe(before.serial);
  });

  it('never leaves an address without a place, whatever it happens beside', async () => {
    const geo = await openGeoDb({ files: [installed] });
    for (let round = 0; round < 20; round++) {
      put(installed, city(round % 2 === 0 ? 'DE' : 'FR', 1_720_000_000 + round));
      const reloading = geo.reload();
      let done = false;
      void reloading.then(() => {
        done = true;
      });
      while (!done) {
        expect(['TW', 'DE', 'FR']).toContain(countryOf(geo));
        await new Promise(setImmediate);
      }
    }
    expect(countryOf(geo)).toBe('FR');
  });
});
