import type { KeyValues } from './targeting/facts.ts';

const maxPairs = 50;
const maxLength = 100;

/**
 * Reads `section:sport,section:news,plan:free`: the page's or zone's own keys, each with one or more values. What has
 * the wrong form is left out, and so is everything from the 51st pair on.
 */
export function parseKeyValues(text: string): KeyValues {
  const found: Record<string, string[]> = {};
  let pairs = 0;
  for (const pair of text.split(',', maxPairs)) {
    const colon = pair.indexOf(':');
    const key = pair.slice(0, colon);
    const value = pair.slice(colon + 1);
    if (colon < 1 || value === '' || key.length > maxLength || value.length > maxLength) continue;
    if (key === '__proto__' || pairs++ >= maxPairs) continue;
    if (Object.hasOwn(found, key)) found[key]?.push(value);
    else found[key] = [value];
  }
  return found;
}
