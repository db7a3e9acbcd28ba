import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { CookieKeys, isPseudonymOf, openHandle, sentValuesPath } from '../../../server/audience/index.ts';
import { cookieRing, readSigningKeys } from '../../../server/secrets/index.ts';
import { type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';
import { ownInventory } from '../../support/own-values.ts';
import { userAgents } from '../../support/user-agents.ts';

const publicUrl = 'https://ads.example.com';
const name = '__Host-signpost-advertisers';
const all = 'consent=site:measurement,personalisation,advertisers';
const [chrome = ''] = userAgents(1);

let delivery: TestDelivery;
let keys: CookieKeys;
beforeAll(async () => {
  delivery = await testDelivery(ownInventory(), { publicUrl, random: () => 0 });
  keys = new CookieKeys(readSigningKeys(delivery.dataDir, cookieRing));
});
afterAll(() => delivery.close());

/** A browser with its cookies of one site. */
class Visitor {
  readonly cookies = new Map<string, string>();
  /** What goes along with every request. */
  headers: Record<string, string> = {};

  async get(path: string, init: RequestInit = {}): Promise<Response> {
    const cookie = [...this.cookies].map(([key, value]) => `${key}=${value}`).join('; ');
    const response = await delivery.fetch(path.replace(publicUrl, ''), {
      ...init,
      from: testAddresses.munich,
      headers: {
        ...{ 'User-Agent': chrome, 'Accept-Language': 'en', ...this.headers },
        ...(init.headers as Record<string, string>),
        ...(cookie === '' ? {} : { Cookie: cookie }),
      },
    });
    for (const text of response.headers.getSetCookie()) {
      const [key = '', value = ''] = text.split(';', 1)[0]?.split(/=(.*)/) ?? [];
      if (text.includes('Max-Age=0')) this.cookies.delete(key);
      else this.cookies.set(key, value);
    }
    return response;
  }

  async ad(zone: number, consent = all) {
    const response = await this.get(`/v1/ad?zone=${zone}&${consent}`);
    return (await response.json()) as {
      noFill: string | null;
      creative: { id: number; src: string; html?: string };
      clickUrl: string;
      impressionUrl: string;
    };
  }

  /** What the advertiser's document is told. */
  async told(zone: number, consent = all) {
    const { creative } = await this.ad(zone, consent);
    const document = await (await this.get(creative.src)).text();
    const [visitor = '', value = '', handle = '', pixel = ''] =
      /<p id="own">([^<]*)/.exec(document)?.[1]?.split('|') ?? [];
    return { visitor, value, handle, pixel };
  }
}

const handleOf = (location: string | null) => new URL(location ?? '').searchParams.get('h') ?? '';

describe("advertisers' own values", () => {
  it('gives each advertiser a number of its own, which only its own key opens', async () => {
    const visitor = new Visitor();
    const [tea, boxes] = [await visitor.told(11), await visitor.told(12)];
    expect(tea.visitor).toMatch(/^[\w-]{23}$/);
    expect(boxes.visitor).not.toBe(tea.visitor);
    expect((await visitor.told(11)).visitor).toBe(tea.visitor);
    expect((await visitor.told(11)).handle).not.toBe(tea.handle);
    const { nowMs } = delivery.clock;
    expect(openHandle(411, tea.handle, keys, nowMs)).toEqual({
      ...{ visitor: tea.visitor, value: '', valueAtS: 0 },
    });
    expect(openHandle(412, tea.handle, keys, nowMs)).toBeUndefined();
    expect(openHandle(411, tea.handle, keys, nowMs + 86_400_001)).toBeUndefined();
    expect(isPseudonymOf(411, tea.visitor, keys)).toBe(true);
    expect(isPseudonymOf(412, tea.visitor, keys)).toBe(false);
    for (const cookie of visitor.cookies.values()) {
      expect(cookie).not.toContain(tea.visitor);
      expect(Buffer.from(cookie, 'base64url').includes(Buffer.from(tea.visitor, 'base64url'))).toBe(false);
    }
    // Nothing of it is in any event.
    expect(JSON.stringify(delivery.events())).not.toMatch(new RegExp(`${tea.visitor}|${boxes.visitor}|~`));
    // Another site's page is another visitor.
    expect((await new Visitor().told(11)).visitor).not.toBe(tea.visitor);
  });

  it('sets a value by the pixel, in the browser that the ad was shown in alone', async () => {
    const visitor = new Visitor();
    const { pixel, visitor: number } = await visitor.told(11);
    expect((await visitor.get(`${pixel}?value=cart:17`)).headers.get('content-type')).toBe('image/gif');
    expect(await visitor.told(11)).toMatchObject({ visitor: number, value: 'cart:17' });
    expect(await visitor.told(12)).toMatchObject({ value: '' });
    const other = new Visitor();
    await other.told(11);
    const answer = await other.get(`${pixel}?value=stolen`);
    expect([answer.status, answer.headers.getSetCookie()]).toEqual([200, []]);
    expect(await other.told(11)).toMatchObject({ value: '' });
    expect((await visitor.get(`${pixel}?value=${'x'.repeat(65)}`)).status).toBe(400);
    expect((await visitor.get(`${pixel.slice(0, -1)}_?value=x`)).status).toBe(403);
    expect((await visitor.get('/v1/own/nonsense?value=x')).status).toBe(403);
    await visitor.get(`${pixel}?value=`);
    expect(await visitor.told(11)).toMatchObject({ visitor: number, value: '' });
  });

  it('gives the landing a handle, and the page nothing that it could read', async () => {
    const visitor = new Visitor();
    const { pixel, visitor: number } = await visitor.told(11);
    await visitor.get(`${pixel}?value=vip`);
    const { clickUrl, creative, impressionUrl } = await visitor.ad(11);
    expect(JSON.stringify([clickUrl, creative])).not.toMatch(/vip|\/v1\/own\//);
    expect(creative.html).toContain('<p id="own">|||</p>');
    // The click leads away from the page, whose cookies it does not have.
    const click = await new Visitor().get(clickUrl);
    const handle = handleOf(click.headers.get('location'));
    expect(clickUrl).not.toContain(handle);
    expect(openHandle(411, handle, keys, delivery.clock.nowMs)).toMatchObject({
      ...{ visitor: number, value: 'vip' },
    });
    // A handle does not tell whether there is a value.
    expect((await new Visitor().told(11)).handle).toHaveLength(handle.length);
    // The same address is good for its other events.
    expect((await visitor.get(impressionUrl)).status).toBe(204);
    const stolen = clickUrl.replace(/~.*/, `~${(await visitor.told(12)).handle}`);
    expect(handleOf((await visitor.get(stolen)).headers.get('location'))).toBe('');
    expect((await visitor.get(creative.src)).headers.get('access-control-allow-origin')).toBeNull();
  });

  it('targets by its own value alone', async () => {
    const visitor = new Visitor();
    expect(await visitor.ad(14)).toMatchObject({ noFill: 'targeting' });
    const boxes = await visitor.told(12);
    await visitor.get(`${boxes.pixel}?value=cart:1`);
    expect(await visitor.ad(14)).toMatchObject({ creative: { id: 5 } });
    const tea = await visitor.told(11);
    expect(await visitor.ad(14)).toMatchObject({ creative: { id: 5 } });
    await visitor.get(`${tea.pixel}?value=cart:2`);
    expect(await visitor.ad(14)).toMatchObject({ creative: { id: 4 } });
    expect(await visitor.ad(14, 'consent=measurement')).toMatchObject({ noFill: 'targeting' });
  });

  it('takes from a browser what its owner does not consent to any more, and what they remove', async () => {
    const visitor = new Visitor();
    const tea = await visitor.told(11);
    const boxes = await visitor.told(12);
    await visitor.get(`${tea.pixel}?value=cart:9`);
    const page = await (await visitor.get(`/v1/privacy?${all}`)).text();
    expect(page).toContain('Tea House <code>cart:9</code>');
    expect(page).toContain('Remove: Boxes &amp; Co');
    await visitor.get('/v1/privacy/advertisers/remove', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ advertiser: 411, consent: 'site:advertisers' }),
    });
    const [again, kept] = [await visitor.told(11), await visitor.told(12)];
    expect(again).toMatchObject({ value: '' });
    expect(again.visitor).not.toBe(tea.visitor);
    expect(kept.visitor).toBe(boxes.visitor);
    // An ad that is still on the screen can neither read nor write any more.
    const { creative } = await visitor.ad(12);
    await visitor.ad(11, 'consent=site:measurement');
    expect(visitor.cookies.has(name)).toBe(false);
    await visitor.get(`${boxes.pixel}?value=late`);
    expect(visitor.cookies.has(name)).toBe(false);
    expect(await (await visitor.get(creative.src)).text()).toContain('<p id="own">|||</p>');
  });

  it('gives nothing to advertisers who do not take part, nor without consent, nor with Global Privacy Control', async () => {
    const visitor = new Visitor();
    expect(await visitor.told(13)).toEqual({ visitor: '', value: '', handle: '', pixel: '' });
    for (const consent of ['', 'consent=', 'consent=measurement,personalisation'])
      expect(await visitor.told(11, consent)).toMatchObject({ visitor: '', handle: '', pixel: '' });
    expect(visitor.cookies.has(name)).toBe(false);
    const { clickUrl } = await visitor.ad(11);
    expect(visitor.cookies.has(name)).toBe(true);
    visitor.headers = { 'Sec-GPC': '1' };
    expect(handleOf((await visitor.get(clickUrl)).headers.get('location'))).toBe('');
    expect(await visitor.told(11)).toMatchObject({ visitor: '', pixel: '' });
    expect(visitor.cookies.has(name)).toBe(false);
  });

  it('brings a value that a server sent at the next request, unless the browser has a later one', async () => {
    const visitor = new Visitor();
    const tea = await visitor.told(11);
    const boxes = await visitor.told(12);
    const nowS = delivery.clock.nowMs / 1000;
    const send = (lines: readonly unknown[]) =>
      writeFileSync(
        sentValuesPath(delivery.dataDir),
        lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
      );
    // One advertiser cannot send by the number of another.
    send([
      [411, tea.visitor, nowS + 5, 'bought'],
      [411, boxes.visitor, nowS + 5, 'stolen'],
    ]);
    await vi.waitFor(async () => expect(await visitor.told(11)).toMatchObject({ value: 'bought' }), 5000);
    expect(await visitor.told(12)).toMatchObject({ value: '' });
    await visitor.get(`${tea.pixel}?value=earlier`);
    expect(await visitor.told(11)).toMatchObject({ value: 'bought' });
    delivery.clock.nowMs += 10_000;
    await visitor.get(`${tea.pixel}?value=later`);
    expect(await visitor.told(11)).toMatchObject({ value: 'later' });
  });

  it('has room for the longest values of twelve advertisers, each of them apart', async () => {
    const { AdvertiserValues } = await import('../../../server/audience/advertiser-values.ts');
    const values = new AdvertiserValues();
    const { nowMs } = delivery.clock;
    for (let id = 1; id <= 13; id++) {
      values.meet(id, keys, nowMs + id * 86_400_000);
      const entry = values.of(id);
      if (entry !== undefined) values.set(entry, { value: 'x'.repeat(64), atS: id });
    }
    const text = values.seal(keys, nowMs);
    expect(text.length + name.length).toBeLessThan(1600);
    const opened = AdvertiserValues.open(text, keys, nowMs + 13 * 86_400_000);
    expect(opened?.entries.map(({ advertiser }) => advertiser)).toEqual([
      2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13,
    ]);
    expect(opened?.entries).toEqual(values.entries);
    const late = AdvertiserValues.open(text, keys, nowMs + (90 + 5) * 86_400_000);
    expect(late?.entries.map(({ advertiser }) => advertiser)).toEqual([6, 7, 8, 9, 10, 11, 12, 13]);
    expect(AdvertiserValues.open(`${text.slice(0, -2)}AA`, keys, nowMs)).toBeUndefined();
  });
});
