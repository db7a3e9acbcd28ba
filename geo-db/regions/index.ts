import { codeByCity } from './city-index.ts';
import { isoName } from './iso-list.ts';
import { codeByName } from './name-index.ts';
import { regionNames } from './names/region-names.ts';
import { successorOf } from './retired.ts';

/**
 * The ISO 3166-2 code of a region that DB-IP City Lite names, such as 'DE-BY', or undefined where it is not certain: a
 * wrong code is worse than none.
 *
 * `country` is ISO 3166-1 alpha-2 as in `country_code`, `regionName` is `state1`, `city` is `city` of the same record; null
 * or empty strings count as missing. Code and country always agree: HK never gives CN-HK. Names are compared with the
 * npm package `iso-3166` and the tables under `names/`; where a name means two regions or none ('Taiwan'), the city
 * decides if it can. Which level of a country it is, and which countries stay unknown: `docs/regions.md`.
 *
 * About 2 µs a call; meant to be called once for each distinct record and cached by the caller. Never throws.
 */
export function regionCode(
  country: string,
  regionName: string | undefined,
  city: string | undefined,
): string | undefined {
  if (!regionName) return undefined;
  const byCity = codeByCity(country, regionName, city);
  if (byCity !== undefined) return byCity ?? undefined;
  return codeByName(country, regionName);
}

/**
 * Today's ISO 3166-2 code for the `iso_code` of MaxMind's `subdivisions[0]`: ('DE', 'BY') gives 'DE-BY'.
 *
 * A code that ISO has withdrawn gives its successor where there is exactly one (('CN', '22') gives 'CN-JL'); one that was
 * split up, or that never was a code, gives undefined. Codes that ISO has given out again with another meaning (Iran,
 * Morocco) are taken in today's meaning. The level is MaxMind's, which is DB-IP's in nearly every country.
 */
export function currentRegionCode(country: string, subdivision: string | undefined): string | undefined {
  if (!subdivision) return undefined;
  const code = `${country}-${subdivision}`;
  return isoName(code) === undefined ? successorOf(code) : code;
}

/**
 * The readable name of one of today's ISO 3166-2 codes: 'DE-BY' gives 'Bavaria'. English where English has a name and the
 * region is on DB-IP's level; otherwise ISO's own. Undefined for anything that is not a code of today.
 */
export function regionName(code: string): string | undefined {
  const listed = isoName(code);
  if (listed === undefined) return undefined;
  return regionNames[code.slice(0, 2)]?.[code.slice(3)]?.split('|', 1)[0] ?? listed;
}
