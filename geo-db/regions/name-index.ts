import { entriesOf } from './iso-list.ts';
import { isStateLevel } from './levels.ts';
import { bareNameKey, nameKey } from './name-keys.ts';
import { regionNames } from './names/region-names.ts';

/** Keys of names → code; null where a key belongs to two regions, so that it can never pick one of them. */
type Keys = Map<string, string | null>;

interface CountryIndex {
  readonly exact: Keys;
  readonly bare: Keys;
}

const indexes = new Map<string, CountryIndex>();

function add(keys: Keys, key: string, code: string): void {
  if (key === '') return;
  const known = keys.get(key);
  keys.set(key, known === undefined || known === code ? code : null);
}

function buildIndex(country: string): CountryIndex {
  const listed: Keys = new Map();
  const exact: Keys = new Map();
  const bare: Keys = new Map();
  for (const entry of entriesOf(country)) {
    if (!isStateLevel(entry)) continue;
    add(listed, nameKey(entry.name), entry.code);
    add(bare, bareNameKey(entry.name), entry.code);
    for (const name of regionNames[country]?.[entry.code.slice(3)]?.split('|') ?? []) {
      add(exact, nameKey(name), entry.code);
      add(bare, bareNameKey(name), entry.code);
    }
  }
  // The table of names was read through by hand and wins over the list: 'Buenos Aires' is the province there too.
  for (const [key, code] of listed) if (!exact.has(key)) exact.set(key, code);
  return { exact, bare };
}

/**
 * The code of the one region of a country that has this name, or undefined.
 *
 * First the whole name is compared, without case, marks and punctuation; then without words such as 'Province', and only
 * where that leaves a single region: 'Moscow Governorate' is nothing, because it could be RU-MOW or RU-MOS.
 * The index of a country is built at its first name, in well under 1 ms.
 */
export function codeByName(country: string, name: string): string | undefined {
  let index = indexes.get(country);
  if (index === undefined) {
    if (entriesOf(country).length === 0) return undefined;
    index = buildIndex(country);
    indexes.set(country, index);
  }
  const found = index.exact.get(nameKey(name));
  if (found !== undefined) return found ?? undefined;
  return index.bare.get(bareNameKey(name)) ?? undefined;
}
