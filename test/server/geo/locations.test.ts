import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { City } from '@maxmind/geoip2-node';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createGeoWebService,
  type GeoDb,
  GeoDbUpdater,
  type GeoWebClient,
  openGeoDb,
} from '../../../geo-db/index.ts';
import { Scheduler } from '../../../jobs/index.ts';
import { locationDatabaseJob } from '../../../jobs/location-database.ts';
import { locationRoutes } from '../../../server/geo/index.ts';
import { archive, builtS, database, day, type Setup, secret, setUp } from '../../geo-db/update/setup.ts';
import { mmdb } from '../../support/mmdb-writer.ts';
import { type Harness, startApi } from '../api/harness.ts';

let at: Setup;
let api: Harness;
let geo: GeoDb;
let answer: GeoWebClient['city'] = async () => {
  throw { code: 'OUT_OF_QUERIES', error: 'x', status: 402, url: 'x' };
};
beforeAll(async () => {
  at = await setUp();
  at.server.offerEdition('GeoLite2-City', { content: archive(database('DE')), etag: '"1"' });
  const updater = at.edition();
  await at.run(updater);
  const asnFile = join(at.folder, 'asn.mmdb');
  const networks = { '9.0.0.0/8': { autonomous_system_number: 64500, autonomous_system_organization: 'A' } };
  const buildEpochS = builtS - 61 * day;
  writeFileSync(asnFile, mmdb({ type: 'GeoLite2-ASN', recordSize: 24, ipVersion: 6, buildEpochS, networks }));
  geo = await openGeoDb({ files: [join(at.folder, 'GeoLite2-City.mmdb'), asnFile] });
  const scheduler = new Scheduler({
    jobs: [locationDatabaseJob(updater)],
    store: { keep: async () => undefined },
    logger: pino({ level: 'silent' }),
    now: () => at.clock.nowMs,
  });
  const webService = createGeoWebService({ client: { city: (address) => answer(address) } });
  const parts = { updater, jobs: scheduler, now: () => at.clock.nowMs };
  api = await startApi(locationRoutes({ ...parts, geo: async () => geo, webService }));
});
afterAll(async () => {
  await api.close();
  await at.close();
});

describe('looking up an address', () => {
  it('answers field by field with the file, beside the web service', async () => {
    const found = await api.call('GET', '/locations/9.1.1.1');
    expect(found.status).toBe(200);
    expect(found.headers.get('cache-control')).toBe('no-store');
    expect(found.body).toEqual({
      address: '9.1.1.1',
      scope: 'public',
      location: { continent: 'EU', country: 'DE', isEu: true, asn: 64500, asOrganization: 'A' },
      from: {
        ...{ country: 'GeoLite2-City.mmdb', continent: 'country', isEu: 'country' },
        ...{ asn: 'asn.mmdb', asOrganization: 'asn.mmdb' },
      },
      files: [
        {
          ...{ file: 'GeoLite2-City.mmdb', databaseType: 'GeoLite2-City' },
          ...{ builtAt: '2026-09-21T14:13:20.000Z', says: { country: 'DE' } },
        },
        {
          ...{ file: 'asn.mmdb', databaseType: 'GeoLite2-ASN', builtAt: '2026-07-22T14:13:20.000Z' },
          says: { asn: 64500, asOrganization: 'A' },
        },
      ],
      webService: { error: 'OUT_OF_QUERIES' },
      credits: [{ text: expect.stringContaining('MaxMind'), url: 'https://www.maxmind.com' }],
    });
    expect(api.log.join()).not.toContain('9.1.1.1');
  });

  it('knows of IPv6, of addresses that nobody has, and of those that no file has', async () => {
    expect((await api.call('GET', '/locations/2001:db8::1')).body).toMatchObject({
      ...{ address: '2001:db8::1', scope: 'reserved', location: {}, from: {}, files: [] },
      webService: { location: {} },
    });
    expect((await api.call('GET', '/locations/8.8.8.8')).body).toMatchObject({
      scope: 'public',
      location: {},
    });
  });

  it.each(['example.com', '300.1.1.1', '1.2.3', '%20', '9.1.1.1:80'])('refuses %s', async (text) => {
    const refused = await api.call('GET', `/locations/${text}`);
    expect(refused).toMatchObject({ status: 422, body: { code: 'invalid_input' } });
  });

  it('wants a key', async () => {
    const headers = { Authorization: 'Bearer sp_wrong' };
    for (const path of ['/locations/9.1.1.1', '/location-database'])
      expect((await api.call('GET', path, undefined, { headers })).status).toBe(401);
    const update = await api.call('POST', '/location-database/update', undefined, { headers });
    expect(update.status).toBe(401);
  });
});

