import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdsCookie } from '../../../server/audience/ads-cookie.ts';
import { CookieKeys } from '../../../server/audience/cookie-keys.ts';
import { cookieValue } from '../../../server/audience/cookies.ts';
import { Interests } from '../../../server/audience/interests.ts';
import { visitorInventory } from '../../e2e/visitor-stage.ts';
import { type TestDelivery, testDelivery } from '../../support/delivery.ts';
import { userAgents } from '../../support/user-agents.ts';

const dayMs = 86_400_000;
const nowMs = Date.UTC(2026, 10, 23, 12);
const keysOf = (...ids: number[]) =>
  new CookieKeys(
    ids.map((id) => ({ id, signsFromMs: nowMs + id * dayMs, verifyOnly: false, key: Buffer.alloc(16, id) })),
  );

describe('interests', () => {
  it('weigh half after the half-life, and nothing once they are forgotten', () => {
    const interests = new Interests(14 * dayMs);
    for (let visit = 0; visit < 10; visit++) interests.visit([7], nowMs);
    expect(interests.weight(7, nowMs)).toBe(10);
    expect(interests.weight(7, nowMs + 14 * dayMs)).toBe(5);
    expect(interests.weight(7, nowMs + 28 * dayMs)).toBe(2.5);
    interests.visit([8], nowMs + 14 * dayMs);
    expect(interests.weight(7, nowMs + 14 * dayMs)).toBe(5);
    interests.visit([8], nowMs + 200 * dayMs);
    expect(interests.categories()).toEqual([8]);
  });

  it('come back out of their cookie as they went in, also after the key was rotated', () => {
    const interests = new Interests(14 * dayMs);
    for (let visit = 0; visit < 3; visit++) interests.visit([7, 9], nowMs);
    interests.visit([7], nowMs);
    const text = interests.seal(keysOf(0), nowMs);
    expect(text).not.toBe(interests.seal(keysOf(0), nowMs));
    const opened = Interests.open(text, keysOf(0, 1), 14 * dayMs);
    expect(opened?.categories()).toEqual([7, 9]);
    expect(opened?.weight(7, nowMs + 14 * dayMs)).toBe(2);
    expect(Interests.open(text, keysOf(1), 14 * dayMs)).toBeUndefined();
  });

  it('are refused where a bit of the cookie was changed', () => {
    const interests = new Interests(dayMs);
    interests.visit([7], nowMs);
    const sealed = Buffer.from(interests.seal(keysOf(0), nowMs), 'base64url');
    for (let at = 0; at < sealed.length; at++) {
      const altered = Buffer.from(sealed);
      altered[at] = (altered[at] as number) ^ 1;
      expect(Interests.open(altered.toString('base64url'), keysOf(0), dayMs)).toBeUndefined();
    }
    for (const text of ['', 'x', 'A'.repeat(1000)])
      expect(Interests.open(text, keysOf(0), dayMs)).toBeUndefined();
  });

  it('never take more than 500 bytes with the name of their cookie', () => {
    const interests = new Interests(dayMs);
    for (let id = 1; id <= 300; id++) interests.visit([2_000_000_000 + id, ...(id > 260 ? [id] : [])], nowMs);
    const text = interests.seal(keysOf(0), nowMs);
    expect(`__Host-signpost-interests=${text}`.length).toBeLessThanOrEqual(500);
    expect(Interests.open(text, keysOf(0), dayMs)?.categories()).toHaveLength(40);
  });
});

describe('cookies of a header', () => {
  it.each([
    ['signpost-choice=7', '7'],
    ['a=b; __Host-signpost-choice=1 ;signpost-choice=2', '1'],
    ['xsignpost-choice=7; signpost-choices=3', undefined],
    ['a=signpost-choice; signpost-choice', undefined],
    ['a=signpost-;signpost-choice=', ''],
    ['signpost-unknown=signpost-choice=5', undefined],
  ])('%s', (header, choice) => {
    expect(cookieValue('signpost-choice=4; signpost-ads=5.1', 'choice')).toBe('4');
    expect(cookieValue(header, 'choice')).toBe(choice);
    expect(cookieValue(header, 'ads')).toBeUndefined();
  });
});

