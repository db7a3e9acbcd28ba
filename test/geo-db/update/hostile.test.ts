import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Offer } from './download-server.ts';
import { archive, database, type Setup, secret, setUp } from './setup.ts';
import { type TarEntry, tar } from './tar-writer.ts';

let at: Setup;
beforeEach(async () => {
  at = await setUp();
  at.server.offers.set('/good.mmdb', { content: database('TW') });
  at.server.offerEdition('GeoLite2-City', { content: archive(database('TW')), etag: '"good"' });
  await at.run(at.edition());
});
afterEach(() => at.close());

const good = database('DE');
const path = '/geoip/databases/GeoLite2-City/download?suffix=tar.gz';
const packed = (...entries: TarEntry[]) => gzipSync(tar(entries));
const html = Buffer.from(`<!doctype html><title>Sign in</title>${'<p>Please sign in.</p>'.repeat(100)}`);

describe('a download that is not what it should be', () => {
  it.each<[string, Uint8Array, string, RegExp]>([
    ['a web page', html, 'unusable', /text or a web page/],
    ['a web page, packed', gzipSync(html), 'unusable', /text or a web page/],
    ['nothing', Buffer.alloc(0), 'unusable', /not a usable MaxMind DB file/],
    ['zeros', Buffer.alloc(100_000), 'unusable', /not a usable MaxMind DB file/],
    ['half a database', gzipSync(good.subarray(0, good.length / 2)), 'unusable', /not a usable/],
    ['half an archive', archive(good).subarray(0, 200), 'unusable', /cannot be unpacked/],
    ['an archive without a database', packed({ name: 'README' }), 'unusable', /holds no \.mmdb/],
    [
      'an archive with a link for a database',
      packed({ name: 'a.mmdb', type: '2', linkTo: '/etc/passwd' }),
      'unusable',
      /holds no/,
    ],
    [
      'an archive with a folder for a database',
      packed({ name: 'a.mmdb/', type: '5' }),
      'unusable',
      /holds no/,
    ],
    [
      'an archive with two databases',
      packed({ name: 'a.mmdb', content: good }, { name: 'b.mmdb', content: good }),
      'unusable',
      /more than one/,
    ],
    [
      'an archive with a wrong sum',
      packed({ name: 'a.mmdb', content: good, brokenSum: true }),
      'unusable',
      /damaged header/,
    ],
    [
      'an archive that promises more',
      gzipSync(tar([{ name: 'a.mmdb', content: good, size: 1e7 }])),
      'unusable',
      /cut short/,
    ],
    [
      'an archive with a page for a database',
      packed({ name: 'a.mmdb', content: html }),
      'unusable',
      /not a usable/,
    ],
    [
      'an archive in an archive',
      packed({ name: 'a.mmdb', content: archive(good) }),
      'unusable',
      /not a usable/,
    ],
  ])('is refused: %s', async (_what, content, problem, reason) => {
    at.server.offerEdition('GeoLite2-City', { content });
    const updater = at.edition();
    const outcomes = await at.run(updater, { force: false });
    expect(outcomes).toEqual([
      { name: 'GeoLite2-City', outcome: 'failed', problem, reason: expect.stringMatching(reason) },
    ]);
    expect(await at.country()).toBe('TW');
    expect(at.files()).toEqual(['GeoLite2-City.json', 'GeoLite2-City.mmdb']);
    expect(await updater.status()).toMatchObject([{ failures: 1, problem: { kind: problem } }]);
    at.server.offerEdition('GeoLite2-City', { content: archive(good), etag: '"next"' });
    expect(await at.run(updater, { force: false })).toMatchObject([{ outcome: 'updated' }]);
    expect(await at.country()).toBe('DE');
  });

  it('writes nothing outside of its folder, whatever names an archive holds', async () => {
    const content = packed(
      { name: '../../escaped.txt', content: html },
      { name: '/tmp/signpost-escaped.txt', content: html },
      { name: 'link', type: '2', linkTo: '../..' },
      { name: '../../../evil/../x.mmdb', content: good },
    );
    at.server.offerEdition('GeoLite2-City', { content });
    expect(await at.run(at.edition(), { force: false })).toMatchObject([{ outcome: 'updated' }]);
    expect(await at.country()).toBe('DE');
    expect(at.files()).toEqual(['GeoLite2-City.json', 'GeoLite2-City.mmdb']);
    for (const escaped of ['../escaped.txt', '../../escaped.txt', '../x.mmdb', '/tmp/signpost-escaped.txt'])
      expect(existsSync(escaped.startsWith('/') ? escaped : join(at.folder, escaped))).toBe(false);
  });

  it('is refused with a wrong checksum, a broken one or none', async () => {
    const content = archive(good);
    const tries = async (change: () => void) => {
      at.server.offerEdition('GeoLite2-City', { content });
      change();
      const [outcome] = await at.run(at.edition({ attempts: 2 }), { force: false });
      expect(await at.country()).toBe('TW');
      return outcome?.problem;
    };
    const sum = `${path}.sha256`;
    const downloadsBefore = at.server.downloads().length;
    expect(await tries(() => at.server.offers.set(sum, { content: Buffer.from('0'.repeat(64)) }))).toBe(
      'checksum',
    );
    // It may have been replaced between the two requests: once more, from the beginning.
    expect(
      at.server
        .downloads()
        .slice(downloadsBefore)
        .map(({ headers }) => headers.range),
    ).toEqual([...[undefined, undefined]]);
    expect(await tries(() => at.server.offers.set(sum, { content: html }))).toBe('checksum');
    expect(await tries(() => at.server.offers.delete(sum))).toBe('refused');
  });

  it.each<[string, Partial<Offer>]>([
    ['says so', {}],
    ['does not say so', { chunked: true }],
  ])('is refused where it is huge and %s', async (_what, how) => {
    at.server.offerEdition('GeoLite2-City', { content: Buffer.alloc(300_000), ...how });
    const updater = at.edition({ maxBytes: 200_000 });
    expect(await at.run(updater, { force: false })).toMatchObject([{ problem: 'too_large' }]);
    expect(at.files()).toEqual(['GeoLite2-City.json', 'GeoLite2-City.mmdb']);
  });

  it.each([
    ['a file', gzipSync(Buffer.alloc(5_000_000))],
    [
      'an archive',
      packed({ name: 'filler', content: Buffer.alloc(5_000_000) }, { name: 'a.mmdb', content: good }),
    ],
  ])('is refused where %s unpacks to too much', async (_what, content) => {
    expect(content.length).toBeLessThan(10_000);
    at.server.offerEdition('GeoLite2-City', { content });
    const updater = at.edition({ maxBytes: 1_000_000 });
    expect(await at.run(updater, { force: false })).toMatchObject([{ problem: 'too_large' }]);
    expect(await at.country()).toBe('TW');
  });

  it.each([
    [401, 'refused', /refuses account and key/],
    [403, 'refused', /refuses account and key/],
    [404, 'refused', /HTTP 404/],
    [429, 'unreachable', /HTTP 429/],
    [500, 'unreachable', /HTTP 500/],
    [204, 'refused', /HTTP 204/],
  ] as const)('is refused with HTTP %i, without a word of the key', async (status, problem, reason) => {
    at.server.offers.set(path, { content: html, status });
    const outcomes = await at.run(at.edition(), { force: false });
    expect(outcomes).toMatchObject([{ problem, reason: expect.stringMatching(reason) }]);
    expect(JSON.stringify(outcomes)).not.toContain(secret);
    expect(await at.country()).toBe('TW');
  });

  it('is refused where the server cannot be reached', async () => {
    await at.server.stop();
    const [outcome] = await at.run(at.edition(), { force: false });
    expect(outcome).toMatchObject({ problem: 'unreachable', reason: expect.stringMatching(/ECONNREFUSED/) });
  });

  it('is refused where the server falls silent', async () => {
    at.server.offers.set(path, { content: html, silent: true });
    const [outcome] = await at.run(at.edition({ idleMs: 50, attempts: 1 }), { force: false });
    expect(outcome).toMatchObject({ problem: 'unreachable', reason: 'The server sent nothing for 0.05 s.' });
  });
});
