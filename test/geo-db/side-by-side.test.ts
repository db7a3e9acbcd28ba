import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iso31661 } from 'iso-3166';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { combine, makeLocation } from '../../geo-db/combine.ts';
import { continentOf, isInEu } from '../../geo-db/countries.ts';
import { type GeoDb, type LocationField, openGeoDb, parseAddress } from '../../geo-db/index.ts';
import { locationOfRecord, type PartialLocation } from '../../geo-db/record.ts';
import { type MmdbValue, mmdb } from '../support/mmdb-writer.ts';
import { pick, seededRandom } from '../support/random.ts';

const folder = mkdtempSync(join(tmpdir(), 'signpost-side-by-side-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
function write(type: string, networks: Record<string, MmdbValue>): string {
  const file = join(folder, `${type}.mmdb`);
  writeFileSync(file, mmdb({ type, recordSize: 28, ipVersion: 6, networks }));
  return file;
}
const at = (geo: GeoDb, address: string) => geo.lookup(parseAddress(address)!);

describe("MaxMind's files side by side", () => {
  let geo: GeoDb;
  let files: string[];
  beforeAll(async () => {
    files = [
      write('GeoIP2-City', {
        '81.2.69.0/24': {
          continent: { code: 'EU' },
          country: { iso_code: 'FR', is_in_european_union: true },
          subdivisions: [{ iso_code: 'IDF' }],
        },
      }),
      write('GeoIP2-Country', {
        '81.2.69.0/24': { continent: { code: 'EU' }, country: { iso_code: 'GB' } },
        '2.0.0.0/8': { country: { iso_code: 'GF' } },
      }),
      write('GeoIP2-Enterprise', {
        '3.0.0.0/8': {
          country: { iso_code: 'US' },
          traits: {
            autonomous_system_number: 701,
            autonomous_system_organization: 'Verizon',
            connection_type: 'Corporate',
            isp: 'Verizon Business',
            organization: 'Example Inc.',
            is_anonymous: true,
            is_hosting_provider: true,
          },
        },
      }),
      write('GeoLite2-ASN', { '81.2.0.0/16': { autonomous_system_number: 20712 } }),
      write('GeoIP2-Connection-Type', {
        '81.2.69.0/24': { connection_type: 'Cable/DSL' },
        '2.0.0.0/8': { connection_type: 'Cellular' },
        '4.0.0.0/8': { connection_type: 'Satellite' },
        '5.0.0.0/8': { connection_type: 'Dialup' },
        '6.0.0.0/8': { connection_type: 'Carrier pigeon' },
      }),
      write('GeoIP2-Anonymous-IP', {
        '81.2.69.0/24': { is_anonymous: true, is_anonymous_vpn: true, is_tor_exit_node: true },
        '2.0.0.0/8': { is_anonymous: true, is_public_proxy: true, is_residential_proxy: true },
        '4.0.0.0/8': { is_anonymous: true },
        '5.0.0.0/8': { is_anonymous: false },
      }),
      write('GeoIP2-ISP', {
        '81.2.69.0/24': { isp: 'Andrews & Arnold', organization: 'A person', autonomous_system_number: 1 },
      }),
    ];
    geo = await openGeoDb({ files });
  });

  it('each say what they know', () => {
    expect(at(geo, '81.2.69.1')).toMatchObject({
      ...{ continent: 'EU', country: 'FR', isEu: true, region: 'FR-IDF', asn: 20712 },
      ...{ connectionType: 'cable_dsl', isp: 'Andrews & Arnold', organization: 'A person' },
      anonymous: { vpn: true, hosting: false, publicProxy: false, residentialProxy: false, tor: true },
    });
    expect(at(geo, '2.1.1.1')).toMatchObject({
      ...{ continent: 'SA', country: 'GF', isEu: true, connectionType: 'cellular' },
      anonymous: { vpn: false, hosting: false, publicProxy: true, residentialProxy: true, tor: false },
    });
    expect(at(geo, '3.1.1.1')).toMatchObject({
      ...{ continent: 'NA', country: 'US', isEu: false, asn: 701, asOrganization: 'Verizon' },
      ...{ connectionType: 'corporate', isp: 'Verizon Business', organization: 'Example Inc.' },
      anonymous: { hosting: true, vpn: false },
    });
  });

  it('tell an anonymous address also where they do not say by what', () => {
    const none = { vpn: false, hosting: false, publicProxy: false, residentialProxy: false, tor: false };
    expect(at(geo, '4.1.1.1')).toMatchObject({ connectionType: 'satellite', anonymous: none });
    expect(at(geo, '5.1.1.1')).toMatchObject({ connectionType: 'dialup', anonymous: undefined });
    expect(at(geo, '6.1.1.1').connectionType).toBeUndefined();
  });

  it('give the same frozen objects again', () => {
    const location = at(geo, '81.2.69.1');
    expect(at(geo, '81.2.69.2')).toBe(location);
    expect(Object.isFrozen(location) && Object.isFrozen(location.anonymous)).toBe(true);
  });

  it('are told apart in an explanation', () => {
    const { from, files: found, location } = geo.explain(parseAddress('81.2.69.1')!);
    expect(from).toMatchObject({ country: files[0], asn: files[3], isp: files[6], anonymous: files[5] });
    expect(found.map(({ info }) => info.file)).toEqual([0, 1, 3, 4, 5, 6].map((index) => files[index]));
    expect(found[1]?.says.country).toBe('GB');
    expect(location).toEqual({ ...at(geo, '81.2.69.1'), serial: location.serial });
    expect(geo.explain(parseAddress('2.1.1.1')!).from.continent).toBe('country');
    expect(geo.explain(parseAddress('10.0.0.1')!)).toMatchObject({ scope: 'private', files: [], from: {} });
  });
});

describe('the combination of two answers', () => {
  const random = seededRandom(11);
  const maybe = <Value>(values: readonly Value[]) => (random() < 0.4 ? undefined : pick(values, random));
  const answer = (): PartialLocation => {
    const coordinates = random() < 0.5 ? {} : { latitude: random(), longitude: random() };
    const radius = random() < 0.5 ? {} : { accuracyRadiusKm: Math.floor(random() * 100) };
    const all = {
      country: maybe(['DE', 'AT', 'TW']),
      region: undefined as string | undefined,
      city: maybe(['Linz', 'Rom']),
      postalCode: maybe(['1', '2']),
      timeZone: maybe(['A/B', 'C/D']),
      isEu: maybe([true, false]),
      asn: maybe([1, 2]),
      isp: maybe(['x', 'y']),
      ...('latitude' in coordinates ? { ...coordinates, ...radius } : {}),
    };
    if (all.country !== undefined) all.region = maybe([`${all.country}-1`, `${all.country}-2`]);
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
  };

  it('keeps all of the first, adds of the second, and never makes a place of two', () => {
    for (let round = 0; round < 5000; round++) {
      const [first, second] = [answer(), answer()];
      const both = combine(first, second);
      expect(both).toMatchObject(first);
      for (const field of Object.keys(both) as LocationField[]) {
        expect([first[field], second[field]]).toContain(both[field]);
      }
      if (both.region !== undefined) expect(both.region.slice(0, 2)).toBe(both.country);
      const coordinates = ({ latitude, longitude, accuracyRadiusKm }: PartialLocation) =>
        JSON.stringify({ latitude, longitude, accuracyRadiusKm });
      expect([coordinates(first), coordinates(second), '{}']).toContain(coordinates(both));
      if (second.asn !== undefined) expect(both.asn).toBe(first.asn ?? second.asn);
      expect(combine(both, second)).toEqual(both);
      expect(combine(first, {})).toEqual(first);
      expect(combine({}, second)).toEqual(second);
    }
  });

  it('leaves out what lies below a contradiction', () => {
    const munich = { country: 'DE', region: 'DE-BY', city: 'Munich', postalCode: '80331', asn: 3 };
    expect(combine({ country: 'AT' }, munich)).toEqual({ country: 'AT', asn: 3 });
    expect(combine({ country: 'DE', region: 'DE-BE' }, munich)).toEqual({
      ...{ country: 'DE', region: 'DE-BE', asn: 3 },
    });
    expect(combine({ country: 'DE', city: 'Dachau' }, munich)).toEqual({
      ...{ country: 'DE', city: 'Dachau', asn: 3 },
    });
    expect(combine({ continent: 'AS' }, munich)).toEqual({ continent: 'AS', asn: 3 });
  });
});

describe('continent and membership', () => {
  it('follow from the country for every country of ISO 3166-1', () => {
    for (const { alpha2 } of iso31661) {
      expect(continentOf(alpha2), alpha2).toMatch(/^(AF|AN|AS|EU|NA|OC|SA)$/);
      expect(isInEu(alpha2), alpha2).toBeTypeOf('boolean');
    }
    expect(continentOf('ZZ')).toBeUndefined();
    expect(isInEu('ZZ')).toBeUndefined();
  });

  it('are known of 27 members, and of their territories with codes of their own', () => {
    const members = iso31661.map(({ alpha2 }) => alpha2).filter((code) => isInEu(code) === true);
    expect(members).toHaveLength(27 + 'AX GF GP MF MQ RE YT'.split(' ').length);
    for (const outside of ['GB', 'CH', 'NO', 'IS', 'GL', 'PF', 'TR', 'UA'])
      expect(isInEu(outside)).toBe(false);
  });

  it("are the file's own where it says them", () => {
    const record = { continent: { code: 'AS' }, country: { iso_code: 'CY', is_in_european_union: false } };
    expect(makeLocation(locationOfRecord(record))).toMatchObject({ continent: 'AS', isEu: false });
    expect(makeLocation({ country: 'CY' })).toMatchObject({ continent: 'EU', isEu: true });
    expect(makeLocation({ asn: 1 })).toMatchObject({ continent: undefined, isEu: undefined });
  });
});
