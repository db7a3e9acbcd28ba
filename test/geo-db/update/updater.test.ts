import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextCheckMs } from '../../../geo-db/update/plan.ts';
import { maxmindSources, urlSource } from '../../../geo-db/update/source.ts';
import { DownloadServer, sha256 } from './download-server.ts';
import { archive, builtS, database, day, type Setup, secret, setUp } from './setup.ts';
import { tar } from './tar-writer.ts';

let at: Setup;
beforeEach(async () => {
  at = await setUp();
});
afterEach(() => at.close());

const hourMs = 3_600_000;
const updated = [{ name: 'GeoLite2-City', outcome: 'updated', buildDate: new Date(builtS * 1000) }];

describe("an edition of MaxMind's", () => {
  it('is downloaded with account and key, verified, and put in its place', async () => {
    at.server.offerEdition('GeoLite2-City', { content: archive(database('DE')) });
    const updater = at.edition();
    expect(await at.run(updater)).toEqual(updated);
    expect(await at.country()).toBe('DE');
    expect(at.files()).toEqual(['GeoLite2-City.json', 'GeoLite2-City.mmdb']);
    expect(at.server.seen.map(({ path }) => path)).toEqual([
      '/geoip/databases/GeoLite2-City/download?suffix=tar.gz',
      '/geoip/databases/GeoLite2-City/download?suffix=tar.gz.sha256',
    ]);
    const authorization = `Basic ${Buffer.from(`42:${secret}`).toString('base64')}`;
    for (const { headers } of at.server.seen) expect(headers.authorization).toBe(authorization);
    expect(await updater.status()).toMatchObject([
      {
        name: 'GeoLite2-City',
        installed: true,
        failures: 0,
        updatedAtMs: at.clock.nowMs,
        problem: undefined,
      },
    ]);
  });

  it('does not take the key along to another server', async () => {
    const storage = await DownloadServer.start();
    try {
      const content = archive(database('DE'));
      storage.offers.set('/signed?x=1', { content });
      at.server.offerEdition('GeoLite2-City', { content });
      const path = '/geoip/databases/GeoLite2-City/download?suffix=tar.gz';
      at.server.offers.set(path, { content, redirect: `${storage.origin}/signed?x=1` });
      expect(await at.run(at.edition())).toEqual(updated);
      expect(storage.seen).toHaveLength(1);
      expect(storage.seen[0]?.headers.authorization).toBeUndefined();
    } finally {
      await storage.stop();
    }
  });

  it('is asked for twice a day, and answered that it is still the same', async () => {
    const offer = {
      content: archive(database('DE')),
      etag: '"1"',
      lastModified: 'Fri, 20 Nov 2026 10:00:00 GMT',
    };
    at.server.offerEdition('GeoLite2-City', offer);
    const updater = at.edition();
    await at.run(updater);
    expect(await at.run(updater)).toEqual([]);
    at.clock.nowMs += 11 * hourMs;
    expect(await at.run(updater)).toEqual([]);
    at.clock.nowMs += 2 * hourMs;
    expect(await at.run(updater)).toEqual([{ name: 'GeoLite2-City', outcome: 'unchanged' }]);
    expect(at.server.downloads().map(({ status }) => status)).toEqual([200, 304]);
    const { headers } = at.server.downloads()[1]!;
    expect(headers['if-none-match']).toBe('"1"');
    expect(headers['if-modified-since']).toBe(offer.lastModified);
  });

  it('is asked for at once on demand, and as a whole by force or when the file is gone', async () => {
    at.server.offerEdition('GeoLite2-City', { content: archive(database('DE')), etag: '"1"' });
    const updater = at.edition();
    await at.run(updater);
    expect(await at.run(updater, { force: false })).toMatchObject([{ outcome: 'unchanged' }]);
    expect(await at.run(updater, { force: true })).toEqual(updated);
    expect(await at.run(updater)).toEqual([]);
    writeFileSync(join(at.folder, 'GeoLite2-City.mmdb'), 'overwritten');
    expect(await at.run(updater, { force: true })).toEqual(updated);
    expect(await at.country()).toBe('DE');
  });

  it('replaces an older build, never a newer one, unless by force', async () => {
    const offer = (country: string, days: number, etag: string) =>
      at.server.offerEdition('GeoLite2-City', {
        content: archive(database(country, builtS + days * day)),
        etag,
      });
    const updater = at.edition();
    offer('DE', 0, '"1"');
    await at.run(updater);
    offer('FR', 3, '"2"');
    expect(await at.run(updater, { force: false })).toMatchObject([{ outcome: 'updated' }]);
    offer('AT', -1, '"3"');
    expect(await at.run(updater, { force: false })).toEqual([
      {
        name: 'GeoLite2-City',
        outcome: 'failed',
        problem: 'older',
        reason: 'The file offered was built on 2026-09-20, the one in use on 2026-09-24.',
      },
    ]);
    expect(await at.country()).toBe('FR');
    // The same file is not downloaded a second time only to be refused again.
    expect(await at.run(updater, { force: false })).toMatchObject([{ outcome: 'unchanged' }]);
    expect(await updater.status()).toMatchObject([{ failures: 0, problem: { kind: 'older' } }]);
    expect(await at.run(updater, { force: true })).toMatchObject([{ outcome: 'updated' }]);
    expect(await at.country()).toBe('AT');
  });

  it('does not keep another one from its turn when it fails', async () => {
    const editions = ['GeoIP2-City', 'GeoLite2-ASN'];
    const sources = maxmindSources({
      accountId: '42',
      licenseKey: secret,
      editions,
      origin: at.server.origin,
    });
    at.server.offerEdition('GeoLite2-ASN', { content: archive(database('DE')) });
    const updater = at.updater(sources);
    expect(await at.run(updater)).toMatchObject([
      { name: 'GeoIP2-City', outcome: 'failed', problem: 'refused', reason: 'The server answers HTTP 404.' },
      { name: 'GeoLite2-ASN', outcome: 'updated' },
    ]);
    expect(await at.run(updater)).toEqual([]);
    at.clock.nowMs += 11 * 60_000;
    expect(await at.run(updater)).toMatchObject([{ name: 'GeoIP2-City' }]);
    expect(await updater.status()).toMatchObject([{ failures: 2 }, { failures: 0 }]);
  });
});

