import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { CookieKeys } from '../../server/audience/index.ts';
import { cookieRing, readSigningKeys } from '../../server/secrets/index.ts';
import { startSentValuesPublisher, visitorValueRoutes } from '../../server/visitor-values/index.ts';
import { type Harness, startApi } from '../server/api/harness.ts';
import { buildBundle, launchBrowser, noBrowser } from '../support/browser.ts';
import { imageHash } from '../support/creatives.ts';
import { type TestDelivery, testAddresses, testDelivery } from '../support/delivery.ts';
import { ownInventory } from '../support/own-values.ts';
import { type Publisher, startPublisher } from './publisher.ts';
import { type ReverseProxy, startReverseProxy } from './reverse-proxy.ts';

const patience = { timeout: 20_000, interval: 20 };
const cookie = '__Host-signpost-advertisers';

/** What an ad's document is told. */
interface Told {
  readonly visitor: string;
  readonly value: string;
  readonly handle: string;
  readonly pixel: string;
}

describe.skipIf(noBrowser())('two advertisers with two keys and one browser, in Chromium', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let publisher: Publisher;
  let proxy: ReverseProxy;
  let delivery: TestDelivery;
  let api: Harness;
  let stopValues: () => Promise<void>;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    const scripts = Promise.all(
      (['tag', 'more', 'consent', 'frame', 'click-tag'] as const).map(async (name) =>
        Buffer.from(await buildBundle(`server/tag/${name}.ts`)),
      ),
    );
    [browser, publisher, proxy] = await Promise.all([
      launchBrowser(),
      startPublisher(),
      startReverseProxy(testAddresses.munich),
    ]);
    api = await startApi((db) => [
      ...visitorValueRoutes({
        db,
        keys: () => new CookieKeys(readSigningKeys(delivery.dataDir, cookieRing)),
        now: Date.now,
      }),
    ]);
    const ids: number[] = [];
    for (const name of ['Tea House', 'Boxes & Co', 'Nobody']) {
      const { body } = await api.call('POST', '/advertisers', { name, visitorValues: name !== 'Nobody' });
      ids.push(body.id as number);
      const made = await api.call('POST', '/api-keys', { name, advertiserId: body.id });
      keys[name] = made.body['key'] as string;
    }
    const [tag, more, consent, frame, clickTag] = (await scripts) as [Buffer, Buffer, Buffer, Buffer, Buffer];
    delivery = await testDelivery(
      ownInventory(`${publisher.origin}/landing`, ids as [number, number, number]),
      { scripts: { tag, more, consent, frame, clickTag }, publicUrl: proxy.origin, now: Date.now },
    );
    proxy.target = delivery.origin;
    mkdirSync(join(delivery.dataDir, 'assets'));
    const png = sharp({ create: { width: 300, height: 250, channels: 3, background: 'teal' } }).png();
    writeFileSync(join(delivery.dataDir, 'assets', `${imageHash}.png`), await png.toBuffer());
    const { db } = api.database;
    const logger = pino({ level: 'silent' });
    stopValues = startSentValuesPublisher({ db, dataDir: delivery.dataDir, logger }).stop;
    publisher.pages.set('/landing', '<!doctype html><title>Shop</title>');
    context = await browser.newContext({ locale: 'en-GB' });
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await stopValues?.();
    await api?.close();
    await proxy?.close();
    await delivery?.close();
    await publisher?.close();
  });

  /** Opens a page with these zones, on one of two sites; the ads' documents by zone. */
  async function visit(
    zones: readonly number[],
    choice: object,
    site: 'localhost' | '127.0.0.1' = 'localhost',
  ) {
    const slots = zones.map((zone) => `<ins class="signpost" data-zone="${zone}"></ins>`).join('');
    publisher.pages.set(
      '/',
      `<!doctype html><html lang="en"><title>A page</title><link rel="icon" href="data:,"><script>window.signpost = { choice: ${JSON.stringify(choice)} };</script><script async src="${proxy.origin}/consent.js" data-consent></script><body>${slots}`,
    );
    await page.goto(publisher.origin.replace('localhost', site));
    for (const zone of zones)
      await page.locator(`ins[data-zone="${zone}"][data-signpost="filled"]`).waitFor({ timeout: 20_000 });
  }
  const frameOf = async (zone: number) => {
    const element = await page.locator(`ins[data-zone="${zone}"] iframe`).elementHandle();
    const frame = await element?.contentFrame();
    if (!frame) throw new Error(`zone ${zone} has no frame`);
    await frame.locator('#own').waitFor();
    return frame;
  };
  async function told(zone: number): Promise<Told> {
    const text = (await (await frameOf(zone)).locator('#own').textContent()) ?? '';
    const [visitor = '', value = '', handle = '', pixel = ''] = text.split('|');
    return { visitor, value, handle, pixel };
  }
  /** Loads an image there, as an ad does. */
  async function load(zone: number, url: string): Promise<unknown> {
    return (await frameOf(zone)).evaluate(`new Promise((done) => {
      const image = new Image();
      image.onload = () => done('loaded');
      image.onerror = () => done('refused');
      image.src = ${JSON.stringify(url)};
    })`);
  }
  const as = (name: string) => ({ headers: { Authorization: `Bearer ${keys[name]}` } });
  const read = (name: string, handle: string) =>
    api.call('GET', `/visitor-values?handle=${handle}`, undefined, as(name));

  const both = { advertisers: true };
  let tea: Told;
  let boxes: Told;
  let handle: string;

  test('each has a number and a value of its own, in a partitioned cookie that no script reads', async () => {
    await visit([11, 12, 13], both);
    [tea, boxes] = [await told(11), await told(12)];
    expect(tea.visitor).toMatch(/^[\w-]{23}$/);
    expect(boxes.visitor).toMatch(/^[\w-]{23}$/);
    expect(tea.visitor).not.toBe(boxes.visitor);
    expect(await told(13)).toEqual({ visitor: '', value: '', handle: '', pixel: '' });
    expect(await load(11, `${tea.pixel}?value=cart:17`)).toBe('loaded');
    await visit([11, 12], both);
    expect(await told(11)).toMatchObject({ visitor: tea.visitor, value: 'cart:17' });
    expect(await told(12)).toMatchObject({ visitor: boxes.visitor, value: '' });
    const kept = (await context.cookies()).find(({ name }) => name === cookie);
    expect(kept).toMatchObject({ httpOnly: true, secure: true, sameSite: 'None' });
    expect(kept?.partitionKey).toContain('localhost');
    expect(await page.evaluate('document.cookie')).toBe('');
    const readable = '(() => { try { return document.cookie; } catch { return ""; } })()';
    for (const frame of page.frames()) expect(await frame.evaluate(readable)).toBe('');
  });

  test('neither reads, writes or guesses what is the other’s, and neither does the page', async () => {
    // What the other's document has does not help the one: it is told of its own alone.
    const { pixel } = await told(12);
    expect(await load(12, pixel.replace(/.{8}$/, 'AAAAAAAA'))).toBe('refused');
    await load(12, `${pixel}?value=mine`);
    await visit([11, 12], both);
    expect(await told(11)).toMatchObject({ value: 'cart:17' });
    expect(await told(12)).toMatchObject({ value: 'mine' });
    const source = await page.locator('ins[data-zone="11"] iframe').getAttribute('src');
    const fetched = await page.evaluate(
      `fetch(${JSON.stringify(source)}, { credentials: 'include' }).then((r) => r.text()).catch(() => 'refused')`,
    );
    expect(fetched).toBe('refused');
    expect(await page.content()).not.toMatch(/cart:17|mine|\/v1\/own\//);

    const [own, others] = [(await told(11)).handle, (await told(12)).handle];
    expect((await read('Tea House', own)).body).toMatchObject({ visitor: tea.visitor, value: 'cart:17' });
    expect((await read('Boxes & Co', others)).body).toMatchObject({ visitor: boxes.visitor, value: 'mine' });
    const refusals = await Promise.all([
      read('Boxes & Co', own),
      read('Tea House', others),
      read('Nobody', own),
      read('Boxes & Co', 'nothing-at-all'),
      read('Boxes & Co', own.replace(/.$/, '_')),
      api.call('GET', `/visitor-values?handle=${own}&advertiserId=1`, undefined, as('Boxes & Co')),
      ...[{ handle: own }, { visitor: tea.visitor }, { visitor: 'A'.repeat(23) }].map((whose) =>
        api.call('PUT', '/visitor-values', { ...whose, value: 'stolen' }, as('Boxes & Co')),
      ),
      api.call('GET', `/visitor-values?handle=${own}`),
    ]);
    expect(refusals.map(({ status }) => status)).toEqual(refusals.map(() => 403));
    expect(new Set(refusals.slice(0, -1).map(({ text }) => text)).size).toBe(1);
  });

  test('a click hands the landing a handle, and a value from its server comes to the browser', async () => {
    await visit([14, 15], both);
    // Of the two line items that are for carts the one whose advertiser keeps one.
    expect(await page.locator('ins[data-zone="14"] img').getAttribute('alt')).toBe('Ad 4');
    const [landing] = await Promise.all([
      context.waitForEvent('page'),
      page.locator('ins[data-zone="15"] a').click(),
    ]);
    await landing.waitForURL(/\/landing/);
    handle = new URL(landing.url()).searchParams.get('h') ?? '';
    await landing.close();
    expect((await read('Tea House', handle)).body).toMatchObject({ visitor: tea.visitor, value: 'cart:17' });
    expect((await read('Boxes & Co', handle)).status).toBe(403);
    const sent = await api.call('PUT', '/visitor-values', { handle, value: 'bought' }, as('Tea House'));
    expect([sent.status, sent.body['visitor']]).toEqual([202, tea.visitor]);
    await vi.waitFor(async () => {
      await visit([11, 12], both);
      expect(await told(11)).toMatchObject({ visitor: tea.visitor, value: 'bought' });
    }, patience);
    expect(await told(12)).toMatchObject({ value: 'mine' });
    expect(JSON.stringify(delivery.events())).not.toContain(tea.visitor);
  });

  test('another site has other numbers, and withdrawing consent leaves nothing', async () => {
    await visit([11, 12], both, '127.0.0.1');
    const [there, boxesThere] = [await told(11), await told(12)];
    expect(new Set([there, boxesThere, tea, boxes].map(({ visitor }) => visitor)).size).toBe(4);
    expect(there.value).toBe('');
    await visit([11, 15], both);
    const click = page.locator('ins[data-zone="15"] a');
    expect(await click.getAttribute('href')).toContain('~');
    await page.evaluate('signpost.consent({ measurement: true })');
    expect(await click.getAttribute('href')).not.toContain('~');
    const partitions = async () =>
      (await context.cookies()).filter(({ name }) => name === cookie).map((each) => each.partitionKey ?? '');
    await vi.waitFor(async () => expect((await partitions()).join()).not.toContain('localhost'), patience);
    await visit([11, 12], { measurement: true });
    expect(await told(11)).toEqual({ visitor: '', value: '', handle: '', pixel: '' });
    await visit([11], both);
    expect((await told(11)).visitor).not.toBe(tea.visitor);
  });
});
