import type { City } from '@maxmind/geoip2-node';
import { locationOfRecord, type NestedRecord, type PartialLocation } from './record.ts';
import { GeoWebServiceError } from './web-service-error.ts';

/** An answer of the web service, in the client's own model, as a location. */
export function locationOfCity({
  continent,
  country,
  subdivisions,
  city,
  postal,
  location,
  traits,
}: City): PartialLocation {
  return locationOfRecord({
    continent: { code: continent?.code },
    country: { iso_code: country?.isoCode, is_in_european_union: country?.isInEuropeanUnion },
    subdivisions: subdivisions?.map(({ isoCode }) => ({ iso_code: isoCode })),
    city: { names: { en: city?.names?.en } },
    postal: { code: postal?.code },
    location: {
      latitude: location?.latitude,
      longitude: location?.longitude,
      accuracy_radius: location?.accuracyRadius,
      time_zone: location?.timeZone,
    },
    traits: {
      autonomous_system_number: traits?.autonomousSystemNumber,
      autonomous_system_organization: traits?.autonomousSystemOrganization,
      connection_type: traits?.connectionType,
      isp: traits?.isp,
      organization: traits?.organization,
      is_anonymous: traits?.isAnonymous,
      is_anonymous_vpn: traits?.isAnonymousVpn,
      is_hosting_provider: traits?.isHostingProvider,
      is_public_proxy: traits?.isPublicProxy,
      is_residential_proxy: traits?.isResidentialProxy,
      is_tor_exit_node: traits?.isTorExitNode,
    },
  } satisfies NestedRecord);
}

/** Answers, not failures: https://dev.maxmind.com/geoip/docs/web-services/responses#errors */
const notFoundCodes: ReadonlySet<string> = new Set(['IP_ADDRESS_NOT_FOUND', 'IP_ADDRESS_RESERVED']);

export function isNotFound(error: unknown): boolean {
  return notFoundCodes.has(codeOf(error));
}

/** The client rejects with an object whose `url` and `error` may hold the address: only code and status are taken. */
export function failureOf(error: unknown): GeoWebServiceError {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : undefined;
  return new GeoWebServiceError(codeOf(error), typeof status === 'number' ? status : undefined);
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' && /^[A-Z_]{1,60}$/.test(code) ? code : 'UNKNOWN';
}
