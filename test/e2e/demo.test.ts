import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { DemoCounts } from '../../server/console/demo-wire.ts';
import { type DemoApp, demoZones, startDemoApp } from '../server/console/demo-app.ts';
import { buildBundle, launchBrowser, noBrowser } from '../support/browser.ts';
import { type FakeDelivery, startFakeDelivery } from './fake-delivery.ts';

const addressOfTaipei = '168.95.1.1';
const addressOfMunich = '138.244.1.1';

describe.skipIf(noBrowser())('the demo page in Chromium', () => {
  let browser: Browser;
  let delivery: FakeDelivery;
  let app: DemoApp;
  let context: BrowserContext;
  let page: Page;
  let counts: DemoCounts;
  const origins = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    const [tag, script] = await Promise.all([
      buildBundle('server/tag/tag.ts'),
      buildBundle('server/console/demo.ts'),
    ]);
    [browser, delivery] = await Promise.all([launchBrowser(), startFakeDelivery(tag)]);
    app = await startDemoApp({
      deliveryOrigin: () => delivery.origin,
      script,
      visitorCounts: async () => counts,
    });
  });
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await delivery?.close();
  });
  beforeEach(async () => {
    delivery.reset();
    delivery.ads.set(demoZones.leaderboard, { width: 728, height: 90 });
    delivery.ads.set(demoZones.rectangle, { noFill: 'no_creative_fits' });
    const countries = [{ country: 'TW', visitors: 4 }];
    counts = {
      pageViews: 1234,
      impressions: 9,
      visitors: 4,
      countries,
      lastEventAtMs: 3000,
      shippingEveryMs: 2000,
    };
    origins.clear();
    complaints.length = 0;
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
    page = await context.newPage();
    page.on('request', (request) => void origins.add(new URL(request.url()).origin));
    page.on('pageerror', (error) => void complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    await page.goto(`${app.origin}/demo`);
  });
  afterEach(async () => {
    await context.close();
    expect(complaints).toEqual([]);
    expect([...origins]).toEqual([app.origin]);
  });

  const shows = (selector: string, wanted: string | RegExp) =>
    vi.waitFor(async () => expect(await page.locator(selector).first().textContent()).toMatch(wanted), {
      timeout: 20_000,
      interval: 20,
    });
  const addresses = (pathStart: string) =>
    delivery.seen(pathStart).map((request) => request.headers['x-forwarded-for']);
  const leaderboard = `.decision[data-zone="${demoZones.leaderboard}"]`;
  const rectangle = `.decision[data-zone="${demoZones.rectangle}"]`;

  test('shows the banner, what was decided and why, and where one is seen', async () => {
    await shows(`${leaderboard} [data-part=state]`, /^filled$/);
    await shows(`${leaderboard} [data-part=chosen]`, /^Taiwan$/);
    await shows(`${leaderboard} [data-part=id]`, /^13-1$/);
    await shows(`${leaderboard} [data-part=creative]`, 'number 1013 by Lantern');
    await shows(`${leaderboard} [data-part=reason]`, `zone 13 at ${addressOfTaipei}`);
    await shows(`${leaderboard} details li`, `zone 13 at ${addressOfTaipei}`);
    await shows(`${rectangle} [data-part=state]`, /^no fill$/);
    await shows(`${rectangle} [data-part=chosen]`, /^no creative fits$/);
    await shows(`${rectangle} [data-part=reason]`, /^No line item has a creative of a size/);
    await shows('#seen-place', 'Taipei, Taiwan');
    await shows('#seen-region', 'TW-TPE');
    const banner = page.frameLocator('#site').locator('ins.leaderboard img');
    expect(await banner.getAttribute('alt')).toBe('Banner 13');
    await vi.waitFor(() => expect(addresses('/v1/e/v/')).toEqual([addressOfTaipei]), { timeout: 20_000 });
    expect(addresses('/v1/page')).toEqual([addressOfTaipei]);
  });

  test('loads the page from another place when one is chosen, by keyboard as well', async () => {
    await shows(`${leaderboard} [data-part=state]`, /^filled$/);
    const history = await page.evaluate<number>('history.length');
    await page.focus('input[value=taipei]');
    await page.keyboard.press('ArrowRight');
    await vi.waitFor(() => expect(addresses('/v1/e/i/')).toContain(addressOfMunich), { timeout: 20_000 });
    await shows('#seen-address', addressOfMunich);
    await shows('#seen-place', 'An unknown place');
    expect(new URL(page.url()).search).toBe('?from=munich');
    expect(await page.evaluate<number>('history.length')).toBe(history);
    await page.click('#reload');
    await vi.waitFor(() => expect(delivery.seen('/v1/page')).toHaveLength(3), { timeout: 20_000 });
  });

  test('shows the counts as they arrive', async () => {
    await shows('#page-views', /^1,234$/);
    await shows('#arrival', 'Last event 2 s ago, shipped every 2 s');
    await shows('.bars li', /^Taiwan4$/);
    const countries = [...counts.countries, { country: 'DE', visitors: 8 }, { country: null, visitors: 1 }];
    counts = { ...counts, pageViews: 1235, countries };
    await shows('#page-views', /^1,235$/);
    expect(await page.locator('.bars li').allTextContents()).toEqual(['Germany8', 'Taiwan4', 'Unknown1']);
    expect(await page.locator('#country-count').textContent()).toBe('2');
  });
});
