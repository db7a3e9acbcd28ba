import {
  type Anonymity,
  addressScope,
  type ConnectionType,
  creditsOf,
  formatAddress,
  type GeoDb,
  GeoDbError,
  type Location,
  openGeoDb,
  parseAddress,
  regionName,
} from '../../../geo-db/index.ts';
import { AppError } from '../../errors.ts';
import type { Settings } from '../../settings/index.ts';
import { geoDbSources } from '../geo-db-files.ts';

const scopes = {
  public: 'public',
  private: 'private (RFC 1918, RFC 4193, RFC 6598): it is on a network of its own and has no location',
  loopback: 'loopback: it is this machine itself and has no location',
  link_local: 'link-local: it is on one network segment and has no location',
  reserved: 'reserved by IANA for special purposes: nobody has it',
} as const;

/** Prints what is known of an address. */
export async function locate(
  settings: Settings,
  text: string,
  { json = false }: { json?: boolean },
): Promise<void> {
  const address = parseAddress(text);
  if (address === undefined) throw new AppError('invalid_input', `"${text}" is not an IP address.`);
  const geo = await openLocations(settings);
  const location = geo.lookup(address);
  const scope = addressScope(address);
  const { files } = geo.metadata();
  geo.close();
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ address: formatAddress(address), scope, location: published(location) }, null, 2)}\n`,
    );
    return;
  }
  const lines: [string, string | undefined][] = [
    ['Address', formatAddress(address)],
    ['Scope', scopes[scope]],
    ...placeLines(location),
    [
      'Database',
      files
        .map(({ databaseType, buildDate }) => `${databaseType} of ${buildDate.toISOString().slice(0, 10)}`)
        .join(', '),
    ],
  ];
  for (const [label, value] of lines)
    if (value !== undefined) process.stdout.write(`${label.padEnd(12)}${value}\n`);
  for (const { text: credit, url } of creditsOf(files)) process.stdout.write(`\n${credit} (${url})\n`);
}

async function openLocations(settings: Settings): Promise<GeoDb> {
  try {
    return await openGeoDb(geoDbSources(settings));
  } catch (error) {
    if (error instanceof GeoDbError) throw new AppError('geo_db_unusable', error.message, { cause: error });
    throw error;
  }
}

/**
 * What a location says, without its internal number. Coordinates to 11 m, which is finer than any of them is known:
 * what follows is noise of 32-bit numbers.
 */
function published({ serial: _serial, latitude, longitude, ...rest }: Location): object {
  const rounded = (degrees: number | undefined) =>
    degrees === undefined ? undefined : Number(degrees.toFixed(4));
  return { ...rest, latitude: rounded(latitude), longitude: rounded(longitude) };
}

const continentNames: Readonly<Record<string, string>> = {
  AF: 'Africa',
  AN: 'Antarctica',
  AS: 'Asia',
  EU: 'Europe',
  NA: 'North America',
  OC: 'Oceania',
  SA: 'South America',
};
const connectionTypes: Readonly<Record<ConnectionType, string>> = {
  cable_dsl: 'cable or DSL',
  cellular: 'cellular',
  corporate: 'corporate',
  dialup: 'dial-up',
  satellite: 'satellite',
};

function anonymousBy({ vpn, hosting, publicProxy, residentialProxy, tor }: Anonymity): string {
  const ways: [string, boolean][] = [
    ['VPN', vpn],
    ['hosting provider', hosting],
    ['public proxy', publicProxy],
    ['residential proxy', residentialProxy],
    ['Tor exit node', tor],
  ];
  const used = ways.filter(([, yes]) => yes).map(([way]) => way);
  return used.length === 0 ? 'yes' : used.join(', ');
}

function placeLines(location: Location): [string, string | undefined][] {
  const { country, region, latitude, longitude, accuracyRadiusKm } = location;
  const countryName = country && new Intl.DisplayNames('en', { type: 'region' }).of(country);
  const accuracy = accuracyRadiusKm === undefined ? '' : ` (within ${accuracyRadiusKm} km)`;
  return [
    ['Continent', location.continent && `${location.continent}  ${continentNames[location.continent]}`],
    ['Country', country && `${country}  ${countryName}`],
    ['In the EU', location.isEu === undefined ? undefined : location.isEu ? 'yes' : 'no'],
    ['Region', region && `${region}  ${regionName(region) ?? ''}`.trimEnd()],
    ['City', location.city],
    ['Postal code', location.postalCode],
    [
      'Coordinates',
      latitude === undefined ? undefined : `${latitude.toFixed(4)}, ${longitude?.toFixed(4)}${accuracy}`,
    ],
    ['Time zone', location.timeZone],
    [
      'Network',
      location.asn === undefined ? undefined : `AS${location.asn}  ${location.asOrganization ?? ''}`,
    ],
    ['Connection', location.connectionType && connectionTypes[location.connectionType]],
    ['Provider', location.isp],
    ['Used by', location.organization],
    ['Anonymous', location.anonymous && anonymousBy(location.anonymous)],
    ['Location', country === undefined ? 'unknown' : undefined],
  ];
}
