import { type ISO31662Entry, iso31662 } from 'iso-3166/2.js';
import { NEWER_REGIONS, WITHDRAWN_CODES } from './levels.ts';

let byCountry: Map<string, ISO31662Entry[]> | undefined;
let nameByCode: Map<string, string> | undefined;

function entriesByCountry(): Map<string, ISO31662Entry[]> {
  if (byCountry !== undefined) return byCountry;
  byCountry = new Map();
  for (const entry of [...iso31662, ...NEWER_REGIONS]) {
    if (WITHDRAWN_CODES.has(entry.code)) continue;
    const key = entry.code.slice(0, 2);
    const list = byCountry.get(key);
    if (list === undefined) byCountry.set(key, [entry]);
    else list.push(entry);
  }
  return byCountry;
}

/** Countries that have regions (ISO 3166-1 alpha-2). */
export const regionCountries = (): readonly string[] => [...entriesByCountry().keys()];

/** All of today's ISO 3166-2 entries of a country, on every level; empty for a country without any. */
export const entriesOf = (country: string): readonly ISO31662Entry[] => entriesByCountry().get(country) ?? [];

/** ISO's own name of one of today's codes, mostly in the country's language; undefined for a code that is none. */
export function isoName(code: string): string | undefined {
  if (nameByCode === undefined) {
    nameByCode = new Map();
    for (const entry of iso31662)
      if (!WITHDRAWN_CODES.has(entry.code)) nameByCode.set(entry.code, entry.name);
    for (const entry of NEWER_REGIONS) nameByCode.set(entry.code, entry.name);
  }
  return nameByCode.get(code);
}
