import { describe, expect, it } from 'vitest';
import { currentRegionCode, regionCode, regionName } from '../../../geo-db/regions/index.ts';

describe('currentRegionCode', () => {
  it.each([
    ['DE', 'BY', 'DE-BY'],
    ['US', 'CA', 'US-CA'],
    ['GB', 'ENG', 'GB-ENG'],
    ['IT', '25', 'IT-25'],
    ['FR', 'IDF', 'FR-IDF'],
    ['NO', '32', 'NO-32'],
  ])('keeps a code of today: %s %s', (country, subdivision, code) => {
    expect(currentRegionCode(country, subdivision)).toBe(code);
  });

  it.each([
    ['CN', '11', 'CN-BJ'],
    ['CN', '22', 'CN-JL'],
    ['CN', '54', 'CN-XZ'],
    ['MX', 'DIF', 'MX-CMX'],
    ['ZA', 'GT', 'ZA-GP'],
    ['ZA', 'NL', 'ZA-KZN'],
    ['FR', 'B', 'FR-NAQ'],
    ['FR', 'J', 'FR-IDF'],
    ['NO', '02', 'NO-32'],
    ['NO', '12', 'NO-46'],
    ['NO', '23', 'NO-50'],
    ['KZ', 'ALA', 'KZ-75'],
    ['TW', 'TPQ', 'TW-NWT'],
    ['LV', 'VMR', 'LV-113'],
    ['KE', '110', 'KE-30'],
    ['IN', 'OR', 'IN-OD'],
    ['PL', 'MZ', 'PL-14'],
    ['CZ', 'PR', 'CZ-10'],
    ['EE', '78', 'EE-79'],
  ])('turns the withdrawn code %s %s into its successor', (country, subdivision, code) => {
    expect(currentRegionCode(country, subdivision)).toBe(code);
  });

  it.each([
    ['NO', '30', 'Viken, divided in three'],
    ['KZ', 'VOS', 'East Kazakhstan, divided in two'],
    ['NP', 'BA', 'Bagmati zone, not the province of today'],
    ['KE', '300', 'Coast, divided in counties'],
    ['GH', 'BA', 'Brong-Ahafo, divided in three'],
    ['DE', 'XX', 'no code'],
    ['DE', '', 'no code'],
    ['DE', undefined, 'no code'],
    ['ZZ', '01', 'no country'],
  ])('leaves %s %s unknown: %s', (country, subdivision, _reason) => {
    expect(currentRegionCode(country, subdivision)).toBeUndefined();
  });

  // Every pair of a subdivision's code and English name in MaxMind's GeoIP2-City-Test.mmdb.
  it.each([
    ['AU', 'VIC', 'Victoria'],
    ['CN', '22', 'Jilin Sheng'],
    ['GB', 'ENG', 'England'],
    ['SE', 'E', 'Östergötland County'],
    ['US', 'CA', 'California'],
    ['US', 'WA', 'Washington'],
  ])("gives %s %s the code that MaxMind's name for it has: %s", (country, subdivision, name) => {
    expect(currentRegionCode(country, subdivision)).toBe(regionCode(country, name, undefined));
    expect(currentRegionCode(country, subdivision)).toBeDefined();
  });
});

describe('regionName', () => {
  it.each([
    ['DE-BY', 'Bavaria'],
    ['CN-BJ', 'Beijing'],
    ['IT-25', 'Lombardy'],
    ['RU-MOS', 'Moscow Oblast'],
    ['UA-30', 'Kyiv'],
    ['US-OH', 'Ohio'],
    ['BR-SP', 'São Paulo'],
    ['NO-31', 'Østfold'],
    ['FR-20R', 'Corsica'],
    ['DK-101', 'København'],
  ])('names %s %s', (code, name) => {
    expect(regionName(code)).toBe(name);
  });

  it('is undefined for what is no code of today', () => {
    for (const code of ['NO-30', 'CN-22', 'DE', 'DE-', '', 'ZZ-01', 'constructor']) {
      expect(regionName(code)).toBeUndefined();
    }
  });
});
