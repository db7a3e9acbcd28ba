import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { regionalInventory, type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';
import { userAgents } from '../../support/user-agents.ts';

interface Ad {
  readonly id: string;
  readonly zone: number;
  readonly noFill: string | null;
  readonly creative: {
    id: number;
    src: string;
    alt: string;
    type: string;
    width: number;
    height: number;
  } | null;
  readonly impressionUrl: string | null;
  readonly viewableUrl: string | null;
  readonly clickUrl: string | null;
}

let delivery: TestDelivery;
beforeAll(async () => {
  delivery = await testDelivery(regionalInventory());
});
afterAll(() => delivery.close());

const ad = async (from: string, query = 'zone=12'): Promise<Ad> =>
  (await (await delivery.fetch(`/v1/ad?${query}`, { from })).json()) as Ad;
const pathOf = (url: string | null) => new URL(url as string).pathname;
const logged = (id: string) => delivery.events().filter((event) => event.id === id);

describe('an ad request', () => {
  it.each([
    ['taipei', 1],
    ['munich', 2],
    ['losAngeles', 4],
    ['london', 5],
    ['unknown', 5],
  ] as const)('from %s gets the ad of that region', async (place, creative) => {
    expect((await ad(testAddresses[place])).creative?.id).toBe(creative);
  });

  it('is answered as the contract says', async () => {
    const response = await delivery.fetch('/v1/ad?zone=12', { from: testAddresses.taipei });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(response.headers.get('set-cookie')).toBeNull();
    const token = expect.stringMatching(/^http:\/\/ads\.example\.com\/v1\/(e\/i|e\/v|c)\/[\w-]{76}$/);
    expect(await response.json()).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      zone: 12,
      noFill: null,
      creative: {
        id: 1,
        type: 'image',
        width: 300,
        height: 250,
        src: `http://ads.example.com/v1/a/${'1'.repeat(64)}.png`,
        alt: 'Creative "1"',
      },
      impressionUrl: token,
      viewableUrl: token,
      clickUrl: token,
    });
  });

  it('is logged before its answer, with place, browser and a masked address', async () => {
    const [, iphone] = userAgents(2);
    const response = await delivery.fetch('/v1/ad?zone=12', {
      from: testAddresses.munich,
      headers: {
        'User-Agent': iphone as string,
        'Accept-Language': 'de-DE,de;q=0.9',
        Referer: 'https://user:secret@news.example/a/b?email=x@y.z#top',
      },
    });
    const { id } = (await response.json()) as Ad;
    expect(logged(id)).toEqual([
      {
        type: 'ad_request',
        id,
        time: delivery.clock.nowMs,
        visitor: expect.stringMatching(/^[0-9a-f]{16}$/),
        visitor_kind: 'daily',
        network: '2.0.0.0/24',
        site: 3,
        zone: 12,
        advertiser: 202,
        campaign: 102,
        line_item: 2,
        creative: 2,
        country: 'DE',
        region: 'DE-BY',
        city: 'Munich',
        geo_build: expect.any(Number),
        browser: 'Mobile Safari',
        browser_version: 17,
        os: 'iOS',
        os_version: '17.0',
        device: 'mobile',
        language: 'de-de',
        page: 'https://news.example/a/b',
      },
    ]);
  });

  it('for a zone that nothing fits is a no-fill with its reason, in answer and log', async () => {
    const answer = await ad(testAddresses.taipei, 'zone=13');
    expect(answer).toMatchObject({ zone: 13, noFill: 'no_creative_fits', creative: null, clickUrl: null });
    expect(logged(answer.id)).toMatchObject([{ no_fill: 'no_creative_fits', zone: 13 }]);
  });

  it('for several zones is a list in the order asked, each decision logged', async () => {
    const response = await delivery.fetch('/v1/ad?zones=13,12,12,999', { from: testAddresses.taipei });
    const answers = (await response.json()) as Ad[];
    expect(answers.map(({ zone, noFill }) => [zone, noFill])).toEqual([
      [13, 'no_creative_fits'],
      [12, null],
      [12, null],
      [999, 'unknown_zone'],
    ]);
    expect(new Set(answers.map(({ id }) => id)).size).toBe(4);
    expect(answers.slice(0, 3).flatMap(({ id }) => logged(id))).toHaveLength(3);
  });

  it.each([
    ['', 400, 'bad_request'],
    ['zone=', 400, 'bad_request'],
    ['zone=abc', 400, 'bad_request'],
    ['zone=-1', 400, 'bad_request'],
    ['zone=0', 400, 'bad_request'],
    ['zone=1.5', 400, 'bad_request'],
    ['zone=99999999999', 400, 'bad_request'],
    ['zone=%00', 400, 'bad_request'],
    ['zone=%', 400, 'bad_request'],
    ['zone=12&zones=12', 400, 'bad_request'],
    ['zones=', 400, 'bad_request'],
    ['zones=12,', 400, 'bad_request'],
    [`zones=${Array(51).fill(12).join(',')}`, 400, 'bad_request'],
    ['zone=999', 404, 'unknown_zone'],
  ])('with "%s" is refused in words', async (query, status, code) => {
    const before = delivery.events().length;
    const response = await delivery.fetch(`/v1/ad?${query}`, { from: testAddresses.taipei });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    expect(await response.json()).toMatchObject({ code, status });
    expect(delivery.events()).toHaveLength(before);
  });

  // Again where the machine did something else just then.
  it('gets a changed inventory within two seconds', async () => {
    const other = await testDelivery(regionalInventory());
    const next = regionalInventory();
    other.setInventory({ ...next, version: 2, lineItems: next.lineItems.filter(({ id }) => id === 5) });
    await vi.waitFor(
      async () => {
        const response = await other.fetch('/v1/ad?zone=12', { from: testAddresses.taipei });
        expect(((await response.json()) as Ad).creative?.id).toBe(5);
      },
      { timeout: 2000, interval: 50 },
    );
    await other.close();
  });

  it('serves on when the next snapshot is broken, and says that none is loaded when there never was one', async () => {
    const other = await testDelivery(undefined);
    expect(await (await other.fetch('/v1/ad?zone=12')).json()).toMatchObject({ noFill: 'not_ready' });
    expect((await other.fetch('/readyz')).status).toBe(503);
    other.setInventory(regionalInventory());
    await vi.waitFor(async () => expect((await other.fetch('/readyz')).status).toBe(200), 10_000);
    other.setInventory('broken' as never);
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect((await other.fetch('/v1/ad?zone=12', { from: testAddresses.taipei })).status).toBe(200);
    await other.close();
  });
});

