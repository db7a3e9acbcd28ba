import { basename } from 'node:path';
import { z } from 'zod';
import { type GeoDbFileInfo, type PartialLocation, regionName } from '../../geo-db/index.ts';

/** A location as the API shows it: what is not known is left out. */
export const shownLocation = z
  .object({
    continent: z.string().meta({ description: 'AF AN AS EU NA OC SA', example: 'EU' }),
    country: z.string().meta({ description: 'ISO 3166-1 alpha-2.', example: 'DE' }),
    isEu: z.boolean().meta({ description: 'Whether the law of the European Union holds there.' }),
    region: z.string().meta({ description: 'ISO 3166-2.', example: 'DE-BY' }),
    regionName: z.string().meta({ example: 'Bavaria' }),
    city: z.string().meta({ description: 'English name.', example: 'Munich' }),
    postalCode: z.string(),
    latitude: z.number().meta({ description: 'Degrees, WGS 84, to 11 m.' }),
    longitude: z.number(),
    accuracyRadiusKm: z.number(),
    timeZone: z.string().meta({ example: 'Europe/Berlin' }),
    asn: z.number().meta({ description: 'Autonomous system number.', example: 12816 }),
    asOrganization: z.string(),
    connectionType: z.enum(['cable_dsl', 'cellular', 'corporate', 'dialup', 'satellite']),
    isp: z.string(),
    organization: z.string(),
    anonymous: z.object({
      vpn: z.boolean(),
      hosting: z.boolean(),
      publicProxy: z.boolean(),
      residentialProxy: z.boolean(),
      tor: z.boolean(),
    }),
  })
  .partial()
  .meta({ id: 'Location' });

export type ShownLocation = z.input<typeof shownLocation>;

/** Coordinates to 11 m, which is finer than any of them is known: what follows is noise of 32-bit numbers. */
export function showLocation(says: PartialLocation): ShownLocation {
  const { region, latitude, longitude } = says;
  const name = region === undefined ? undefined : regionName(region);
  return {
    ...says,
    ...(name === undefined ? {} : { regionName: name }),
    ...(latitude === undefined ? {} : { latitude: Number(latitude.toFixed(4)) }),
    ...(longitude === undefined ? {} : { longitude: Number(longitude.toFixed(4)) }),
  };
}

export const shownFile = z
  .object({
    file: z.string().meta({ example: 'GeoLite2-City.mmdb' }),
    databaseType: z.string().meta({ description: "The file's own type name.", example: 'GeoLite2-City' }),
    builtAt: z.string(),
  })
  .meta({ id: 'LocationFile' });

/** The file's name alone: where it lies on the server is nobody's business. */
export function showFile({ file, databaseType, buildDate }: GeoDbFileInfo): z.input<typeof shownFile> {
  return { file: basename(file), databaseType, builtAt: buildDate.toISOString() };
}

export const shownCredit = z
  .object({ text: z.string(), url: z.string() })
  .meta({ id: 'LocationCredit', description: 'To be shown, with its link, beside the data.' });
