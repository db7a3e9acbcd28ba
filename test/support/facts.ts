import { type Location, unknownLocation } from '../../geo-db/index.ts';
import { BrowserReader, type Facts, noKeyValues } from '../../server/delivery/index.ts';

const browsers = new BrowserReader();
const locations = new Map<string, Location>();

/** A location of these fields; the same fields give the same object, as a database does. */
export function location(fields: Partial<Location>): Location {
  const key = JSON.stringify(fields);
  const made = locations.get(key) ?? { ...unknownLocation, ...fields, serial: locations.size + 1_000_000 };
  locations.set(key, made);
  return made;
}

export function facts(
  given: Partial<Omit<Facts, 'location' | 'browser'>> & { location?: Partial<Location>; userAgent?: string },
): Facts {
  const { location: place = {}, userAgent, ...rest } = given;
  return {
    location: location(place),
    browser: browsers.read(userAgent),
    language: '',
    site: 1,
    zone: 1,
    nowMs: Date.UTC(2026, 10, 23, 12),
    page: '',
    referrer: '',
    keyValues: noKeyValues,
    segments: [],
    ownValues: new Map(),
    ...rest,
  };
}