describe('a beacon', () => {
  it('records what its decision says, once for each that comes', async () => {
    const answer = await ad(testAddresses.taipei);
    const decidedAt = delivery.clock.nowMs;
    delivery.clock.nowMs += 1500;
    expect((await delivery.fetch(pathOf(answer.impressionUrl), { from: testAddresses.taipei })).status).toBe(
      204,
    );
    expect((await delivery.fetch(pathOf(answer.viewableUrl), { method: 'POST', body: 'x' })).status).toBe(
      204,
    );
    const [, impression, viewable] = logged(answer.id);
    const place = { site: 3, zone: 12, advertiser: 201, campaign: 101, line_item: 1, creative: 1 };
    expect(impression).toMatchObject({
      ...place,
      type: 'impression',
      time: decidedAt + 1500,
      origin: decidedAt,
      country: 'TW',
    });
    expect(viewable).toMatchObject({ ...place, type: 'viewable' });
    expect(impression).not.toHaveProperty('not_counted');
  });

  it('that comes late is kept but not counted, and after a week not even kept', async () => {
    const answer = await ad(testAddresses.taipei);
    const decidedAt = delivery.clock.nowMs;
    delivery.clock.nowMs = decidedAt + 2 * 3_600_000;
    await delivery.fetch(pathOf(answer.impressionUrl));
    delivery.clock.nowMs = decidedAt + 2 * 3_600_000 + 1;
    await delivery.fetch(pathOf(answer.viewableUrl));
    delivery.clock.nowMs = decidedAt + 7 * 86_400_000 + 1;
    const expired = await delivery.fetch(pathOf(answer.impressionUrl));
    const click = await delivery.fetch(pathOf(answer.clickUrl));
    delivery.clock.nowMs = decidedAt;
    expect(logged(answer.id).map(({ type, not_counted }) => [type, not_counted])).toEqual([
      ['ad_request', undefined],
      ['impression', undefined],
      ['viewable', 'late'],
    ]);
    expect(expired.status).toBe(410);
    expect(await expired.json()).toMatchObject({ code: 'token_expired' });
    expect(click.status).toBe(410);
    expect(click.headers.get('location')).toBeNull();
  });

  it('with a forged or altered token is refused and records nothing', async () => {
    const answer = await ad(testAddresses.taipei);
    const token = pathOf(answer.impressionUrl).split('/').at(-1) as string;
    const before = delivery.events().length;
    const forged = [
      'x',
      '',
      token.slice(1),
      `${token}A`,
      'A'.repeat(76),
      ...Array.from(
        { length: 76 },
        (_, at) => token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1),
      ),
      encodeURIComponent('../../etc/passwd'),
      '%00'.repeat(20),
    ];
    for (const text of forged) {
      for (const path of [`/v1/e/i/${text}`, `/v1/e/v/${text}`, `/v1/c/${text}`]) {
        const response = await delivery.fetch(path);
        expect(response.status).toBe(400);
        expect(response.headers.get('location')).toBeNull();
        expect(await response.json()).toMatchObject({ code: 'token_invalid' });
      }
    }
    expect(delivery.events()).toHaveLength(before);
  });
});

