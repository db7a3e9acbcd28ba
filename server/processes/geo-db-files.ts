import { defaultGeoDbFiles } from '../../geo-db/index.ts';
import type { Settings } from '../settings/index.ts';

/** The files of the setting GEO_DB, or those installed with the packages. */
export function geoDbFiles(settings: Settings): readonly string[] {
  if (settings.GEO_DB === undefined) return defaultGeoDbFiles();
  return settings.GEO_DB.split(',')
    .map((file) => file.trim())
    .filter((file) => file !== '');
}
