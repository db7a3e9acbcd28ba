import { basename } from 'node:path';
import { z } from 'zod';
import {
  creditsOf,
  type GeoDb,
  GeoDbError,
  type GeoWebService,
  GeoWebServiceError,
  type Location,
  type PartialLocation,
  parseAddress,
} from '../../geo-db/index.ts';
import { defineRoute, type Route, reply } from '../api/index.ts';
import { AppError } from '../errors.ts';
import { showFile, showLocation, shownCredit, shownFile, shownLocation } from './shown-location.ts';

const answer = z
  .object({
    address: z.string(),
    scope: z
      .enum(['public', 'private', 'loopback', 'link_local', 'reserved'])
      .meta({ description: 'What the address is for (RFC 6890). Only a public one has a location.' }),
    location: shownLocation,
    from: z.record(z.string(), z.string()).meta({
      description: 'The file that each field is from; "country" where it follows from the country.',
      example: { country: 'GeoLite2-City.mmdb', asn: 'GeoLite2-ASN.mmdb' },
    }),
    files: z
      .array(shownFile.extend({ says: shownLocation }).meta({ id: 'LocationFileAnswer' }))
      .meta({ description: 'What each file says that has the address, the one to believe first in front.' }),
    webService: z
      .union([
        z.object({ location: shownLocation }),
        z.object({ error: z.string().meta({ example: 'AUTHORIZATION_INVALID' }) }),
      ])
      .nullable()
      .meta({ description: "What MaxMind's web service says; null where it is off." }),
    credits: z.array(shownCredit),
  })
  .meta({ id: 'LocatedAddress' });

/** What is known of an address, for people who ask why an ad was or was not shown somewhere. */
export function lookUpRoute(geo: () => Promise<GeoDb>, webService: GeoWebService | undefined): Route {
  return defineRoute({
    tag: 'Locations',
    access: { area: 'operations', roles: { admin: 'all', adops: 'all' } },
    method: 'get',
    path: '/locations/{address}',
    operationId: 'locateAddress',
    summary: 'Where an address is',
    description: 'What the location databases say, file by file, beside what the web service says.',
    params: z.object({ address: z.string().max(64).meta({ example: '131.159.0.1' }) }),
    errors: ['invalid_input', 'geo_db_unusable'],
    answer: { status: 200, description: 'What is known of the address.', schema: answer },
    async handle({ params }) {
      const address = parseAddress(params.address);
      if (address === undefined) throw notAnAddress();
      const { scope, location, from, files, ...found } = (await opened(geo)).explain(address);
      const asked = webService === undefined ? null : await webAnswer(webService.ask(address));
      return reply.value(
        {
          address: found.address,
          scope,
          location: showLocation(said(location)),
          from: Object.fromEntries(Object.entries(from).map(([field, file]) => [field, basename(file)])),
          files: files.map(({ info, says }) => ({ ...showFile(info), says: showLocation(says) })),
          webService: asked,
          credits: [...creditsOf(files.map(({ info }) => info))],
        },
        { 'Cache-Control': 'no-store' },
      );
    },
  });
}

/** @throws AppError `geo_db_unusable` */
export async function opened(geo: () => Promise<GeoDb>): Promise<GeoDb> {
  try {
    return await geo();
  } catch (error) {
    if (error instanceof GeoDbError) throw new AppError('geo_db_unusable', error.message, { cause: error });
    throw error;
  }
}

/** What is no address is not repeated: it may be one with a slip in it. */
function notAnAddress(): AppError {
  const fields = [{ path: '/address', message: 'must be an IPv4 or IPv6 address' }];
  return new AppError('invalid_input', 'This is not an IP address.', { fields });
}

function said({ serial: _serial, ...fields }: Location): PartialLocation {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

async function webAnswer(asked: Promise<PartialLocation>): Promise<z.input<typeof answer>['webService']> {
  try {
    return { location: showLocation(await asked) };
  } catch (error) {
    if (error instanceof GeoWebServiceError) return { error: error.code };
    throw error;
  }
}
