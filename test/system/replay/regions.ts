import { iso31662 } from 'iso-3166';
import type { LocatedAddress } from '../../support/addresses.ts';

/**
 * Countries whose names in the location database are those of ISO 3166-2 in English, or so few that they can be
 * listed here, from the names to the codes.
 */
const countries: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  US: {},
  GB: {},
  CA: {},
  AU: { ACT: 'AU-ACT' },
  IE: { Connacht: 'IE-C' },
  BE: { 'Brussels Capital': 'BE-BRU', Flanders: 'BE-VLG', Wallonia: 'BE-WAL' },
  DK: {
    'Capital Region': 'DK-84',
    'Central Jutland': 'DK-82',
    'North Denmark': 'DK-81',
    'South Denmark': 'DK-83',
    Zealand: 'DK-85',
  },
};

export const countriesWithKnownRegions: readonly string[] = Object.keys(countries);

const codes = new Map(
  iso31662
    .filter(({ parent }) => parent in countries)
    .map(({ code, name, parent }) => [`${parent} ${name}`, code]),
);

/** The ISO 3166-2 code of an address's region, found without the product's code; only for the countries above. */
export function knownRegion({ country, stateName }: LocatedAddress): string {
  const code = countries[country]?.[stateName] ?? codes.get(`${country} ${stateName}`);
  if (code === undefined) throw new Error(`No region of ${country} is known by the name ${stateName}.`);
  return code;
}
