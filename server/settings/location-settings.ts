import { z } from 'zod';
import { optionalText, optionalUrl } from './fields.ts';

const edition = /^(?!.*-CSV$)[A-Za-z0-9]+(?:-[A-Za-z0-9]+)*$/;
const host = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\d{1,5})?$/;

/** Where location databases come from. */
export const locationSettings = {
  GEO_DB: optionalText.describe(
    'Location database files (.mmdb), comma-separated, or "none". Default: what was downloaded into DATA_DIR/geo, else DB-IP City Lite, which is installed with the packages. With this set, nothing is downloaded.',
  ),
  GEO_DB_URL: optionalUrl(['http:', 'https:']).describe(
    'Location database to download twice a day if it changed: .mmdb, .mmdb.gz or .tar.gz, with user and password in the URL where needed.',
  ),
  MAXMIND_ACCOUNT_ID: optionalText
    .refine((value) => value === undefined || /^\d{1,12}$/.test(value), { error: 'must be a number' })
    .describe(
      "Number of your MaxMind account. With it and the license key, MaxMind's databases are downloaded twice a day if they changed.",
    ),
  MAXMIND_LICENSE_KEY: optionalText.describe('License key of your MaxMind account.'),
  MAXMIND_EDITIONS: z
    .string()
    .refine((value) => value === 'none' || value.split(',').every((name) => edition.test(name.trim())), {
      error: 'must be "none" or ids of .mmdb editions, like GeoIP2-City, separated by commas',
    })
    .default('GeoLite2-City,GeoLite2-ASN')
    .describe("MaxMind's editions to download, comma-separated, the one to believe first in front; or none."),
  MAXMIND_DOWNLOAD_URL: z
    .url({ protocol: /^https?$/ })
    .transform((value) => value.replace(/\/+$/, ''))
    .default('https://download.maxmind.com')
    .describe("Where MaxMind's editions are downloaded from: MaxMind, or a mirror of yours."),
  GEO_WEB_SERVICE: z
    .enum(['on', 'off'])
    .default('off')
    .describe(
      "Whether addresses whose country no file tells are asked of MaxMind's web service, with your account: visitors' addresses then go to MaxMind, and each answer costs. No ad waits for it.",
    ),
  GEO_WEB_SERVICE_HOST: z
    .string()
    .refine((value) => host.test(value), { error: 'must be a host name' })
    .default('geoip.maxmind.com')
    .describe('Host of the web service; geolite.info is the one that is free.'),
};

/** What one setting needs of another. */
export function checkLocationSettings(
  settings: {
    readonly MAXMIND_ACCOUNT_ID: string | undefined;
    readonly MAXMIND_LICENSE_KEY: string | undefined;
    readonly GEO_WEB_SERVICE: string;
  },
  context: z.RefinementCtx,
): void {
  const { MAXMIND_ACCOUNT_ID: id, MAXMIND_LICENSE_KEY: key, GEO_WEB_SERVICE: service } = settings;
  const why = service === 'on' ? 'GEO_WEB_SERVICE=on' : id === undefined ? 'the key' : 'the account';
  if (service === 'off' && (id === undefined) === (key === undefined)) return;
  const needed = { MAXMIND_ACCOUNT_ID: id, MAXMIND_LICENSE_KEY: key };
  for (const [name, value] of Object.entries(needed)) {
    if (value === undefined)
      context.addIssue({ code: 'custom', path: [name], message: `is needed with ${why}` });
  }
}
