import { africa } from './africa.ts';
import { americas } from './americas.ts';
import { asia } from './asia.ts';
import { europe } from './europe.ts';
import { oceania } from './oceania.ts';

/**
 * Country (ISO 3166-1 alpha-2) → the part of the region's ISO 3166-2 code after the hyphen → names, separated by `|`.
 *
 * The first name is the readable English one that `regionName` gives. The others are spellings met in DB-IP City Lite.
 * A region that is missing here goes by its name in the npm package `iso-3166`. No name may belong to two regions of a
 * country; a test holds this. Adding a name: only when it can mean no other region of that country.
 *
 * Sources: English names of subdivisions in Unicode CLDR 48.2 (`LICENSE-UNICODE.txt`), read through and corrected by hand
 * (CLDR still has former owners of codes that were given out again, as in Iran and Morocco); every pair of country and
 * `state1` in DB-IP City Lite of June 2026.
 */
export type RegionNames = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The tables of all continents in one. No country is in two of them. */
export const regionNames: RegionNames = { ...africa, ...americas, ...asia, ...europe, ...oceania };
