import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { regionalInventory, type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';
import { gppString, tcfString } from '../../support/iab-strings.ts';
import { userAgents } from '../../support/user-agents.ts';

let delivery: TestDelivery;
beforeAll(async () => {
  delivery = await testDelivery(regionalInventory(), { publicUrl: 'https://ads.example.com' });
});
afterAll(() => delivery.close());

const [chrome = ''] = userAgents(1);
const browser = { 'User-Agent': chrome, 'Accept-Language': 'de', 'Sec-Fetch-Site': 'cross-site' };

interface Asked {
  /** Purposes of TCF. */
  readonly tcf?: readonly number[];
  readonly gpp?: Parameters<typeof gppString>[0];
  readonly consent?: string;
  readonly headers?: Record<string, string>;
  readonly from?: keyof typeof testAddresses;
}

async function ask({ tcf, gpp, consent, headers = {}, from = 'munich' }: Asked) {
  const query = new URLSearchParams({ zone: '12' });
  if (tcf !== undefined) query.set('gdpr_consent', tcfString(tcf));
  if (gpp !== undefined) query.set('gpp', gppString(gpp));
  if (consent !== undefined) query.set('consent', consent);
  const response = await delivery.fetch(`/v1/ad?${query}`, {
    from: testAddresses[from],
    headers: { ...browser, ...headers },
  });
  const ad = (await response.json()) as { id: string; creative: object | null; impressionUrl: string };
  const event = delivery.events().find(({ id, type }) => id === ad.id && type === 'ad_request');
  return { ad, response, cookies: response.headers.getSetCookie(), event };
}

const names = (cookies: readonly string[]) => cookies.map((cookie) => cookie.split('=')[0]);

describe('consent', () => {
  it.each<[string, Asked, string | undefined, string[]]>([
    ['nothing is said', {}, undefined, []],
    [
      'the site says all',
      { consent: 'measurement,personalisation,advertisers' },
      'site:measurement,personalisation,advertisers',
      ['__Host-signpost-visitor'],
    ],
    ['the site says none', { consent: 'none' }, 'site:none', []],
    [
      'a TCF string grants all',
      { tcf: [1, 2, 3, 4, 7] },
      'tcf:measurement,personalisation,advertisers',
      ['__Host-signpost-visitor'],
    ],
    [
      'a TCF string grants storage and measuring',
      { tcf: [1, 7] },
      'tcf:measurement',
      ['__Host-signpost-visitor'],
    ],
    ['a TCF string grants measuring without storage', { tcf: [7] }, 'tcf:none', []],
    [
      'a GPP string sells nothing',
      { gpp: { usnat: { SaleOptOut: 2, SharingOptOut: 2, TargetedAdvertisingOptOut: 1 } } },
      'gpp:measurement',
      ['__Host-signpost-visitor'],
    ],
    [
      'a GPP string of California opts out',
      { gpp: { usca: { SaleOptOut: 1 } }, from: 'losAngeles' },
      'gpp:measurement',
      ['__Host-signpost-visitor'],
    ],
    [
      'a GPP string has a TCF section',
      { gpp: { tcfeuv2: { PurposeConsents: [true, false, false, false, false, false, true] } } },
      'gpp:measurement',
      ['__Host-signpost-visitor'],
    ],
    ['TCF grants and the site refuses', { tcf: [1, 7], consent: 'none' }, 'tcf+site:none', []],
    ['GPC is set', { headers: { 'Sec-GPC': '1' } }, 'gpc:none', []],
    [
      'GPC is set, and all was granted',
      { headers: { 'Sec-GPC': '1' }, consent: 'measurement,personalisation' },
      'gpc+site:measurement',
      ['__Host-signpost-visitor'],
    ],
    ['a page takes part, in Germany', { consent: '' }, 'region:none', []],
    [
      'a page takes part, in California',
      { consent: '', from: 'losAngeles' },
      'region:measurement',
      ['__Host-signpost-visitor'],
    ],
    ['a page takes part, nobody knows where', { consent: '', from: 'unknown' }, 'region:none', []],
    [
      'the choice is kept',
      { headers: { Cookie: 'a=b; __Host-signpost-choice=1' } },
      'choice:measurement',
      ['__Host-signpost-visitor'],
    ],
    [
      'the choice was to refuse',
      { headers: { Cookie: '__Host-signpost-choice=0' }, from: 'losAngeles', consent: '' },
      'choice:none',
      [],
    ],
    [
      'what is kept is no choice',
      { headers: { Cookie: 'x__Host-signpost-choice=7; signpost-choice=9' } },
      undefined,
      [],
    ],
    ['DNT is not heeded by default', { headers: { DNT: '1' } }, undefined, []],
  ])('where %s', async (_, asked, expected, cookies) => {
    const { ad, event, cookies: set } = await ask(asked);
    expect(ad.creative).not.toBeNull();
    expect(event?.['consent']).toBe(expected);
    expect(event?.['visitor_kind']).toBe('daily');
    expect(names(set)).toEqual(cookies);
  });

  it.each(['%00', 'x'.repeat(5000), 'CQ', 'DBABLA~', '~~~', 'DBACNYA~%'])(
    'out of an IAB string that nobody can read, %s, allows nothing',
    async (text) => {
      for (const name of ['gdpr_consent', 'gpp']) {
        const response = await delivery.fetch(`/v1/ad?zone=12&${name}=${text}`, { headers: browser });
        expect(response.status).toBe(200);
        expect(response.headers.getSetCookie()).toEqual([]);
      }
    },
  );

  it('of a TCF string has to name the vendor, where the setting does', async () => {
    const own = await testDelivery(regionalInventory(), {
      env: { CONSENT_TCF_VENDOR: '7', CONSENT_DNT: 'on' },
    });
    try {
      const get = (query: string, headers = {}) =>
        own.fetch(`/v1/ad?zone=12&${query}`, { headers: { ...browser, ...headers } });
      await get(`gdpr_consent=${tcfString([1, 7])}`);
      await get('consent=measurement', { DNT: '1' });
      expect(own.events().map((event) => event['consent'])).toEqual(['tcf:none', 'dnt+site:none']);
    } finally {
      await own.close();
    }
  });
});

describe('the visitor cookie', () => {
  it('is a number that comes back, and every event of the decision has it', async () => {
    const first = await ask({ consent: 'measurement' });
    const [cookie = ''] = first.cookies;
    expect(cookie).toMatch(
      /^__Host-signpost-visitor=[\w-]{26}; Max-Age=31536000; Path=\/; HttpOnly; Secure; Partitioned; SameSite=None$/,
    );
    const Cookie = cookie.split(';')[0] as string;
    const second = await ask({ consent: 'measurement', headers: { Cookie } });
    expect(second.cookies).toEqual([]);
    expect(second.event?.['visitor_kind']).toBe('cookie');
    const { pathname } = new URL(second.ad.impressionUrl);
    // Neither cookie nor consent comes along: the token has both, and nobody can read the number out of it.
    expect((await delivery.fetch(pathname, { method: 'POST', headers: browser })).status).toBe(204);
    const events = delivery.events().filter(({ id }) => id === second.ad.id);
    expect(events.map(({ type }) => type)).toEqual(['ad_request', 'impression']);
    const [request, impression] = events;
    expect(impression).toMatchObject({
      visitor: request?.['visitor'] as string,
      visitor_kind: 'cookie',
      consent: 'site:measurement',
    });
    const inToken = Buffer.from(pathname.split('/').at(-1) as string, 'base64url').toString('hex');
    expect(inToken).not.toContain(String(request?.['visitor']).slice(0, 8));
    expect(inToken).not.toContain(String(request?.['visitor']).slice(8));
  });

  it('keeps to pages of the same site where there is no TLS', async () => {
    const plain = await testDelivery(regionalInventory());
    try {
      const response = await plain.fetch('/v1/ad?zone=12&consent=measurement', { headers: browser });
      expect(response.headers.getSetCookie()[0]).toMatch(/^signpost-visitor=.*; HttpOnly; SameSite=Lax$/);
    } finally {
      await plain.close();
    }
  });

  it.each([
    ['was altered', (text: string) => `${text.slice(0, 5)}${text[5] === 'A' ? 'B' : 'A'}${text.slice(6)}`],
    ['is no such text', () => 'abc'],
  ])('that %s is not believed', async (_, alter) => {
    const [cookie = ''] = (await ask({ consent: 'measurement' })).cookies;
    const [name, value = ''] = (cookie.split(';')[0] as string).split('=');
    const { event, cookies } = await ask({
      consent: 'measurement',
      headers: { Cookie: `${name}=${alter(value)}` },
    });
    expect(event?.['visitor_kind']).toBe('daily');
    expect(names(cookies)).toEqual(['__Host-signpost-visitor']);
  });

  it('ends after its year, however often it is used', async () => {
    const [cookie = ''] = (await ask({ consent: 'measurement' })).cookies;
    const Cookie = cookie.split(';')[0] as string;
    delivery.clock.nowMs += 364 * 86_400_000;
    expect((await ask({ consent: 'measurement', headers: { Cookie } })).event?.['visitor_kind']).toBe(
      'cookie',
    );
    delivery.clock.nowMs += 86_400_000;
    expect((await ask({ consent: 'measurement', headers: { Cookie } })).event?.['visitor_kind']).toBe(
      'daily',
    );
    delivery.clock.nowMs -= 365 * 86_400_000;
  });

  it('is taken away, unread, with the consent', async () => {
    const [cookie = ''] = (await ask({ consent: 'measurement' })).cookies;
    const { event, cookies } = await ask({
      consent: 'none',
      headers: { Cookie: `${cookie.split(';')[0]}; __Host-signpost-ads=1.2` },
    });
    expect(event?.['visitor_kind']).toBe('daily');
    expect(cookies).toEqual([
      '__Host-signpost-visitor=; Max-Age=0; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
      '__Host-signpost-ads=; Max-Age=0; Path=/; HttpOnly; Secure; Partitioned; SameSite=None',
    ]);
  });
});

describe('a choice', () => {
  const choose = (
    choice: object,
    headers: Record<string, string> = {},
    from: keyof typeof testAddresses = 'munich',
  ) =>
    delivery.fetch('/v1/privacy/choice', {
      method: 'POST',
      body: JSON.stringify(choice),
      from: testAddresses[from],
      headers: { ...browser, Origin: 'https://news.example', 'Content-Type': 'text/plain', ...headers },
    });

  it('is kept where it grants something, with all that it allows', async () => {
    const response = await choose({ measurement: true });
    expect(await response.json()).toEqual({
      ...{ consent: 'choice:measurement', measurement: true, personalisation: false, advertisers: false },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('https://news.example');
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
    expect(names(response.headers.getSetCookie())).toEqual([
      '__Host-signpost-choice',
      '__Host-signpost-visitor',
    ]);
  });

  it('to refuse keeps nothing, and takes away what was kept', async () => {
    expect((await choose({})).headers.getSetCookie()).toEqual([]);
    const kept = '__Host-signpost-choice=7; __Host-signpost-visitor=x; __Host-signpost-interests=y';
    const cleared = (await choose({}, { Cookie: kept })).headers.getSetCookie();
    expect(names(cleared)).toEqual([
      '__Host-signpost-choice',
      '__Host-signpost-visitor',
      '__Host-signpost-interests',
    ]);
    for (const cookie of cleared) expect(cookie).toMatch(/=; Max-Age=0; /);
  });

  it('to refuse is kept where the region would allow something otherwise', async () => {
    expect((await choose({}, {}, 'losAngeles')).headers.getSetCookie()[0]).toMatch(
      /^__Host-signpost-choice=0;/,
    );
  });

  it('by the form of another site is refused', async () => {
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
    expect((await choose({}, form)).status).toBe(403);
  });
});

it('lists every cookie before one is set', async () => {
  const { items } = (await (await delivery.fetch('/v1/privacy/cookies')).json()) as {
    items: { name: string; purposes: string[]; lifeDays: number }[];
  };
  expect(items.map(({ name, purposes, lifeDays }) => [name, purposes.join(), lifeDays])).toEqual([
    ['__Host-signpost-choice', 'necessary', 180],
    ['__Host-signpost-visitor', 'measurement', 365],
    ['__Host-signpost-interests', 'personalisation', 90],
    ['__Host-signpost-ads', 'measurement,personalisation', 30],
    ['__Host-signpost-advertisers', 'advertisers', 90],
    ['__Host-signpost-member', 'necessary', 30],
  ]);
});

describe('what comes after a decision', () => {
  const get = async (url: string, headers: Record<string, string> = {}) => {
    const { pathname, search } = new URL(url);
    const before = delivery.events().length;
    const from = testAddresses.munich;
    const response = await delivery.fetch(pathname + search, { from, headers: { ...browser, ...headers } });
    const events = delivery.events().slice(before);
    return { response, consents: events.map(({ consent, visitor_kind: kind }) => `${consent} ${kind}`) };
  };

  it.each<[string, Asked, string, Record<string, string>, string]>([
    ['nothing', { consent: 'measurement,personalisation' }, '', {}, 'site:measurement,personalisation'],
    [
      ...(['GPC', { consent: 'measurement,personalisation' }, ''] as const),
      ...([{ 'Sec-GPC': '1' }, 'gpc+site:measurement'] as const),
    ],
    ['a refusal', { consent: 'measurement' }, '?consent=none', {}, 'site:none'],
    ['a TCF string', { consent: 'measurement' }, `?gdpr_consent=${tcfString([])}`, {}, 'tcf+site:none'],
    ['a grant of more', { consent: 'none' }, '?consent=measurement', {}, 'site:none'],
    ['a grant where nothing was known', {}, '?consent=measurement', {}, 'undefined'],
    ['GPC where nothing was known', {}, '', { 'Sec-GPC': '1' }, 'gpc:none'],
  ])('says %s, and that can only take away', async (_, asked, query, headers, expected) => {
    const { ad } = await ask(asked);
    const { clickUrl } = ad as unknown as { clickUrl: string };
    for (const url of [ad.impressionUrl, clickUrl]) {
      const { consents } = await get(url + query, headers);
      expect(consents).toEqual([`${expected} daily`]);
    }
  });

  it('of image tags goes by their own requests, without cookies', async () => {
    const url = (path: string) => `https://ads.example.com${path}?zone=12&n=consent-1`;
    const said = '&consent=measurement';
    const cookie = { Cookie: '__Host-signpost-choice=7' };
    const shown = await get(url('/v1/img') + said, cookie);
    expect(shown.consents[0]).toBe('site:measurement daily');
    expect(shown.response.headers.getSetCookie()).toEqual([]);
    expect((await get(url('/v1/img/click') + said, { 'Sec-GPC': '1' })).consents).toEqual([
      'gpc+site:measurement daily',
    ]);
    expect((await get(url('/v1/img'))).consents[0]).toBe('undefined daily');
  });
});
