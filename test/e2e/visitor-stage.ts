import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { InventorySnapshot } from '../../server/inventory/index.ts';
import { buildBundle, launchBrowser } from '../support/browser.ts';
import { imageHash } from '../support/creatives.ts';
import { type LoggedEvent, type TestDelivery, testAddresses, testDelivery } from '../support/delivery.ts';
import { type Publisher, startPublisher } from './publisher.ts';
import { type ReverseProxy, startReverseProxy } from './reverse-proxy.ts';

/** Creative 1 for everybody, with a cap; creative 2, equal otherwise, for those who are interested in storage. */
export function visitorInventory(landing: string): InventorySnapshot {
  const lineItem = (id: number) => ({
    ...{ id: id + 200, campaignId: id + 300, advertiserId: id + 400, type: 'standard' as const, weight: 1 },
    ...{ startMs: null, endMs: null, targeting: null, creativeIds: [id] },
  });
  const creative = (id: number) => ({
    ...{ id, type: 'image' as const, width: 300, height: 250, alt: `Ad ${id}`, asset: `${imageHash}.png` },
    clickUrl: `${landing}?ad=${id}`,
  });
  return {
    ...{ version: 1, madeAtMs: 0, sites: [{ id: 3, domain: 'localhost' }], landings: [] },
    zones: [{ id: 12, siteId: 3, sizes: [[300, 250]] }],
    lineItems: [
      { ...lineItem(1), caps: [{ events: 100, per: { unit: 'day', count: 1 } }] },
      { ...lineItem(2), targeting: { on: 'segment', in: ['storage'] } },
    ],
    creatives: [creative(1), creative(2)],
    advertisers: [
      { id: 401, name: 'Tea House', payer: 'Tea Holding', visitorValues: true },
      { id: 402, name: 'Boxes & Co', payer: null },
    ],
    categories: [
      {
        ...{ id: 7, name: 'storage', titles: { de: 'Lagerung' }, siteId: null, pages: ['*/storage/*'] },
        keyValues: [],
      },
    ],
    segments: [{ name: 'storage', categories: ['storage'], match: 'any', atLeast: 5 }],
  } as InventorySnapshot;
}

/** What a browser keeps, in words: cookies by name, and whatever else there is. */
export type Kept = readonly string[];

export interface VisitorStage {
  readonly delivery: TestDelivery;
  readonly proxy: ReverseProxy;
  readonly page: Page;
  readonly context: BrowserContext;
  /** Begins with a fresh browser profile. */
  fresh(options?: Parameters<Browser['newContext']>[0]): Promise<void>;
  /** Goes on in this browser, which is closed at the end of the test. */
  use(next: BrowserContext): Promise<void>;
  /**
   * Opens a page with a slot of zone 12, and waits for the ad and the page view.
   * @returns the alternative text of the ad, which names its creative
   */
  visit(options?: {
    path?: string;
    /** Attributes of the script; undefined: the plain tag. */
    consent?: string | undefined;
    head?: string;
    site?: 'other' | 'same';
  }): Promise<string>;
  kept(): Promise<Kept>;
  logged(type: string): LoggedEvent[];
  counted(type: string, count: number): Promise<LoggedEvent[]>;
}

const patience = { timeout: 20_000, interval: 20 };
// What runs in the page is text here: the tests are checked without the DOM's types.
const storedInPage = `(async () => {
  try {
    return [
      ...(document.cookie === '' ? [] : ['readable: ' + document.cookie]),
      ...Object.keys(localStorage).map((key) => 'local ' + key),
      ...Object.keys(sessionStorage).map((key) => 'session ' + key),
      ...(await indexedDB.databases()).map(({ name }) => 'database ' + name),
      ...(await caches.keys()).map((key) => 'cache ' + key),
    ];
  } catch {
    return [];
  }
})()`;

/** The real delivery behind a proxy on 127.0.0.1, where visitors are in Munich, and pages on localhost: another site. */
export function visitorStage(): VisitorStage {
  let browser: Browser;
  let delivery: TestDelivery;
  let publisher: Publisher;
  let proxy: ReverseProxy;
  let context: BrowserContext;
  let page: Page;
  let seenBefore = 0;

  beforeAll(async () => {
    const build = async (name: 'tag' | 'more' | 'consent' | 'frame' | 'click-tag') =>
      Buffer.from(await buildBundle(`server/tag/${name}.ts`));
    const [tag, more, consent, frame, clickTag] = await Promise.all([
      build('tag'),
      build('more'),
      build('consent'),
      build('frame'),
      build('click-tag'),
    ]);
    [browser, publisher] = await Promise.all([launchBrowser(), startPublisher()]);
    proxy = await startReverseProxy(testAddresses.munich);
    delivery = await testDelivery(visitorInventory(`${publisher.origin}/landing`), {
      scripts: { tag, more, consent, frame, clickTag },
      publicUrl: proxy.origin,
      now: Date.now,
    });
    proxy.target = delivery.origin;
    mkdirSync(join(delivery.dataDir, 'assets'));
    const png = await sharp({ create: { width: 300, height: 250, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    writeFileSync(join(delivery.dataDir, 'assets', `${imageHash}.png`), png);
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await delivery?.close();
    await publisher?.close();
  });
  beforeEach(async () => {
    proxy.visitor = testAddresses.munich;
    await stage.fresh();
  });
  afterEach(() => context?.close());

  const stage: VisitorStage = {
    get delivery() {
      return delivery;
    },
    get proxy() {
      return proxy;
    },
    get page() {
      return page;
    },
    get context() {
      return context;
    },
    async fresh(options = {}) {
      await context?.close();
      seenBefore = delivery.events().length;
      context = await browser.newContext({
        viewport: { width: 1000, height: 800 },
        locale: 'de-DE',
        ...options,
      });
      page = await context.newPage();
    },
    async use(next) {
      await context.close();
      context = next;
      page = await context.newPage();
    },
    async visit({ path = '/', consent, head = '', site = 'other' } = {}) {
      const script =
        consent === undefined
          ? `<script async src="${proxy.origin}/tag.js"></script>`
          : `<script async src="${proxy.origin}/consent.js" ${consent}></script>`;
      publisher.pages.set(
        path,
        `<!doctype html><html lang="de"><title>A page</title><link rel="icon" href="data:,">${head}${script}<body><h1 id="top">News</h1><ins class="signpost" data-zone="12" style="display:block;width:300px;height:250px"></ins><p id="after">Text</p></body></html>`,
      );
      const origin = site === 'same' ? publisher.origin.replace('localhost', '127.0.0.1') : publisher.origin;
      const before = stage.logged('page_view').length;
      await page.goto(origin + path);
      await stage.counted('page_view', before + 1);
      const image = page.locator('ins.signpost img');
      await image.waitFor(patience);
      await stage.counted('impression', before + 1);
      return String(await image.getAttribute('alt'));
    },
    async kept() {
      const cookies = (await context.cookies()).map(({ name }) => name);
      const stored = await Promise.all(page.frames().map((frame) => frame.evaluate<string[]>(storedInPage)));
      return [...cookies.sort(), ...stored.flat()];
    },
    logged: (type) =>
      delivery
        .events()
        .slice(seenBefore)
        .filter((event) => event.type === type),
    async counted(type, count) {
      await vi.waitFor(() => expect(stage.logged(type).length).toBeGreaterThanOrEqual(count), patience);
      return stage.logged(type);
    },
  };
  return stage;
}