describe('what a browser was shown', () => {
  const caps = (subject: number) => [{ subject, events: 3, windowMs: dayMs }];
  it('is counted by the window, and comes back out of the cookie', () => {
    const ads = new AdsCookie();
    for (const at of [0, 30_000, 3_600_000]) ads.record(caps(5), nowMs + at);
    ads.hide(9);
    const read = new AdsCookie(ads.text());
    expect(read.count(5, nowMs - 1)).toBe(3);
    expect(read.count(5, nowMs + 600_000)).toBe(1);
    expect(read.count(6, 0)).toBe(0);
    expect([...read.hidden]).toEqual([9]);
  });

  it('leaves out of a cookie what cannot be read, and keeps the rest', () => {
    const read = new AdsCookie('5.1-x!.2-.3-7-6.1.A-8.2.3~9.a');
    expect([5, 6, 7, 8].map((subject) => read.count(subject, 0))).toEqual([1, 0, 0, 2]);
    expect([...read.hidden]).toEqual([9, 10]);
  });

  it.each(['', '~', 'x', '.-.', '1.-1', `${'z'.repeat(2000)}`, '5.%~9', '1.2~zz~3'])(
    'out of %s is read without trouble, and stays small',
    (text) => {
      const ads = new AdsCookie(text);
      for (let subject = 0; subject < 100; subject++) ads.record(caps(subject * 4_000_000), nowMs);
      for (let id = 1; id < 100; id++) ads.hide(id * 20_000_000);
      expect(ads.text().length).toBeLessThan(600);
      expect(ads.text()).toMatch(/^[\w.~-]*$/);
    },
  );
});

describe('a visitor', () => {
  let delivery: TestDelivery;
  const [chrome = ''] = userAgents(1);
  const jar = new Map<string, string>();
  beforeAll(async () => {
    delivery = await testDelivery(visitorInventory('https://shop.example'), {
      publicUrl: 'https://ads.example.com',
    });
  });
  afterAll(() => delivery.close());

  /** As a browser does it: what is set comes along with the next request. */
  async function ask(path: string, body?: object): Promise<Response> {
    const response = await delivery.fetch(path, {
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        ...{ 'User-Agent': chrome, 'Accept-Language': 'de' },
        Cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      if (/Max-Age=0/.test(cookie)) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }
  const view = (url: string, more: object = {}) =>
    ask('/v1/page', { zone: 12, url, consent: 'personalisation', ...more });
  const shown = async () =>
    ((await (await ask('/v1/ad?zone=12&consent=personalisation')).json()) as { creative: { id: number } })
      .creative.id;

  it('sees the banner of an interest after ten visits, and not any more once it is removed', async () => {
    for (let visit = 0; visit < 4; visit++) await view(`https://shop.example/storage/${visit}`);
    expect(await shown()).toBe(1);
    for (let visit = 0; visit < 6; visit++) await view(`https://shop.example/storage/${visit}`);
    for (let request = 0; request < 20; request++) expect(await shown()).toBe(2);
    expect(delivery.events().at(-1)).toMatchObject({ segments: ['storage'] });
    delivery.clock.nowMs += 14 * dayMs;
    expect(await shown()).toBe(2);
    delivery.clock.nowMs += 60_000;
    expect(await shown()).toBe(1);
    delivery.clock.nowMs -= 14 * dayMs + 60_000;
    expect(await shown()).toBe(2);
    await ask('/v1/privacy/interests/remove', { category: 7, consent: 'personalisation' });
    expect(await shown()).toBe(1);
    expect(jar.has('__Host-signpost-interests')).toBe(false);
  });

  it('gets no interest without consent, and none that nobody defined', async () => {
    await view('https://shop.example/storage/1', { consent: 'measurement' });
    await view('https://shop.example/other', { interests: 'religion,unknown' });
    expect(jar.has('__Host-signpost-interests')).toBe(false);
    await view('https://shop.example/other', { interests: 'storage' });
    expect(jar.has('__Host-signpost-interests')).toBe(true);
  });
});