describe('a click', () => {
  it('is recorded and leads to the address in the inventory, whatever the request asks for', async () => {
    const answer = await ad(testAddresses.munich);
    const response = await delivery.fetch(
      `${pathOf(answer.clickUrl)}?url=https://evil.example&to=//evil.example`,
    );
    expect(response.status).toBe(302);
    expect(response.headers.get('location')).toBe('https://example.com/landing/2?a=1&b=%C3%BC');
    expect(logged(answer.id).map(({ type }) => type)).toEqual(['ad_request', 'click']);
  });

  it('that comes late still leads there, and is not counted', async () => {
    const answer = await ad(testAddresses.munich);
    delivery.clock.nowMs += 3 * 3_600_000;
    const response = await delivery.fetch(pathOf(answer.clickUrl));
    delivery.clock.nowMs -= 3 * 3_600_000;
    expect(response.status).toBe(302);
    expect(logged(answer.id).at(-1)).toMatchObject({ type: 'click', not_counted: 'late' });
  });
});

describe('a page view', () => {
  const post = (body: unknown, init: RequestInit = {}) =>
    delivery.fetch('/v1/page', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      from: testAddresses.taipei,
      ...init,
    });

  it('is recorded without query string, fragment and user, and with the referrer host', async () => {
    const before = delivery.events().length;
    const url = 'https://u:p@news.example/story?session=1#x';
    expect((await post({ zone: 12, url, referrer: 'https://search.example/?q=secret' })).status).toBe(204);
    const [event] = delivery.events().slice(before);
    expect(event).toMatchObject({
      type: 'page_view',
      site: 3,
      zone: 12,
      country: 'TW',
      page: 'https://news.example/story',
    });
    expect(event).toMatchObject({ referrer: 'search.example' });
  });

  it('can name its site in place of a zone', async () => {
    const before = delivery.events().length;
    expect((await post({ site: 3, url: 'https://news.example/', referrer: '' })).status).toBe(204);
    expect(delivery.events()[before]).toMatchObject({ type: 'page_view', site: 3 });
  });

  it('has the same id when the same visitor sends it again, and another one from another visitor', async () => {
    const before = delivery.events().length;
    const view = { zone: 12, url: 'https://news.example/', id: 'abcdefgh12345678' };
    await post(view);
    await post(view);
    await post(view, { headers: { 'X-Forwarded-For': testAddresses.munich } });
    const ids = delivery
      .events()
      .slice(before)
      .map(({ id }) => id);
    expect(ids[0]).toBe(ids[1]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  it('meets its repetitions in one counting period, whenever they come', async () => {
    const before = delivery.events().length;
    const at = delivery.clock.nowMs - 5;
    const view = { zone: 12, url: 'https://news.example/', id: 'abcdefgh87654321', at };
    await post(view);
    delivery.clock.nowMs += 3_500_000;
    await post(view);
    await post({ ...view, id: 'wrong-clock-1234', at: 1 });
    delivery.clock.nowMs -= 3_500_000;
    const [first, second, wrong] = delivery.events().slice(before);
    expect([first?.id, first?.['origin']]).toEqual([second?.id, second?.['origin']]);
    expect(first?.['origin']).toBe(at);
    expect(wrong).not.toHaveProperty('origin');
  });

  it.each([
    ['a time that is no number', { zone: 12, url: 'https://a.example/', at: 'now' }, 422, 'invalid_input'],
    ['no JSON', 'zone=12', 400, 'malformed_json'],
    ['an empty body', '', 400, 'malformed_json'],
    ['a list', '[]', 422, 'invalid_input'],
    ['null', 'null', 422, 'invalid_input'],
    ['no address', { zone: 12 }, 422, 'invalid_input'],
    ['a script for an address', { zone: 12, url: 'javascript:alert(1)' }, 422, 'invalid_input'],
    ['a number for an address', { zone: 12, url: 5 }, 422, 'invalid_input'],
    ['text for a zone', { zone: '12', url: 'https://a.example/' }, 422, 'invalid_input'],
    ['an unknown zone', { zone: 99, url: 'https://a.example/' }, 404, 'unknown_zone'],
    ['an unknown site', { site: 99, url: 'https://a.example/' }, 404, 'not_found'],
    ['neither zone nor site', { url: 'https://a.example/' }, 422, 'invalid_input'],
    ['a short id', { zone: 12, url: 'https://a.example/', id: 'x' }, 422, 'invalid_input'],
    [
      'a referrer that is no text',
      { zone: 12, url: 'https://a.example/', referrer: {} },
      422,
      'invalid_input',
    ],
    ['17 KB', { zone: 12, url: 'https://a.example/', referrer: 'x'.repeat(17_000) }, 413, 'body_too_large'],
    ['10 MB', 'x'.repeat(10_000_000), 413, 'body_too_large'],
  ])('with %s is refused in words', async (_name, body, status, code) => {
    const before = delivery.events().length;
    const response = await post(body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    expect(delivery.events()).toHaveLength(before);
  });
});

describe('visitor numbers', () => {
  it('are the same for an address and a browser all day, and tell others apart', async () => {
    const [chrome, iphone] = userAgents(2);
    const number = async (from: string, userAgent: string | undefined) => {
      const response = await delivery.fetch('/v1/ad?zone=12', {
        from,
        headers: { 'User-Agent': userAgent as string },
      });
      return logged(((await response.json()) as Ad).id)[0]?.['visitor'];
    };
    const first = await number('1.0.0.1', chrome);
    expect(await number('1.0.0.1', chrome)).toBe(first);
    expect(await number('::ffff:1.0.0.1', chrome)).toBe(first);
    expect(await number('1.0.0.2', chrome)).not.toBe(first);
    expect(await number('1.0.0.1', iphone)).not.toBe(first);
    delivery.clock.nowMs += 86_400_000;
    const nextDay = await number('1.0.0.1', chrome);
    delivery.clock.nowMs -= 86_400_000;
    expect(nextDay).not.toBe(first);
  });

  it('are all that is kept of an address: it is nowhere in the data directory', async () => {
    await delivery.fetch('/v1/ad?zone=12', { from: '1.23.45.67' });
    await delivery.fetch('/v1/ad?zone=12', { from: '2a01:1:2:3:4:5:6:7' });
    const files = readdirSync(delivery.dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.length).toBeGreaterThan(3);
    for (const file of files) {
      const content = readFileSync(join(file.parentPath, file.name), 'latin1');
      expect(content).not.toContain('1.23.45.67');
      expect(content).not.toContain('2a01:1:2:3');
    }
    expect(delivery.events().map(({ network }) => network)).toContain('2a01:1:2::/48');
  });
});
