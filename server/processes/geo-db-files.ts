import { join } from 'node:path';
import type { Logger } from 'pino';
import {
  createGeoWebService,
  type DownloadSource,
  defaultGeoDbFiles,
  type GeoDbOptions,
  GeoDbUpdater,
  type GeoWebService,
  maxmindSources,
  maxmindWebClient,
  mmdbFilesIn,
  urlSource,
} from '../../geo-db/index.ts';
import type { Settings } from '../settings/index.ts';

const webServiceTimeoutMs = 3000;

/** Where downloaded location databases are kept. */
const downloadFolder = ({ DATA_DIR }: Settings) => join(DATA_DIR, 'geo');

const listed = (text: string) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/**
 * The files of the setting GEO_DB; without it those downloaded, and as long as none of these tells of places, those
 * installed with the packages.
 */
export function geoDbSources(settings: Settings): Pick<GeoDbOptions, 'files' | 'fallback'> {
  const { GEO_DB: files } = settings;
  if (files !== undefined) return { files: files === 'none' ? [] : listed(files) };
  const first = downloadSources(settings).map(({ name }) => name);
  return { files: () => mmdbFilesIn(downloadFolder(settings), first), fallback: defaultGeoDbFiles() };
}

/** Keeps the downloads of this machine's data directory up to date. */
export function geoDbUpdater(settings: Settings): GeoDbUpdater {
  return new GeoDbUpdater({ folder: downloadFolder(settings), sources: downloadSources(settings) });
}

function downloadSources(settings: Settings): readonly DownloadSource[] {
  if (settings.GEO_DB !== undefined) return [];
  const { MAXMIND_ACCOUNT_ID: accountId, MAXMIND_LICENSE_KEY: licenseKey, GEO_DB_URL: url } = settings;
  const { MAXMIND_EDITIONS: editions, MAXMIND_DOWNLOAD_URL: origin } = settings;
  const account =
    accountId === undefined || licenseKey === undefined || editions === 'none'
      ? []
      : maxmindSources({ accountId, licenseKey, editions: listed(editions), origin });
  return [...account, ...(url === undefined ? [] : [urlSource(url)])];
}

/** Undefined where it is off. Cache and limits are this process's own. */
export function geoWebService(settings: Settings, logger: Logger): GeoWebService | undefined {
  const { MAXMIND_ACCOUNT_ID: accountId, MAXMIND_LICENSE_KEY: licenseKey } = settings;
  if (settings.GEO_WEB_SERVICE === 'off' || accountId === undefined || licenseKey === undefined)
    return undefined;
  const host = settings.GEO_WEB_SERVICE_HOST;
  return createGeoWebService({
    client: maxmindWebClient({ accountId, licenseKey, host, timeoutMs: webServiceTimeoutMs }),
    onState: (problem) => {
      if (problem === undefined) logger.info({ host }, 'the location web service answers again');
      else logger.error({ host, reason: problem.message }, 'the location web service fails; it is paused');
    },
  });
}
