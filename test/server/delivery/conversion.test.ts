import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clickIdOf, readClickId, withClickId } from '../../../server/delivery/click-id.ts';
import { regionalInventory, type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';
import { userAgents } from '../../support/user-agents.ts';

const secret = 'spc_secret-of-this-test';
const secretHash = createHash('sha256').update(secret).digest('hex');
const headers = { 'User-Agent': userAgents(1)[0] as string };
let delivery: TestDelivery;

beforeAll(async () => {
  delivery = await testDelivery({
    ...regionalInventory(),
    conversionActions: [
      { id: 5, advertiserId: 201, secretHash, clickId: true, pixel: true },
      { id: 6, advertiserId: 202, secretHash, clickId: false, pixel: false },
    ],
  });
});
afterAll(() => delivery.close());

async function recorded(request: () => Promise<Response>) {
  const before = delivery.events().length;
  const response = await request();
  return { response, events: delivery.events().slice(before) };
}
const pixel = (query: string, from: string = testAddresses.taipei) =>
  recorded(() => delivery.fetch(`/v1/conv?${query}`, { from, headers }));
const post = (body: unknown, authorization = `Bearer ${secret}`) =>
  recorded(() =>
    delivery.fetch('/v1/conv', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { Authorization: authorization },
      from: testAddresses.taipei,
    }),
  );
const clickId = () => `00000000000000ab-${(delivery.clock.nowMs - 1000).toString(36).padStart(8, '0')}`;

describe('the pixel', () => {
  it('is an image, and records value, order and click with the visitor', async () => {
    const { response, events } = await pixel(
      `action=5&value=12.50&currency=EUR&order=A-17&click=${clickId()}`,
    );
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('image/gif');
    expect(response.headers.get('cache-control')).toBe('no-store');
    expect(response.headers.get('set-cookie')).toBeNull();
    expect(
      Buffer.from(await response.arrayBuffer())
        .subarray(0, 6)
        .toString(),
    ).toBe('GIF89a');
    expect(events).toEqual([
      expect.objectContaining({
        ...{ type: 'conversion', advertiser: 201, conversion_action: 5, value_micros: 12_500_000 },
        ...{ currency: 'EUR', decision: '00000000000000ab', decision_time: delivery.clock.nowMs - 1000 },
        ...{ country: 'TW', network: '1.0.0.0/24', visitor: expect.not.stringMatching(/^0+$/) },
      }),
    ]);
    expect(JSON.stringify(events)).not.toContain('A-17');
  });

  it('gives an order the same id wherever it comes from, and tells orders and actions apart', async () => {
    const id = async (query: string) => (await pixel(query)).events[0]?.id;
    const first = await id('action=5&order=A-17');
    expect(await id('action=5&order=A-17&value=3')).toBe(first);
    expect((await post({ action: 5, order: 'A-17' })).events[0]?.id).toBe(first);
    expect(await id('action=5&order=A-18')).not.toBe(first);
    expect((await post({ action: 6, order: 'A-17' })).events[0]?.id).not.toBe(first);
    expect(await id('action=5')).not.toBe(await id('action=5'));
  });

  it('of a bot is marked', async () => {
    const { events } = await recorded(() =>
      delivery.fetch('/v1/conv?action=5', { headers: { 'User-Agent': 'curl/8' } }),
    );
    expect(events).toMatchObject([{ type: 'conversion', invalid: 'bot' }]);
  });

  it.each([
    ['0', 0],
    ['0.000001', 1],
    ['19.99', 19_990_000],
    ['0.1', 100_000],
    ['1000000000', 1_000_000_000_000_000],
  ])('takes %s for exactly so many micros', async (value, micros) => {
    const { events } = await pixel(`action=5&value=${value}`);
    expect(events[0]?.['value_micros'] ?? 0).toBe(micros);
  });

  it.each([
    '',
    'x',
    '%00',
    'ab-c',
    'zzzzzzzzzzzzzzzz-mi000000',
    '0000000000000000-mi000000',
    `${'a'.repeat(16)}-zzzzzzzz`,
  ])('leaves a click id aside that does not fit: "%s"', async (click) => {
    const { response, events } = await pixel(`action=5&click=${click}`);
    expect(response.status).toBe(200);
    expect(events).toHaveLength(1);
    expect(events[0]).not.toHaveProperty('decision');
  });

  it.each([
    ['', 422, 'invalid_input'],
    ['action=', 404, 'not_found'],
    ['action=x', 422, 'invalid_input'],
    ['action=5.5', 422, 'invalid_input'],
    ['action=99', 404, 'not_found'],
    ['action=-5', 404, 'not_found'],
    ['action=__proto__', 422, 'invalid_input'],
    ['action=6', 403, 'forbidden'],
    ['action=5&value=-1', 422, 'invalid_input'],
    ['action=5&value=1e9', 422, 'invalid_input'],
    ['action=5&value=1,5', 422, 'invalid_input'],
    ['action=5&value=NaN', 422, 'invalid_input'],
    ['action=5&value=0.0000001', 422, 'invalid_input'],
    ['action=5&value=1000000000.000001', 422, 'invalid_input'],
    ['action=5&value=99999999999', 422, 'invalid_input'],
    ['action=5&currency=euro', 422, 'invalid_input'],
    ['action=5&currency=%E2%82%AC', 422, 'invalid_input'],
    [`action=5&order=${'x'.repeat(201)}`, 422, 'invalid_input'],
  ])('with "%s" is refused in words', async (query, status, code) => {
    const { response, events } = await pixel(query);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ code });
    expect(events).toEqual([]);
  });
});

