import {
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Reader, type Response } from 'maxmind';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  defaultGeoDbFiles,
  type GeoDb,
  openGeoDb,
  parseAddress,
  unknownLocation,
} from '../../geo-db/index.ts';
import { locatedAddresses } from '../support/addresses.ts';
import { type MmdbContent, mmdb } from '../support/mmdb-writer.ts';
import { seededRandom } from '../support/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'signpost-geo-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(name: string, content: MmdbContent): string {
  const file = join(folder, name);
  writeFileSync(file, mmdb(content));
  return file;
}

const london = {
  continent: { code: 'EU' },
  country: { iso_code: 'GB' },
  subdivisions: [{ iso_code: 'ENG' }],
  city: { names: { en: 'London', de: 'London' } },
  postal: { code: 'EC1A' },
  location: { latitude: 51.5142, longitude: -0.0931, accuracy_radius: 10, time_zone: 'Europe/London' },
};
const cityContent = (recordSize: 24 | 28 | 32): MmdbContent => ({
  type: 'GeoIP2-City',
  recordSize,
  ipVersion: 6,
  networks: {
    '81.2.69.0/24': london,
    '175.16.199.0/24': {
      country: { iso_code: 'CN' },
      subdivisions: [{ iso_code: '22' }],
      city: { names: { en: 'Changchun' } },
    },
    '89.160.20.0/24': { country: { iso_code: 'SE' }, subdivisions: [{ iso_code: 'E' }] },
    '2001:218::/32': { country: { iso_code: 'JP' } },
    '2a00:1450::/29': { registered_country: { iso_code: 'IE' } },
  },
});
const cityFile = write('city.mmdb', cityContent(28));
const asnFile = write('asn.mmdb', {
  type: 'GeoLite2-ASN',
  recordSize: 24,
  ipVersion: 6,
  networks: {
    '1.128.0.0/11': { autonomous_system_number: 1221, autonomous_system_organization: 'Telstra Pty Ltd' },
    '89.160.0.0/17': { autonomous_system_number: 29518, autonomous_system_organization: 'Bredband2 AB' },
  },
});
const at = (geo: GeoDb, address: string) => geo.lookup(parseAddress(address)!);

describe('the default database', () => {
  let geo: GeoDb;
  beforeAll(async () => {
    geo = await openGeoDb({ files: defaultGeoDbFiles() });
  });

  it('locates IPv4 and IPv6, with ISO regions', () => {
    expect(at(geo, '131.159.0.1')).toMatchObject({ country: 'DE', region: 'DE-BY' });
    expect(at(geo, '128.32.0.1')).toMatchObject({ country: 'US', region: 'US-CA' });
    expect(at(geo, '140.112.1.1')).toMatchObject({ country: 'TW' });
    expect(at(geo, '2001:4ca0::1')).toMatchObject({ country: 'DE' });
    expect(at(geo, '::ffff:131.159.0.1')).toBe(at(geo, '131.159.0.1'));
  });

  it.each(['10.0.0.1', '127.0.0.1', '192.0.2.1', '::1', 'fe80::1', '2001:db8::1', '224.0.0.1'])(
    'knows nothing of %s, which nobody has',
    (address) => {
      expect(at(geo, address)).toBe(unknownLocation);
    },
  );

  it('finds the same record as the maxmind reader, for 20,000 addresses', () => {
    const reader = new Reader<Response>(readFileSync(defaultGeoDbFiles()[0] as string));
    for (const { address } of locatedAddresses(20_000, seededRandom(5))) {
      const record = reader.get(address) as { country_code: string; city?: string; latitude?: number };
      const found = at(geo, address);
      expect(found.country).toBe(record.country_code);
      expect(found.city ?? '').toBe(record.city ?? '');
      expect(found.latitude).toBe(Number(record.latitude));
    }
  });

  it('says when it was built', () => {
    const { files, build } = geo.metadata();
    expect(files).toHaveLength(2);
    expect(build).toBeGreaterThan(20_260_000);
    expect(build).toBeLessThan(21_000_000);
  });
});