describe('a URL', () => {
  it.each([
    ['/city.mmdb', (content: Buffer) => content],
    ['/city.mmdb.gz', (content: Buffer) => gzipSync(content)],
    ['/city.tar.gz', (content: Buffer) => archive(content)],
    ['/city.tar', (content: Buffer) => tar([{ name: 'x/city.mmdb', content }])],
    ['/download?id=7', (content: Buffer) => archive(content)],
  ] as const)('gives a database as %s', async (path, pack) => {
    at.server.offers.set(path, { content: pack(database('DE')) });
    expect(await at.run(at.url(path))).toMatchObject([{ name: 'from-url', outcome: 'updated' }]);
    expect(await at.country('from-url')).toBe('DE');
  });

  it('is verified where there is a checksum beside it', async () => {
    const content = database('DE');
    at.server.offers.set('/city.mmdb', { content });
    at.server.offers.set('/city.mmdb.sha256', { content: Buffer.from(sha256(content)) });
    expect(await at.run(at.url('/city.mmdb'))).toMatchObject([{ outcome: 'updated' }]);
    at.server.offers.set('/city.mmdb.sha256', { content: Buffer.from(`${'0'.repeat(64)}  city.mmdb`) });
    expect(await at.run(at.url('/city.mmdb'), { force: false })).toMatchObject([{ problem: 'checksum' }]);
    at.server.offers.set('/city.mmdb.sha256', { content: Buffer.from('<html>not here</html>') });
    expect(await at.run(at.url('/city.mmdb'), { force: false })).toMatchObject([{ outcome: 'updated' }]);
  });

  it('may be changed to another database, older or not', async () => {
    at.server.offers.set('/a.mmdb', { content: database('DE') });
    at.server.offers.set('/b.mmdb', { content: database('FR', builtS - 300 * day) });
    await at.run(at.url('/a.mmdb'));
    expect(await at.run(at.url('/b.mmdb'))).toMatchObject([{ outcome: 'updated' }]);
    expect(await at.country('from-url')).toBe('FR');
  });

  it('sends its user and password, and shows neither these nor its query anywhere', async () => {
    at.server.offers.set(`/city.mmdb?key=${secret}`, { content: Buffer.from('<html>'), etag: '"1"' });
    const url = `http://joe:${secret}@127.0.0.1:${at.server.port}/city.mmdb?key=${secret}`;
    const updater = at.updater([urlSource(url)]);
    const outcomes = await at.run(updater);
    const authorization = `Basic ${Buffer.from(`joe:${secret}`).toString('base64')}`;
    expect(at.server.seen[0]?.headers.authorization).toBe(authorization);
    const status = await updater.status();
    expect(status[0]?.url).toBe(`http://127.0.0.1:${at.server.port}/city.mmdb?…`);
    const kept = at.files().map((name) => readFileSync(join(at.folder, name), 'utf8'));
    expect(JSON.stringify([outcomes, status, kept])).not.toContain(secret);
  });
});

describe('the plan', () => {
  const state = (failures: number) => ({ checkedAtMs: 1000 * hourMs, failures });

  it('asks at once where there is nothing, twice a day otherwise, spread over an hour', () => {
    expect(nextCheckMs(undefined, false, 'a')).toBe(0);
    expect(nextCheckMs(undefined, true, 'a')).toBe(0);
    expect(nextCheckMs(state(0), false, 'a')).toBe(0);
    const waits = ['a', 'b', 'c', 'd'].map((machine) => nextCheckMs(state(0), true, machine) - 1000 * hourMs);
    for (const wait of waits) {
      expect(wait).toBeGreaterThanOrEqual(12 * hourMs);
      expect(wait).toBeLessThan(13 * hourMs);
    }
    expect(new Set(waits).size).toBe(4);
  });

  it('waits longer after each failure, and twelve hours at the most', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 50].map(
      (failures) => (nextCheckMs(state(failures), failures % 2 === 0, 'a') - 1000 * hourMs) / 60_000,
    );
    expect(waits).toEqual([10, 20, 40, 80, 160, 320, 640, 720, 720]);
  });
});
