import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { buildBundle, launchBrowser } from '../support/browser.ts';
import { type FakeDelivery, startFakeDelivery } from './fake-delivery.ts';
import { type Publisher, startPublisher } from './publisher.ts';

/** A slot that has its size from a style, as docs/tags.md recommends. */
export const sized = (zone: number, width = 300, height = 250): string =>
  `<ins class="signpost" data-zone="${zone}" style="display:inline-block;width:${width}px;height:${height}px"></ins>`;

// What runs in the page is text here: the tests are checked without the DOM's types.
const fourFrames = `(async () => {
  for (let frame = 0; frame < 4; frame += 1) {
    await new Promise((resolve) => {
      const observer = new IntersectionObserver(() => {
        observer.disconnect();
        resolve();
      });
      observer.observe(document.body);
    });
  }
})()`;
/** Chromium, a publisher's site and a delivery on another origin. */
export interface TagStage {
  readonly delivery: FakeDelivery;
  readonly publisher: Publisher;
  readonly context: BrowserContext;
  readonly page: Page;
  /** The element that loads the tag. */
  readonly tag: string;
  /** Origins the page talked to. */
  readonly origins: ReadonlySet<string>;
  open(body: string, head?: string): Promise<void>;
  /** Waits until `count` requests of such a path have arrived, and not one more. */
  arrived(pathStart: string, count: number): Promise<void>;
  /** The mark of a zone's slot. */
  state(zone: number): Promise<string | null>;
  becomes(zone: number, wanted: string): Promise<void>;
  pageViews(): Record<string, unknown>[];
  /**
   * Waits until the browser has made a few frames and told its observers. By an observer, since a fake clock holds
   * back `requestAnimationFrame`.
   */
  frames(): Promise<void>;
}

/**
 * Sets the stage up for the tests of a `describe`, with a fresh page for each, and fails a test whose page reported an
 * error. Zone 12 gets 300 × 250, zone 13 gets 728 × 90.
 */
export function tagStage(): TagStage {
  let browser: Browser;
  let delivery: FakeDelivery;
  let publisher: Publisher;
  let context: BrowserContext;
  let page: Page;
  const origins = new Set<string>();
  const pageErrors: string[] = [];

  beforeAll(async () => {
    const [code, more] = await Promise.all([
      buildBundle('server/tag/tag.ts'),
      buildBundle('server/tag/more.ts'),
    ]);
    [browser, delivery, publisher] = await Promise.all([
      launchBrowser(),
      startFakeDelivery(code, more),
      startPublisher(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await delivery?.close();
    await publisher?.close();
  });
  beforeEach(async () => {
    delivery.reset();
    delivery.ads.set(12, { width: 300, height: 250 }).set(13, { width: 728, height: 90 });
    publisher.pages.clear();
    publisher.headers.clear();
    origins.clear();
    pageErrors.length = 0;
    context = await browser.newContext({ viewport: { width: 1000, height: 600 } });
    page = await context.newPage();
    page.on('request', (request) => void origins.add(new URL(request.url()).origin));
    page.on('pageerror', (error) => void pageErrors.push(String(error)));
  });
  afterEach(async () => {
    await context.close();
    expect(pageErrors).toEqual([]);
  });

  const patience = { timeout: 20_000, interval: 20 };
  const stage: TagStage = {
    get delivery() {
      return delivery;
    },
    get publisher() {
      return publisher;
    },
    get context() {
      return context;
    },
    get page() {
      return page;
    },
    get tag() {
      return `<script async src="${delivery.origin}/tag.js"></script>`;
    },
    origins,
    async open(body, head = stage.tag) {
      publisher.pages.set('/', `<!doctype html><title>A page</title>${head}<body>${body}</body>`);
      await page.goto(`${publisher.origin}/`);
    },
    arrived: (pathStart, count) =>
      vi.waitFor(() => expect(delivery.seen(pathStart)).toHaveLength(count), patience),
    state: (zone) => page.locator(`ins[data-zone="${zone}"]`).getAttribute('data-signpost'),
    becomes: (zone, wanted) => vi.waitFor(async () => expect(await stage.state(zone)).toBe(wanted), patience),
    pageViews: () =>
      delivery.seen('/v1/page').map((request) => JSON.parse(request.body) as Record<string, unknown>),
    frames: () => page.evaluate(fourFrames),
  };
  return stage;
}
