import { CITY_RULES, type CityRule } from './city-rules.ts';
import { cityKey, nameKey } from './name-keys.ts';

interface RuleIndex {
  readonly byCity: ReadonlyMap<string, string>;
  readonly otherwise: string | undefined;
}

const indexes = new Map<string, ReadonlyMap<string, RuleIndex>>();

function indexRule(country: string, rule: CityRule): RuleIndex {
  const byCity = new Map<string, string>();
  for (const [suffix, cities] of Object.entries(rule.cities)) {
    for (const city of cities.split('|')) byCity.set(cityKey(city), `${country}-${suffix}`);
  }
  return { byCity, otherwise: rule.otherwise === undefined ? undefined : `${country}-${rule.otherwise}` };
}

function indexOf(country: string): ReadonlyMap<string, RuleIndex> {
  const known = indexes.get(country);
  if (known !== undefined) return known;
  const index = new Map<string, RuleIndex>();
  for (const rule of CITY_RULES[country] ?? []) {
    const ruleIndex = indexRule(country, rule);
    for (const region of rule.regions.split('|')) index.set(nameKey(region), ruleIndex);
  }
  indexes.set(country, index);
  return index;
}

/**
 * The code that a city rule gives; undefined where no rule is for this name of a region, null where one is but the city
 * does not decide it. A caller must not go on matching after null.
 */
export function codeByCity(
  country: string,
  regionName: string,
  city: string | undefined,
): string | null | undefined {
  if (!Object.hasOwn(CITY_RULES, country)) return undefined;
  const rule = indexOf(country).get(nameKey(regionName));
  if (rule === undefined) return undefined;
  const key = city === undefined ? '' : cityKey(city);
  if (key === '') return null;
  return rule.byCity.get(key) ?? rule.otherwise ?? null;
}
