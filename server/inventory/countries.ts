import { iso31661 } from 'iso-3166';

/**
 * ISO 3166-1 alpha-2 codes that are assigned today, and XK: no ISO code, but what location databases say for Kosovo.
 */
export const countryCodes: ReadonlySet<string> = new Set([
  ...iso31661.map((country) => country.alpha2),
  'XK',
]);
