import type { Anonymity, ConnectionType, Location, LocationField } from './location.ts';
import { currentRegionCode, regionCode } from './regions/index.ts';

/** What a database record says of a location; fields that it does not have are left out. */
export type PartialLocation = {
  readonly [Key in LocationField]?: NonNullable<Location[Key]>;
};

interface AnonymousFlags {
  is_anonymous?: boolean | undefined;
  is_anonymous_vpn?: boolean | undefined;
  is_hosting_provider?: boolean | undefined;
  is_public_proxy?: boolean | undefined;
  is_residential_proxy?: boolean | undefined;
  is_tor_exit_node?: boolean | undefined;
}

interface NetworkFields extends AnonymousFlags {
  autonomous_system_number?: number | undefined;
  autonomous_system_organization?: string | undefined;
  connection_type?: string | undefined;
  isp?: string | undefined;
  organization?: string | undefined;
}

/**
 * Record of MaxMind's GeoIP2 and GeoLite2 files, as far as it is read here (dev.maxmind.com/geoip/docs/databases): City,
 * Country and Enterprise are nested; ASN, ISP, Connection-Type and Anonymous-IP have at the top what Enterprise has in
 * `traits`.
 */
export interface NestedRecord extends NetworkFields {
  continent?: { code?: string | undefined } | undefined;
  country?: { iso_code?: string | undefined; is_in_european_union?: boolean | undefined } | undefined;
  subdivisions?: { iso_code?: string | undefined }[] | undefined;
  city?: { names?: { en?: string | undefined } | undefined } | undefined;
  postal?: { code?: string | undefined } | undefined;
  location?: {
    latitude?: number | undefined;
    longitude?: number | undefined;
    accuracy_radius?: number | undefined;
    time_zone?: string | undefined;
  };
  traits?: NetworkFields | undefined;
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
  const { traits } = record;
  return compact({
    continent: continentCode(record.continent?.code),
    country,
    isEu: flag(record.country?.is_in_european_union),
    region: country === undefined ? undefined : currentRegionCode(country, subdivision),
    city: text(record.city?.names?.en),
    postalCode: text(record.postal?.code),
    latitude: degrees(record.location?.latitude, 90),
    longitude: degrees(record.location?.longitude, 180),
    accuracyRadiusKm: number(record.location?.accuracy_radius),
    timeZone: text(record.location?.time_zone),
    asn: number(record.autonomous_system_number) ?? number(traits?.autonomous_system_number),
    asOrganization:
      text(record.autonomous_system_organization) ?? text(traits?.autonomous_system_organization),
    connectionType: connectionType(record.connection_type) ?? connectionType(traits?.connection_type),
    isp: text(record.isp) ?? text(traits?.isp),
    organization: text(record.organization) ?? text(traits?.organization),
    anonymous: anonymity(record) ?? (traits === undefined ? undefined : anonymity(traits)),
  });
}

const connectionTypes: ReadonlyMap<unknown, ConnectionType> = new Map<unknown, ConnectionType>([
  ['Cable/DSL', 'cable_dsl'],
  ['Cellular', 'cellular'],
  ['Corporate', 'corporate'],
  ['Dialup', 'dialup'],
  ['Satellite', 'satellite'],
]);

function connectionType(value: unknown): ConnectionType | undefined {
  return connectionTypes.get(value);
}

const anonymities: readonly Anonymity[] = Array.from({ length: 32 }, (_, bits) =>
  Object.freeze({
    vpn: (bits & 1) !== 0,
    hosting: (bits & 2) !== 0,
    publicProxy: (bits & 4) !== 0,
    residentialProxy: (bits & 8) !== 0,
    tor: (bits & 16) !== 0,
  }),
);

/** The files leave out flags that are false. `is_anonymous` alone says that it is one, but not by what. */
function anonymity(flags: AnonymousFlags): Anonymity | undefined {
  const bits =
    (flags.is_anonymous_vpn === true ? 1 : 0) |
    (flags.is_hosting_provider === true ? 2 : 0) |
    (flags.is_public_proxy === true ? 4 : 0) |
    (flags.is_residential_proxy === true ? 8 : 0) |
    (flags.is_tor_exit_node === true ? 16 : 0);
  return bits === 0 && flags.is_anonymous !== true ? undefined : anonymities[bits];
}

function compact(fields: { [Key in keyof PartialLocation]: Location[Key] | undefined }): PartialLocation {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function flag(value: unknown): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

function countryCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^[A-Z]{2}$/.test(value) && value !== 'ZZ' ? value : undefined;
}

function continentCode(value: unknown): string | undefined {
  return typeof value === 'string' && /^(AF|AN|AS|EU|NA|OC|SA)$/.test(value) ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function degrees(value: unknown, limit: number): number | undefined {
  const parsed = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof parsed === 'number' && Math.abs(parsed) <= limit ? parsed : undefined;
}
