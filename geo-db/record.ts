import type { Location } from './location.ts';
import { currentRegionCode, regionCode } from './regions/index.ts';

/** What a database record says of a location; fields that it does not have are left out. */
export type PartialLocation = {
  readonly [Key in Exclude<keyof Location, 'serial'>]?: NonNullable<Location[Key]>;
};

/** Record of MaxMind's GeoIP2 and GeoLite2 files, as far as it is read here (dev.maxmind.com/geoip/docs/databases). */
interface NestedRecord {
  continent?: { code?: string };
  country?: { iso_code?: string };
  subdivisions?: { iso_code?: string }[];
  city?: { names?: { en?: string } };
  postal?: { code?: string };
  location?: { latitude?: number; longitude?: number; accuracy_radius?: number; time_zone?: string };
  traits?: { autonomous_system_number?: number; autonomous_system_organization?: string };
  autonomous_system_number?: number;
  autonomous_system_organization?: string;
}

/** Record of the `@ip-location-db/*` files: flat, region as an English name, numbers sometimes as text. */
interface FlatRecord {
  country_code: string;
  state1?: string;
  city?: string;
  postcode?: string;
  latitude?: number | string;
  longitude?: number | string;
  timezone?: string;
}

/** A record of either layout as a location. What has the wrong form counts as not said. */
export function locationOfRecord(record: object): PartialLocation {
  return 'country_code' in record ? ofFlat(record as FlatRecord) : ofNested(record as NestedRecord);
}

function ofFlat(record: FlatRecord): PartialLocation {
  const country = countryCode(record.country_code);
  const city = text(record.city);
  return compact({
    country,
    region: country === undefined ? undefined : regionCode(country, text(record.state1), city),
    city,
    postalCode: text(record.postcode),
    latitude: degrees(record.latitude, 90),
    longitude: degrees(record.longitude, 180),
    timeZone: text(record.timezone),
  });
}

function ofNested(record: NestedRecord): PartialLocation {
  const country = countryCode(record.country?.iso_code);
  const subdivision = text(record.subdivisions?.[0]?.iso_code);
  return compact({
    continent: text(record.continent?.code),
    country,
    region: country === undefined ? undefined : currentRegionCode(country, subdivision),
    city: text(record.city?.names?.en),
    postalCode: text(record.postal?.code),
    latitude: degrees(record.location?.latitude, 90),
    longitude: degrees(record.location?.longitude, 180),
    accuracyRadiusKm: number(record.location?.accuracy_radius),
    timeZone: text(record.location?.time_zone),
    asn: number(record.autonomous_system_number) ?? number(record.traits?.autonomous_system_number),
    asOrganization:
      text(record.autonomous_system_organization) ?? text(record.traits?.autonomous_system_organization),
  });
}

function compact(fields: { [Key in keyof PartialLocation]: Location[Key] | undefined }): PartialLocation {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function countryCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value) && value !== 'ZZ' ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function degrees(value: unknown, limit: number): number | undefined {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Math.abs(parsed) <= limit ? parsed : undefined;
}
