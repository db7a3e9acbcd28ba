import { regionName } from './index.ts';
import { entriesOf, regionCountries } from './iso-list.ts';
import { regionNames } from './names/region-names.ts';

export interface NamedRegion {
  /** ISO 3166-2, like DE-BY. */
  readonly code: string;
  /** As `regionName` has it. */
  readonly name: string;
}

interface Indexed extends NamedRegion {
  /** Everything it is called, folded, and its code. */
  readonly names: readonly string[];
}

let index: readonly Indexed[] | undefined;

/**
 * Regions whose name, in English or the country's own language, or code begins with a text; then those where a later
 * word does.
 */
export function searchRegions(text: string, limit: number): readonly NamedRegion[] {
  const wanted = folded(text);
  const ranked: [Indexed[], Indexed[]] = [[], []];
  index ??= indexed();
  for (const region of index) {
    if (region.names.some((name) => name.startsWith(wanted))) ranked[0].push(region);
    else if (region.names.some((name) => name.includes(` ${wanted}`))) ranked[1].push(region);
  }
  return ranked
    .flat()
    .slice(0, limit)
    .map(({ code, name }) => ({ code, name }));
}

function indexed(): readonly Indexed[] {
  return regionCountries().flatMap((country) =>
    entriesOf(country).map(({ code, name: own }) => {
      const name = regionName(code) ?? own;
      const known = regionNames[country]?.[code.slice(3)]?.split('|') ?? [];
      return { code, name, names: [...new Set([name, own, code, ...known].map(folded))] };
    }),
  );
}

/** Without accents and case: Zürich is found by zurich. */
const folded = (text: string): string =>
  text
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .toLowerCase();
