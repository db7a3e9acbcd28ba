import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archive, builtS, database, day, type Setup, setUp } from './setup.ts';

let at: Setup;
beforeEach(async () => {
  at = await setUp();
});
afterEach(() => at.close());

const content = archive(database('DE'), 50_000);
const modified = 'Fri, 20 Nov 2026 10:00:00 GMT';
const ranges = () => at.server.downloads().map(({ status, headers }) => `${status} ${headers.range ?? '-'}`);

describe('a download that broke off', () => {
  it.each([
    ['an entity tag', { etag: '"1"' }, '"1"'],
    ['a date', { lastModified: modified }, modified],
    ['a weak tag and a date', { etag: 'W/"1"', lastModified: modified }, modified],
  ])('is continued where %s tells that it is the same', async (_what, validators, ifRange) => {
    at.server.offerEdition('GeoLite2-City', { content, ...validators, cutAfter: [20_000, 10_000] });
    expect(await at.run(at.edition())).toMatchObject([{ outcome: 'updated' }]);
    expect(ranges()).toEqual(['200 -', '206 bytes=20000-', '206 bytes=30000-']);
    expect(at.server.downloads()[1]?.headers['if-range']).toBe(ifRange);
    expect(await at.country()).toBe('DE');
  });

  it('is continued by the next run, and by another process', async () => {
    at.server.offerEdition('GeoLite2-City', { content, etag: '"1"', cutAfter: [20_000] });
    expect(await at.run(at.edition({ attempts: 1 }))).toMatchObject([
      { outcome: 'failed', problem: 'unreachable', reason: expect.stringMatching(/broke off/) },
    ]);
    expect(at.files()).toContain('.GeoLite2-City.part');
    at.clock.nowMs += 10 * 60_000;
    expect(await at.run(at.edition())).toMatchObject([{ outcome: 'updated' }]);
    expect(ranges()).toEqual(['200 -', '206 bytes=20000-']);
    expect(at.files()).toEqual(['GeoLite2-City.json', 'GeoLite2-City.mmdb']);
  });

  it('begins anew where the file has changed meanwhile', async () => {
    at.server.offerEdition('GeoLite2-City', { content, etag: '"1"', cutAfter: [20_000] });
    await at.run(at.edition({ attempts: 1 }));
    const next = archive(database('FR', builtS + day), 50_000);
    at.server.offerEdition('GeoLite2-City', { content: next, etag: '"2"' });
    expect(await at.run(at.edition(), { force: false })).toMatchObject([{ outcome: 'updated' }]);
    expect(ranges()).toEqual(['200 -', '200 bytes=20000-']);
    expect(await at.country()).toBe('FR');
  });

  it('begins anew where nothing tells that it is the same, or the server cannot continue', async () => {
    at.server.offerEdition('GeoLite2-City', { content, cutAfter: [20_000] });
    expect(await at.run(at.edition())).toMatchObject([{ outcome: 'updated' }]);
    expect(ranges()).toEqual(['200 -', '200 -']);
    at.server.offerEdition('GeoLite2-City', { content, etag: '"3"', ranges: false, cutAfter: [20_000] });
    expect(await at.run(at.edition(), { force: true })).toMatchObject([{ outcome: 'updated' }]);
    expect(ranges().slice(2)).toEqual(['200 -', '200 bytes=20000-']);
  });

  it('is not loaded again where all of it was here, and only the checksum was missing', async () => {
    at.server.offerEdition('GeoLite2-City', { content, etag: '"1"' });
    const sum = '/geoip/databases/GeoLite2-City/download?suffix=tar.gz.sha256';
    const checksum = at.server.offers.get(sum)!;
    at.server.offers.set(sum, { ...checksum, status: 503 });
    expect(await at.run(at.edition({ attempts: 1 }))).toMatchObject([{ problem: 'unreachable' }]);
    at.server.offers.set(sum, checksum);
    expect(await at.run(at.edition(), { force: false })).toMatchObject([{ outcome: 'updated' }]);
    expect(ranges()).toEqual(['200 -', `416 bytes=${content.length}-`]);
    expect(await at.run(at.edition(), { force: false })).toMatchObject([{ outcome: 'unchanged' }]);
  });

  it('ends when the process does, and keeps what came', async () => {
    at.server.offerEdition('GeoLite2-City', { content, etag: '"1"', cutAfter: [20_000] });
    const controller = new AbortController();
    const running = at.edition({ retryMs: 60_000 }).run({ now: () => 0, signal: controller.signal });
    while (!at.files().includes('.GeoLite2-City.part')) await new Promise(setImmediate);
    controller.abort();
    expect(await running).toMatchObject([{ outcome: 'failed', problem: 'unreachable' }]);
  });
});
