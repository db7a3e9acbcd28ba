import { iso31662 } from 'iso-3166';
import { describe, expect, it } from 'vitest';
import { CITY_RULES } from '../../../geo-db/regions/city-rules.ts';
import { currentRegionCode, regionCode, regionName } from '../../../geo-db/regions/index.ts';
import { isStateLevel, NEWER_REGIONS, WITHDRAWN_CODES } from '../../../geo-db/regions/levels.ts';
import { cityKey, nameKey } from '../../../geo-db/regions/name-keys.ts';
import { africa } from '../../../geo-db/regions/names/africa.ts';
import { americas } from '../../../geo-db/regions/names/americas.ts';
import { asia } from '../../../geo-db/regions/names/asia.ts';
import { europe } from '../../../geo-db/regions/names/europe.ts';
import { oceania } from '../../../geo-db/regions/names/oceania.ts';
import { regionNames } from '../../../geo-db/regions/names/region-names.ts';
import { RETIRED_CODES } from '../../../geo-db/regions/retired.ts';

const listed = new Set(iso31662.map((entry) => entry.code));
const newer = new Set(NEWER_REGIONS.map((entry) => entry.code));
const entries = [...iso31662, ...NEWER_REGIONS];
const levels = new Map(entries.map((entry) => [entry.code, isStateLevel(entry)]));

function isToday(code: string): boolean {
  return (listed.has(code) || newer.has(code)) && !WITHDRAWN_CODES.has(code);
}

describe('tables of regions', () => {
  it('have names only for codes of today on the level of the country', () => {
    const wrong = Object.entries(regionNames).flatMap(([country, names]) =>
      Object.keys(names)
        .map((suffix) => `${country}-${suffix}`)
        .filter((code) => !isToday(code) || levels.get(code) !== true),
    );
    expect(wrong).toEqual([]);
  });

  it('have city rules only for codes of today on the level of the country', () => {
    const wrong = Object.entries(CITY_RULES).flatMap(([country, rules]) =>
      rules
        .flatMap((rule) => [
          ...Object.keys(rule.cities),
          ...(rule.otherwise === undefined ? [] : [rule.otherwise]),
        ])
        .map((suffix) => `${country}-${suffix}`)
        .filter((code) => !isToday(code) || levels.get(code) !== true),
    );
    expect(wrong).toEqual([]);
  });

  it('retire only codes that are gone, in favour of codes of today', () => {
    for (const [country, pairs] of Object.entries(RETIRED_CODES)) {
      for (const pair of pairs.split(' ')) {
        const [former, current] = pair.split('>');
        expect(isToday(`${country}-${former}`), `${country} ${pair}`).toBe(false);
        expect(isToday(`${country}-${current}`), `${country} ${pair}`).toBe(true);
        expect(currentRegionCode(country, former), `${country} ${pair}`).toBe(`${country}-${current}`);
      }
    }
  });

  it('add only codes that the list does not have yet, and withdraw only codes that it has', () => {
    expect([...newer].filter((code) => listed.has(code))).toEqual([]);
    expect([...WITHDRAWN_CODES].filter((code) => !listed.has(code))).toEqual([]);
  });

  it('give no name to two regions of a country', () => {
    const twice: string[] = [];
    for (const [country, names] of Object.entries(regionNames)) {
      const owner = new Map<string, string>();
      for (const [suffix, spellings] of Object.entries(names)) {
        for (const spelling of spellings.split('|')) {
          const known = owner.get(nameKey(spelling));
          if (known !== undefined && known !== suffix)
            twice.push(`${country} ${spelling}: ${known}, ${suffix}`);
          owner.set(nameKey(spelling), suffix);
        }
      }
    }
    expect(twice).toEqual([]);
  });

  it('put no city of a rule in two regions', () => {
    for (const rule of Object.values(CITY_RULES).flat()) {
      const cities = Object.values(rule.cities).flatMap((names) => names.split('|').map(cityKey));
      expect(new Set(cities).size, rule.regions).toBe(cities.length);
    }
  });

  it('have no country on two continents', () => {
    const countries = [africa, americas, asia, europe, oceania].flatMap((names) => Object.keys(names));
    expect(new Set(countries).size).toBe(countries.length);
  });

  it('lead every spelling of a region back to its code, unless only the city decides', () => {
    const astray: string[] = [];
    for (const [country, names] of Object.entries(regionNames)) {
      const decidedByCity = new Set(
        (CITY_RULES[country] ?? []).flatMap((rule) => rule.regions.split('|').map(nameKey)),
      );
      for (const [suffix, spellings] of Object.entries(names)) {
        for (const spelling of spellings.split('|')) {
          if (decidedByCity.has(nameKey(spelling))) continue;
          const code = regionCode(country, spelling, undefined);
          if (code !== `${country}-${suffix}`) astray.push(`${country} ${spelling}: ${code}`);
        }
      }
    }
    expect(astray).toEqual([]);
  });

  it("never lead one of ISO's own names to another region than its own", () => {
    // Names that DB-IP uses for another region than ISO does, each looked at by hand.
    const meantOtherwise = new Set(['AR-B', 'ES-VC']);
    const astray = entries.filter((entry) => {
      if (!isStateLevel(entry) || meantOtherwise.has(entry.code)) return false;
      const code = regionCode(entry.code.slice(0, 2), entry.name, undefined);
      return code !== undefined && code !== entry.code;
    });
    expect(astray).toEqual([]);
  });

  it('name every region of today without a separator left over', () => {
    for (const entry of entries) {
      const name = regionName(entry.code);
      if (WITHDRAWN_CODES.has(entry.code)) expect(name).toBeUndefined();
      else expect(name, entry.code).toMatch(/^[^|]+$/);
    }
  });
});