describe("MaxMind's layout", () => {
  it.each([24, 28, 32] as const)('is read field by field, with records of %i bits', async (recordSize) => {
    const geo = await openGeoDb({ files: [write(`city${recordSize}.mmdb`, cityContent(recordSize))] });
    expect(at(geo, '81.2.69.160')).toEqual({
      serial: expect.any(Number),
      asn: undefined,
      asOrganization: undefined,
      continent: 'EU',
      country: 'GB',
      region: 'GB-ENG',
      city: 'London',
      postalCode: 'EC1A',
      latitude: 51.5142,
      longitude: -0.0931,
      accuracyRadiusKm: 10,
      timeZone: 'Europe/London',
      isEu: false,
      connectionType: undefined,
      isp: undefined,
      organization: undefined,
      anonymous: undefined,
    });
    expect(at(geo, '2001:218:ffff::1').country).toBe('JP');
    expect(at(geo, '81.2.70.1')).toBe(unknownLocation);
    expect(at(geo, '2001:219::1')).toBe(unknownLocation);
  });

  it('does not take the country where a network is registered for where it is', async () => {
    const geo = await openGeoDb({ files: [cityFile] });
    expect(at(geo, '2a00:1450::1').country).toBeUndefined();
  });

  it("turns a retired region code into today's", async () => {
    const geo = await openGeoDb({ files: [cityFile] });
    expect(at(geo, '175.16.199.1')).toMatchObject({ country: 'CN', region: 'CN-JL', city: 'Changchun' });
  });

  it('is complemented by a second file', async () => {
    const geo = await openGeoDb({ files: [cityFile, asnFile] });
    expect(at(geo, '1.128.0.0')).toMatchObject({ asn: 1221, asOrganization: 'Telstra Pty Ltd' });
    expect(at(geo, '81.2.69.160')).toMatchObject({ country: 'GB', asn: undefined });
    const both = at(geo, '89.160.20.112');
    expect(both).toMatchObject({ country: 'SE', asn: 29518 });
    expect(at(geo, '89.160.20.112')).toBe(both);
  });
});

describe('a file that cannot be used', () => {
  const good = cityFile;

  it('is refused when it is missing, empty, no database, compressed or cut short', async () => {
    const file = (name: string, content: Uint8Array | string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const bytes = readFileSync(good);
    await expect(openGeoDb({ files: [join(folder, 'none.mmdb')] })).rejects.toThrow('there is no such file');
    await expect(openGeoDb({ files: [folder] })).rejects.toThrow('cannot be read');
    for (const broken of [
      file('empty.mmdb', ''),
      file('text.mmdb', 'not a database'),
      file('half.mmdb', bytes.subarray(0, bytes.length / 2)),
      file('tail.mmdb', bytes.subarray(bytes.length - 260)),
    ]) {
      await expect(openGeoDb({ files: [broken] })).rejects.toThrow(broken);
    }
  });

  it('does not stop a tolerant opening, and is taken when it was mended', async () => {
    const file = join(folder, 'mended.mmdb');
    writeFileSync(file, 'not a database');
    const events: (string | undefined)[] = [];
    const geo = await openGeoDb({
      files: [file],
      tolerant: true,
      onReload: ({ error }) => events.push(error?.name),
    });
    expect(at(geo, '81.2.69.160')).toBe(unknownLocation);
    copyFileSync(good, file);
    await geo.reload();
    expect(at(geo, '81.2.69.160').country).toBe('GB');
    expect(events).toEqual(['GeoDbError', undefined]);
  });

  it('does not replace the one that serves, and is counted', async () => {
    const file = join(folder, 'swapped.mmdb');
    copyFileSync(good, file);
    const errors: unknown[] = [];
    const geo = await openGeoDb({ files: [file], onReload: ({ error }) => errors.push(error) });
    const next = join(folder, 'next.mmdb');
    copyFileSync(good, next);
    truncateSync(next, 900);
    renameSync(next, file);
    await geo.reload();
    await geo.reload();
    expect(errors).toHaveLength(1);
    expect(geo.metadata().refused).toBe(1);
    expect(at(geo, '81.2.69.160').country).toBe('GB');
    copyFileSync(asnFile, next);
    renameSync(next, file);
    await geo.reload();
    expect(at(geo, '81.2.69.160').country).toBeUndefined();
    expect(at(geo, '1.128.0.0').asn).toBe(1221);
    expect(geo.metadata().files[0]?.databaseType).toBe('GeoLite2-ASN');
  });
});
