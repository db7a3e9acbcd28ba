import type { ISO31662Entry } from 'iso-3166/2.js';

/**
 * Codes that ISO 3166-2 has given out since the list in `iso-3166` 4.4: on 1 January 2024 Norway divided three counties
 * again. Source: ISO Online Browsing Platform, code NO.
 */
export const NEWER_REGIONS: readonly ISO31662Entry[] = [
  { code: 'NO-31', parent: 'NO', name: 'Østfold' },
  { code: 'NO-32', parent: 'NO', name: 'Akershus' },
  { code: 'NO-33', parent: 'NO', name: 'Buskerud' },
  { code: 'NO-39', parent: 'NO', name: 'Vestfold' },
  { code: 'NO-40', parent: 'NO', name: 'Telemark' },
  { code: 'NO-55', parent: 'NO', name: 'Troms' },
  { code: 'NO-56', parent: 'NO', name: 'Finnmark' },
];

/**
 * Codes that `iso-3166` 4.4 still lists though ISO has withdrawn them: the three Norwegian counties of 2020 to 2023,
 * Luxembourg's districts (abolished in 2015) and Ghana's Brong-Ahafo (divided in 2019).
 */
export const WITHDRAWN_CODES: ReadonlySet<string> = new Set(
  'NO-30 NO-38 NO-54 LU-D LU-G LU-L GH-BA'.split(' '),
);

/**
 * Codes that name a larger area for statistics or geography (Java, all of Kurdistan), or a territory that also has a
 * country code of its own (CN-HK is HK). DB-IP's `state1` never means them.
 */
const NOT_A_STATE: ReadonlySet<string> = new Set(
  (
    'CN-HK CN-MO CN-TW FI-01 NL-AW NL-CW NL-SX NL-BQ1 NL-BQ2 NL-BQ3 NO-21 NO-22 ' +
    'US-AS US-GU US-MP US-PR US-UM US-VI ID-JW ID-KA ID-ML ID-NU ID-PP ID-SL ID-SM IQ-KR'
  ).split(' '),
);

/** Countries whose `state1` is ISO's lower level: provinces, municipalities, parishes, atolls. Iraq has both in one list. */
const LOWER_LEVEL: ReadonlySet<string> = new Set(['DO', 'CV', 'KN', 'MH']);
const BOTH_LEVELS: ReadonlySet<string> = new Set(['IQ']);

/** Countries where the list keeps several levels side by side under the country. Only these codes are DB-IP's level. */
const ONLY: Readonly<Record<string, RegExp>> = {
  BE: /^BE-(BRU|VLG|WAL)$/, // regions, not provinces
  DK: /^DK-8\d$/, // regions, not municipalities
  EE: /^EE-\d\d$/, // counties, not municipalities
  FR: /^FR-([A-Z]{3}|20R)$/, // regions in Europe, not departments; overseas regions have country codes
  GB: /^GB-(ENG|NIR|SCT|WLS)$/, // nations, not counties and boroughs
  HU: /^HU-(BA|BE|BK|BU|BZ|CS|FE|GS|HB|HE|JN|KE|NO|PE|SO|SZ|TO|VA|VE|ZA)$/, // counties, not cities of county rank
  IS: /^IS-\d$/, // regions, not municipalities
};

/**
 * Whether a code stands on the level that DB-IP's `state1` has in its country. `docs/regions.md` names the level of each
 * country that has more than one.
 */
export function isStateLevel(entry: ISO31662Entry): boolean {
  const country = entry.code.slice(0, 2);
  if (NOT_A_STATE.has(entry.code) || WITHDRAWN_CODES.has(entry.code)) return false;
  if (BOTH_LEVELS.has(country)) return true;
  if ((entry.parent === country) === LOWER_LEVEL.has(country)) return false;
  return ONLY[country]?.test(entry.code) ?? true;
}
