import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { launchBrowser, noBrowser } from '../support/browser.ts';
import { type Signpost, startSignpost } from '../support/signpost.ts';
import { userAgents } from '../support/user-agents.ts';
import { type NoNetwork, noNetwork } from './no-network.ts';
import { type Publisher, startPublisher } from './publisher.ts';
import { type ReverseProxy, startReverseProxy } from './reverse-proxy.ts';
import { type Witness, witness } from './witness.ts';

const addressOfTaiwan = '168.95.1.1';
const addressOfGermany = '138.244.1.1';

/** What `fetch` sends by itself is told for a program's request, and not counted. */
const asPerson = { 'User-Agent': userAgents(1)[0] as string };

describe.skipIf(noBrowser())('inventory of one’s own, on a page of another origin in Chromium', () => {
  let product: Signpost;
  let browser: Browser;
  let proxy: ReverseProxy;
  let publisher: Publisher;
  let network: NoNetwork;
  let context: BrowserContext;
  let page: Page;
  let seen: Witness;
  let ids: Record<'lineItem' | 'creative' | 'zone', number>;

  beforeAll(async () => {
    proxy = await startReverseProxy(addressOfTaiwan);
    [product, browser, publisher, network] = await Promise.all([
      startSignpost({ env: { PUBLIC_URL: proxy.origin } }),
      launchBrowser(),
      startPublisher(),
      noNetwork(),
    ]);
    proxy.target = product.delivery;
    context = await browser.newContext({ viewport: { width: 1000, height: 700 }, proxy: network.proxy });
    seen = witness(context);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await publisher?.close();
    await network?.close();
    await product?.dispose();
  });

  const make = async (path: string, body: object): Promise<number> =>
    (await product.json<{ id: number }>(path, { method: 'POST', body })).id;
  const upload = async (color: string): Promise<string> => {
    const png = await sharp({ create: { width: 300, height: 250, channels: 3, background: color } })
      .png()
      .toBuffer();
    const answer = await fetch(`${product.console}/api/v1/assets`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${product.adminKey}`, 'Content-Type': 'image/png' },
      body: new Uint8Array(png),
    });
    expect(answer.status).toBe(201);
    return ((await answer.json()) as { asset: string }).asset;
  };
  const slot = () => page.locator('ins.signpost');
  const open = async (): Promise<string | null> => {
    await page.goto(`${publisher.origin}/`);
    await vi.waitFor(
      async () => expect(await slot().getAttribute('data-signpost')).toMatch(/^(filled|nofill)$/),
      { timeout: 20_000, interval: 20 },
    );
    return slot().getAttribute('data-signpost');
  };
  const shown = async (): Promise<string> =>
    String(await page.locator('ins.signpost img').getAttribute('src'));
  /** Waits until the traffic of the zone's site is exactly this. */
  const counted = (wanted: object) =>
    vi.waitFor(
      async () => {
        const { rows } = await product.json<{ rows: object[] }>(
          `/reports/traffic?dimensions=country,zone&metrics=adRequests,filled,impressions,viewableImpressions,clicks&filter=${encodeURIComponent(JSON.stringify({ zone: [ids.zone] }))}`,
        );
        expect(rows).toEqual([{ country: 'TW', zone: ids.zone, ...wanted }]);
      },
      { timeout: 20_000, interval: 100 },
    );

  test('a tag of a zone made through the API shows the banner made through the API', async () => {
    const asset = await upload('#c23b22');
    const advertiser = await make('/advertisers', { name: 'Tea House' });
    const campaign = await make('/campaigns', { advertiserId: advertiser, name: 'Spring tea' });
    const lineItem = await make('/line-items', {
      campaignId: campaign,
      name: 'Taiwan',
      type: 'standard',
      targeting: { on: 'country', in: ['TW'] },
    });
    const creative = await make('/creatives', {
      lineItemId: lineItem,
      name: 'Red',
      asset,
      alt: 'Spring tea',
      clickUrl: `${publisher.origin}/landing`,
    });
    const site = await make('/sites', { name: 'The News', domain: 'localhost' });
    const zone = await make('/zones', { siteId: site, name: 'Sidebar', sizes: [[300, 250]] });
    ids = { lineItem, creative, zone };
    const { html } = await product.json<{ html: string }>(`/zones/${zone}/tag`);
    expect(html).toContain(`src="${proxy.origin}/tag.js"`);
    publisher.pages.set('/', `<!doctype html><title>The News</title><link rel="icon" href="data:,">${html}`);
    publisher.pages.set(
      '/landing',
      '<!doctype html><title>Spring tea</title><link rel="icon" href="data:,">',
    );

    // A page that comes before the delivery worker has the inventory has an unknown zone.
    await vi.waitFor(
      async () =>
        expect((await fetch(`${proxy.origin}/v1/ad?zone=${zone}`, { headers: asPerson })).status).toBe(200),
      { timeout: 10_000, interval: 20 },
    );
    expect(await open()).toBe('filled');
    expect(await shown()).toContain(asset);
    expect(await slot().boundingBox()).toMatchObject({ width: 300, height: 250 });
    expect(await page.locator('ins.signpost img').getAttribute('alt')).toBe('Spring tea');
  });

  test('its impression, its second in view and its click are counted', async () => {
    // One ad request was the test's own, which asked without a page.
    await counted({ adRequests: 2, filled: 2, impressions: 1, viewableImpressions: 1, clicks: 0 });
    const tab = context.waitForEvent('page');
    await page.locator('ins.signpost img').click();
    const landing = await tab;
    await landing.waitForURL(`${publisher.origin}/landing`);
    await landing.close();
    await counted({ adRequests: 2, filled: 2, impressions: 1, viewableImpressions: 1, clicks: 1 });
  });

  test('nobody else was asked, and nothing was kept or complained about', async () => {
    expect([...seen.origins].toSorted()).toEqual([proxy.origin, publisher.origin].toSorted());
    expect(network.askedFor).toEqual([]);
    expect(seen.cookieSetters).toEqual([]);
    expect(await seen.kept()).toEqual([]);
    expect(seen.complaints).toEqual([]);
  });

  // Again where the machine did something else just then.
  test('a creative that was changed through the API shows within two seconds', async () => {
    const asset = await upload('#2257c2');
    await product.api(`/creatives/${ids.creative}`, { method: 'PATCH', body: { asset } });
    const changedAtMs = performance.now();
    await vi.waitFor(
      async () => {
        expect(await open()).toBe('filled');
        expect(await shown()).toContain(asset);
      },
      { timeout: 2000, interval: 20 },
    );
    expect(performance.now() - changedAtMs).toBeLessThan(2000);
  });

  test('visitors from elsewhere get no ad, and the space stays', async () => {
    proxy.visitor = addressOfGermany;
    expect(await open()).toBe('nofill');
    expect(await page.locator('ins.signpost img').count()).toBe(0);
    expect(await slot().boundingBox()).toMatchObject({ width: 300, height: 250 });
  });
});
