import type { Logger } from 'pino';
import { type GeoDb, openGeoDb } from '../../geo-db/index.ts';
import type { Settings } from '../settings/index.ts';
import { geoDbSources } from './geo-db-files.ts';

const geoDbIdleMs = 60_000;

/**
 * Location databases take 140 MB: they are opened when they are asked for, looked at again each time, and let go when
 * nobody asks any more.
 */
export function lazyGeoDb(settings: Settings, logger: Logger): () => Promise<GeoDb> {
  let opened: Promise<GeoDb> | undefined;
  let timer: NodeJS.Timeout | undefined;
  return async () => {
    opened ??= openGeoDb({
      ...geoDbSources(settings),
      tolerant: true,
      onReload: ({ file, error }) =>
        error && logger.error({ file, reason: error.message }, 'location database refused'),
    });
    clearTimeout(timer);
    timer = setTimeout(() => {
      opened = undefined;
    }, geoDbIdleMs).unref();
    const geo = await opened;
    await geo.reload();
    return geo;
  };
}
