import { continentOf, isInEu } from './countries.ts';
import { type Location, type LocationField, unknownLocation } from './location.ts';
import type { PartialLocation } from './record.ts';

const coordinates = ['latitude', 'longitude', 'accuracyRadiusKm'] as const satisfies LocationField[];
const belowRegion = ['city', 'postalCode', 'timeZone', ...coordinates] as const satisfies LocationField[];
const place = ['continent', 'country', 'isEu', 'region', ...belowRegion] as const satisfies LocationField[];

/**
 * What two files say together: a field is the first's where it says it, else the second's. A place is one thing,
 * though, and is not put together of two: where the second is elsewhere, what it says from there on down is left out
 * (another country: its whole place; another region: city, postal code, time zone, coordinates; another city: region
 * too), and coordinates with their radius are one file's.
 */
export function combine(first: PartialLocation, second: PartialLocation): PartialLocation {
  const dropped = contradicted(first, second);
  const rest = Object.fromEntries(
    Object.entries(second).filter(([field]) => !dropped.has(field as LocationField)),
  );
  return { ...rest, ...first };
}

function contradicted(first: PartialLocation, second: PartialLocation): ReadonlySet<LocationField> {
  const differ = (field: LocationField) =>
    first[field] !== undefined && second[field] !== undefined && first[field] !== second[field];
  if (differ('country')) return new Set(place);
  if (first.country === undefined && onAnotherContinent(first, second)) return new Set(place);
  if (differ('region')) return new Set(belowRegion);
  if (differ('city')) return new Set(['region', ...belowRegion]);
  return new Set(first.latitude === undefined ? [] : coordinates);
}

/** Whether a first that names no country is on another continent than the second. */
function onAnotherContinent(first: PartialLocation, second: PartialLocation): boolean {
  const other = second.continent ?? (second.country === undefined ? undefined : continentOf(second.country));
  return first.continent !== undefined && other !== undefined && first.continent !== other;
}

let nextSerial = unknownLocation.serial + 1;

/** A location with a serial of its own. Continent and EU membership follow from the country where no file says them. */
export function makeLocation(says: PartialLocation): Location {
  const { country } = says;
  const derived = country === undefined ? {} : { continent: continentOf(country), isEu: isInEu(country) };
  return Object.freeze({ ...unknownLocation, ...derived, ...says, serial: nextSerial++ });
}