describe('the state of the location databases', () => {
  it('tells files, age, refusals and downloads', async () => {
    const { status, body } = await api.call('GET', '/location-database');
    expect(status).toBe(200);
    expect(body).toMatchObject({
      files: [
        { file: 'GeoLite2-City.mmdb', ipVersion: 6, ageDays: 1 },
        { file: 'asn.mmdb', ageDays: 62 },
      ],
      ...{ builtAt: '2026-07-22T14:13:20.000Z', ageDays: 62, old: true, refused: 0, problems: [] },
      downloads: [
        {
          ...{ name: 'GeoLite2-City', installed: true, failures: 0, problem: null },
          checkedAt: new Date(at.clock.nowMs).toISOString(),
        },
      ],
      webService: { problem: expect.stringContaining('OUT_OF_QUERIES') },
    });
    expect(JSON.stringify(body)).not.toContain(secret);
    expect(JSON.stringify(body)).not.toContain(at.folder);
  });

  it('is brought up to date on demand, also by force', async () => {
    const update = (query = '') => api.call('POST', `/location-database/update${query}`);
    expect((await update()).body).toMatchObject({
      ...{ outcome: 'succeeded', error: null, downloads: [{ failures: 0 }] },
    });
    expect(at.server.downloads().at(-1)?.status).toBe(304);
    await update('?force=true');
    expect(at.server.downloads().at(-1)?.status).toBe(200);
    at.server.offers.clear();
    expect((await update()).body).toMatchObject({
      outcome: 'failed',
      error: 'GeoLite2-City: The server answers HTTP 404.',
      downloads: [{ failures: 1, problem: { kind: 'refused' } }],
    });
    expect((await update('?force=perhaps')).status).toBe(422);
  });

  it('cannot be brought up to date where nothing says from where', async () => {
    const updater = new GeoDbUpdater({ folder: at.folder, sources: [] });
    const jobs = { runNow: () => undefined };
    const parts = { updater, jobs, now: Date.now, webService: undefined };
    const other = await startApi(locationRoutes({ ...parts, geo: async () => geo }));
    try {
      const refused = await other.call('POST', '/location-database/update');
      expect(refused).toMatchObject({ status: 409, body: { code: 'conflict' } });
      expect((await other.call('GET', '/location-database')).body).toMatchObject({ webService: null });
      expect((await other.call('GET', '/locations/9.1.1.1')).body).toMatchObject({ webService: null });
      const paths = (await other.call('GET', '/openapi.json')).body.paths;
      expect(Object.keys(paths ?? {})).toEqual(
        expect.arrayContaining(['/locations/{address}', '/location-database', '/location-database/update']),
      );
    } finally {
      await other.close();
    }
  });

  it('answers with the web service too, when it answers', async () => {
    answer = async () => new City({ country: { iso_code: 'AT' } } as ConstructorParameters<typeof City>[0]);
    const webService = createGeoWebService({ client: { city: answer } });
    const parts = { updater: at.updater([]), jobs: { runNow: () => undefined }, now: Date.now };
    const other = await startApi(locationRoutes({ ...parts, geo: async () => geo, webService }));
    try {
      expect((await other.call('GET', '/locations/9.1.1.1')).body).toMatchObject({
        location: { country: 'DE' },
        webService: { location: { country: 'AT' } },
      });
    } finally {
      await other.close();
    }
  });
});
