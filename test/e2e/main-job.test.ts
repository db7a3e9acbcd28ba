import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { signpost } from '../server/processes/command-line.ts';
import { launchBrowser, noBrowser } from '../support/browser.ts';
import { type Signpost, startSignpost } from '../support/signpost.ts';
import { type NoNetwork, noNetwork } from './no-network.ts';
import { type Witness, witness } from './witness.ts';

/** As the demo inventory has them. */
const places = [
  {
    place: 'taipei',
    lineItem: 'Taiwan',
    reason: /^matches: .*country is TW/,
    country: 'TW',
    region: 'TW-TPE',
  },
  {
    place: 'munich',
    lineItem: 'Bavaria',
    reason: /^matches: .*region is DE-BY/,
    country: 'DE',
    region: 'DE-BY',
  },
  {
    place: 'los-angeles',
    lineItem: 'California',
    reason: /^matches: .*region is US-CA/,
    country: 'US',
    region: 'US-CA',
  },
] as const;
const sizes = { leaderboard: [728, 90], rectangle: [300, 250] } as const;
/** What the issue allows between an event and its count on the page. */
const countsMs = 10_000;

describe.skipIf(noBrowser())('the main job, in Chromium, from an empty data directory', () => {
  let product: Signpost;
  let browser: Browser;
  let network: NoNetwork;
  let context: BrowserContext;
  let page: Page;
  let seen: Witness;

  beforeAll(async () => {
    [product, browser, network] = await Promise.all([
      startSignpost({ empty: true, env: { SPOOL_SEGMENT_MS: '2000' } }),
      launchBrowser(),
      noNetwork(),
    ]);
    context = await browser.newContext({ viewport: { width: 1280, height: 900 }, proxy: network.proxy });
    seen = witness(context);
    page = await context.newPage();
  });
  afterAll(async () => {
    await browser?.close();
    await network?.close();
    await product?.dispose();
  });

  const shows = (selector: string, wanted: string | RegExp, timeout = 20_000) =>
    vi.waitFor(
      async () => {
        const text = await page.locator(selector).first().textContent();
        if (typeof wanted === 'string') expect(text).toBe(wanted);
        else expect(text).toMatch(wanted);
      },
      { timeout, interval: 50 },
    );
  /** Src of a banner on the publisher's page, once it is really drawn there, in its size. */
  const drawn = async (slot: 'leaderboard' | 'rectangle'): Promise<string> => {
    const image = page.frameLocator('#site').locator(`ins.${slot} img`);
    const size = await image.evaluate((element: unknown) => {
      const { naturalWidth, naturalHeight } = element as { naturalWidth: number; naturalHeight: number };
      return [naturalWidth, naturalHeight];
    });
    expect(size).toEqual(sizes[slot]);
    const box = await image.boundingBox();
    expect([box?.width, box?.height]).toEqual(sizes[slot]);
    return String(await image.getAttribute('src'));
  };

  test('Taiwan, Bavaria and California each get a banner of their own, with the decision and its reason', async () => {
    const banners = new Set<string>();
    const decisions = new Set<string>();
    await page.goto(`${product.console}/demo`);
    for (const { place, lineItem, reason, country } of places) {
      await page.locator('.place', { has: page.locator(`input[value="${place}"]`) }).click();
      for (const slot of ['leaderboard', 'rectangle'] as const) {
        const card = `[aria-labelledby="${slot}-title"]`;
        await shows(`${card} [data-part=chosen]`, lineItem);
        await shows(`${card} [data-part=state]`, 'filled');
        await shows(`${card} [data-part=reason]`, reason);
        decisions.add(String(await page.locator(`${card} [data-part=id]`).textContent()));
        banners.add(await drawn(slot));
      }
      expect(await page.locator('#seen-country').textContent()).toContain(`(${country})`);
    }
    expect(banners.size).toBe(6);
    expect(decisions.size).toBe(6);
  });

  test('the counts by country arrive within ten seconds', async () => {
    const bars = () => page.locator('.bars li').allTextContents();
    await vi.waitFor(
      async () => expect((await bars()).toSorted()).toEqual(['Germany1', 'Taiwan1', 'United States1']),
      { timeout: countsMs, interval: 50 },
    );
    await shows('#page-views', '3');
    await shows('#impressions', '6', countsMs);
    await shows('#visitors', '3');
    await shows('#country-count', '3');
  });

  test('nothing was kept in the browser, nobody else was asked, and nothing was complained about', async () => {
    expect(page.frames()).toHaveLength(2);
    expect(await seen.kept()).toEqual([]);
    expect(seen.cookieSetters).toEqual([]);
    expect([...seen.origins]).toEqual([product.console]);
    expect(network.askedFor).toEqual([]);
    expect(seen.complaints).toEqual([]);
  });

  test('a click opens the landing page of the creative in a new tab', async () => {
    const landing = context.waitForEvent('request', (request) => !request.url().startsWith(product.console));
    const tab = context.waitForEvent('page');
    await page.frameLocator('#site').locator('ins.rectangle img').click();
    const request = await landing;
    expect(request.url()).toBe('https://example.com/california');
    expect(request.isNavigationRequest()).toBe(true);
    expect(request.redirectedFrom()?.url()).toMatch(
      new RegExp(`^${product.console}/demo/from/los-angeles/v1/c/`),
    );
    expect(await request.headerValue('referer')).toBeNull();
    await (await tab).close();
    expect(network.askedFor).toEqual(['example.com:443']);
    expect(page.url()).toBe(`${product.console}/demo?from=los-angeles`);
  });

  test('the reports say the same as the page', async () => {
    const report = async (path: string) =>
      (await product.json<{ rows: object[]; totals: object }>(`/reports/${path}`)) ?? {};
    const visitors = await report('visitors?dimensions=country,region');
    expect(visitors.rows).toHaveLength(3);
    for (const { country, region } of places) {
      expect(visitors.rows).toContainEqual({ country, region, pageViews: 1, visits: 1, visitors: 1 });
    }
    expect(visitors.totals).toEqual({ pageViews: 3, visits: 3, visitors: 3 });
    await vi.waitFor(
      async () => {
        const { totals } = await report('traffic');
        expect(totals).toMatchObject({ pageViews: 3, adRequests: 6, filled: 6, impressions: 6, clicks: 1 });
      },
      { timeout: countsMs, interval: 100 },
    );
    const { rows } = await report('traffic?dimensions=browser,device&metrics=pageViews');
    expect(rows).toEqual([{ browser: expect.stringContaining('Chrome'), device: 'desktop', pageViews: 3 }]);
  });

  test('the demo goes by one command, while all of it runs', async () => {
    const zones = [1, 2].map((zone) => `${product.delivery}/v1/ad?zone=${zone}`);
    for (const zone of zones) expect((await fetch(zone)).status).toBe(200);
    const { DATA_DIR, CONSOLE_PORT } = {
      DATA_DIR: product.dataDir,
      CONSOLE_PORT: new URL(product.console).port,
    };
    const removed = await signpost(['demo', 'remove'], { DATA_DIR, CONSOLE_PORT });
    expect(removed).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^Removed \d+ demo entries\.\n$/),
      stderr: '',
    });
    await vi.waitFor(
      async () => {
        for (const zone of zones) expect((await fetch(zone)).status).toBe(404);
      },
      { timeout: 10_000, interval: 20 },
    );
    const answer = await page.goto(`${product.console}/demo`);
    expect(answer?.status()).toBe(404);
    expect(await page.locator('h1').textContent()).toBe('The demo was removed');
    expect((await signpost(['demo', 'remove'], { DATA_DIR, CONSOLE_PORT })).stdout).toBe(
      'There is no demo inventory.\n',
    );
  });
});
