/**
 * Letters that Unicode does not take apart into a plain letter and a mark.
 * Turkish and Azerbaijani dotless ı, Nordic ø æ ð þ, Polish ł, Vietnamese đ, Maltese ħ, German ß, Azerbaijani ə.
 */
const PLAIN: Readonly<Record<string, string>> = {
  ı: 'i',
  ø: 'o',
  æ: 'ae',
  ð: 'd',
  þ: 'th',
  ł: 'l',
  đ: 'd',
  ħ: 'h',
  ß: 'ss',
  ə: 'e',
};

/** English and a few local words for kinds of regions; they say nothing about which region it is. */
const KINDS: ReadonlySet<string> = new Set(
  (
    'province state department region governorate county oblast krai kray republic municipality district city ' +
    'prefecture voivodeship estado canton parish division wilaya of the urban'
  ).split(' '),
);

const LETTERS = /[ıøæðþłđħßə]/g;
const MARKS = /\p{M}/gu;
const APOSTROPHES = /['’‘`ʻʼʹ´]/g;
const SEPARATORS = /[^a-z0-9]+/;
const NOTE = /\s*\([^)]*\)\s*$/;

function words(name: string): string[] {
  const plain = name
    .toLowerCase()
    .replace(LETTERS, (letter) => PLAIN[letter] ?? letter)
    .normalize('NFD')
    .replace(MARKS, '')
    .replace(APOSTROPHES, '');
  return plain.split(SEPARATORS).filter((word) => word !== '');
}

/** What two spellings of one name share: case, marks, spaces and punctuation are gone. '' for a name without Latin letters. */
export function nameKey(name: string): string {
  return words(name).join('');
}

/**
 * `nameKey` without the words that only say what kind of region it is: 'Province of Izmir' and 'Izmir' meet.
 * It throws away the difference between a city and the province around it, so it may only be trusted where a single
 * region of the country has this key.
 */
export function bareNameKey(name: string): string {
  return words(name)
    .filter((word) => !KINDS.has(word))
    .join('');
}

/** A city's `nameKey` without DB-IP's quarter in brackets: 'Berlin (Mitte)' and 'Berlin' meet. */
export function cityKey(city: string): string {
  return nameKey(city.replace(NOTE, ''));
}