describe("an advertiser's server", () => {
  it('reports with the secret, and nothing of itself is kept', async () => {
    const { response, events } = await post({
      action: 6,
      value: 9.99,
      currency: 'EUR',
      order: '1',
      click: clickId(),
    });
    expect(response.status).toBe(204);
    expect(events).toEqual([
      {
        ...{
          type: 'conversion',
          id: expect.any(String),
          time: delivery.clock.nowMs,
          visitor: '0'.repeat(16),
        },
        ...{ advertiser: 202, conversion_action: 6, value_micros: 9_990_000, currency: 'EUR' },
        ...{ decision: '00000000000000ab', decision_time: delivery.clock.nowMs - 1000 },
      },
    ]);
  });

  it.each<[string, unknown, string | undefined, number, string]>([
    ['no secret', { action: 5 }, '', 401, 'unauthorized'],
    ['a wrong secret', { action: 5 }, 'Bearer spc_secret-of-that-test', 401, 'unauthorized'],
    ['another scheme', { action: 5 }, `Basic ${secret}`, 401, 'unauthorized'],
    ['a secret of 10 KB', { action: 5 }, `Bearer ${'x'.repeat(10_000)}`, 401, 'unauthorized'],
    ['an action that is not there', { action: 99 }, undefined, 401, 'unauthorized'],
    ['no action', {}, undefined, 401, 'unauthorized'],
    ['text for an action', { action: '5' }, undefined, 401, 'unauthorized'],
    ['no JSON', 'action=5', undefined, 400, 'malformed_json'],
    ['an empty body', '', undefined, 400, 'malformed_json'],
    ['a list', '[]', undefined, 422, 'invalid_input'],
    ['null', 'null', undefined, 422, 'invalid_input'],
    ['a negative value', { action: 5, value: -1 }, undefined, 422, 'invalid_input'],
    ['a value that is an object', { action: 5, value: {} }, undefined, 422, 'invalid_input'],
    ['a huge value', { action: 5, value: 1e300 }, undefined, 422, 'invalid_input'],
    ['a currency that is a number', { action: 5, currency: 978 }, undefined, 422, 'invalid_input'],
    ['an empty order', { action: 5, order: '' }, undefined, 422, 'invalid_input'],
    ['a number for an order', { action: 5, order: 17 }, undefined, 422, 'invalid_input'],
    ['a click that is none', { action: 5, click: 'x' }, undefined, 422, 'invalid_input'],
    ['a click that is a list', { action: 5, click: [] }, undefined, 422, 'invalid_input'],
    ['5 KB', { action: 5, order: 'x'.repeat(5000) }, undefined, 413, 'body_too_large'],
    ['broken UTF-8', '{"action":5,"order":"\ud800"}', undefined, 204, ''],
  ])('with %s is answered as it should', async (_name, body, authorization, status, code) => {
    const { response, events } = await post(body, authorization);
    expect(response.status).toBe(status);
    if (code !== '') expect(await response.json()).toMatchObject({ code });
    expect(events).toHaveLength(status === 204 ? 1 : 0);
  });

  it('is told which methods there are', async () => {
    const response = await delivery.fetch('/v1/conv', { method: 'PUT' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('GET, POST');
  });
});

describe('a click', () => {
  const clicked = async (from: string) => {
    const ad = await (await delivery.fetch('/v1/ad?zone=12', { from, headers })).json();
    const { id, clickUrl } = ad as { id: string; clickUrl: string };
    const response = await delivery.fetch(new URL(clickUrl).pathname, { from, headers });
    return { id, location: new URL(response.headers.get('location') as string) };
  };

  it("tells the landing page its id where the advertiser's conversions ask for it, and comes back by it", async () => {
    const { id, location } = await clicked(testAddresses.taipei);
    const told = location.searchParams.get('signpost_click') as string;
    expect(location.searchParams.get('a')).toBe('1');
    expect(told.startsWith(`${id}-`)).toBe(true);
    const { events } = await post({ action: 5, click: told });
    expect(events).toMatchObject([{ decision: id, decision_time: delivery.clock.nowMs }]);
    expect((await clicked(testAddresses.munich)).location.searchParams.has('signpost_click')).toBe(false);
  });
});

describe('click ids', () => {
  const nowMs = Date.UTC(2026, 10, 23);
  it.each([
    ['https://a.example', 'https://a.example?signpost_click=x'],
    ['https://a.example/', 'https://a.example/?signpost_click=x'],
    ['https://a.example/?b=1', 'https://a.example/?b=1&signpost_click=x'],
    ['https://a.example/?', 'https://a.example/?signpost_click=x'],
    ['https://a.example/?b=1&', 'https://a.example/?b=1&signpost_click=x'],
    ['https://a.example/#c?d', 'https://a.example/?signpost_click=x#c?d'],
    ['https://a.example/?b#c', 'https://a.example/?b&signpost_click=x#c'],
  ])('go into %s as a parameter', (landing, expected) => {
    expect(withClickId(landing, 'x')).toBe(expected);
  });

  it('come back as they went, for 90 days', () => {
    const decided = { idHigh: 0x0123_4567, idLow: 0x89ab_cdef, timeMs: nowMs };
    const text = clickIdOf(decided);
    expect(readClickId(text, nowMs)).toEqual({ id: '0123456789abcdef', decisionMs: nowMs });
    expect(readClickId(text, nowMs + 90 * 86_400_000)).toBeDefined();
    expect(readClickId(text, nowMs + 91 * 86_400_000)).toBeUndefined();
    expect(readClickId(text, nowMs - 3_600_000)).toBeUndefined();
    expect(readClickId(text.toUpperCase(), nowMs)).toBeUndefined();
  });
});

describe('a visitor with a cookie', () => {
  it('is found again by the day and the advertiser alone, where the advertiser’s page has no cookie', async () => {
    const from = testAddresses.taipei;
    const ad = async (cookie?: string) =>
      delivery.fetch('/v1/ad?zone=12&consent=measurement', {
        from,
        headers: { ...headers, ...(cookie === undefined ? {} : { Cookie: cookie }) },
      });
    const [cookie = ''] = (await ad()).headers.getSetCookie()[0]?.split(';') ?? [];
    const { impressionUrl } = (await (await ad(cookie)).json()) as { impressionUrl: string };
    const shown = await recorded(() =>
      delivery.fetch(new URL(impressionUrl).pathname, { from, headers: { ...headers } }),
    );
    const [impression] = shown.events;
    expect(impression).toMatchObject({ visitor_kind: 'cookie', advertiser: 201 });
    const own = (await pixel('action=5')).events[0];
    expect(own).toMatchObject({ visitor_kind: 'daily', pairing: impression?.['pairing'] });
    expect(own?.['visitor']).not.toBe(impression?.['visitor']);
    expect((await pixel('action=5', testAddresses.munich)).events[0]?.['pairing']).not.toBe(own?.['pairing']);
    // With Global Privacy Control at the impression itself measurement stays; where the page says none, the number goes.
    const refused = await recorded(() =>
      delivery.fetch(`${new URL(impressionUrl).pathname}?consent=none`, { from, headers: { ...headers } }),
    );
    expect(refused.events[0]).toMatchObject({ visitor_kind: 'daily', consent: 'site:none' });
    expect(refused.events[0]).not.toHaveProperty('pairing');
    expect((await pixel('action=5&consent=none')).events[0]).toMatchObject({ consent: 'site:none' });
  });
});
