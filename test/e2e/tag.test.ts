import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { buildBundle, launchBrowser, noBrowser } from '../support/browser.ts';
import { type FakeDelivery, startFakeDelivery } from './fake-delivery.ts';
import { type Publisher, startPublisher } from './publisher.ts';

const sized = (zone: number, width = 300, height = 250) =>
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
const recordSignpostEvents = `
  window.seen = [];
  document.addEventListener('signpost', (event) => seen.push(event.detail));
`;
const recordLayoutShifts = `
  window.shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({ type: 'layout-shift', buffered: true });
`;
const hiddenByAttribute = `
  Object.defineProperty(document, 'hidden', { get: () => 'hidden' in document.documentElement.dataset });
`;
const whatIsStored = `(async () => ({
  cookie: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
}))()`;

describe.skipIf(noBrowser())('the page tag in Chromium', () => {
  let browser: Browser;
  let delivery: FakeDelivery;
  let publisher: Publisher;
  let context: BrowserContext;
  let page: Page;
  let tag: string;
  /** Origins the page talked to. */
  const origins = new Set<string>();
  const pageErrors: string[] = [];

  beforeAll(async () => {
    const { code } = await buildBundle('server/tag/tag.ts');
    [browser, delivery, publisher] = await Promise.all([
      launchBrowser(),
      startFakeDelivery(code),
      startPublisher(),
    ]);
    tag = `<script async src="${delivery.origin}/tag.js"></script>`;
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

  const open = async (body: string, head = tag, path = '/') => {
    publisher.pages.set(path, `<!doctype html><title>A page</title>${head}<body>${body}</body>`);
    await page.goto(publisher.origin + path);
  };
  const arrived = (pathStart: string, count: number) =>
    vi.waitFor(() => expect(delivery.seen(pathStart)).toHaveLength(count), { timeout: 5000, interval: 20 });
  const state = (zone: number) => page.locator(`ins[data-zone="${zone}"]`).getAttribute('data-signpost');
  const becomes = (zone: number, wanted: string) =>
    vi.waitFor(async () => expect(await state(zone)).toBe(wanted), { timeout: 5000, interval: 20 });
  const pageViews = () =>
    delivery.seen('/v1/page').map((request) => JSON.parse(request.body) as Record<string, unknown>);
  /**
   * Waits until the browser has made a few frames and told its observers. By an observer, since the fake clock holds
   * back `requestAnimationFrame`.
   */
  const frames = () => page.evaluate(fourFrames);

  test('fills two zones with one request, from its own origin and nobody else', async () => {
    await open(sized(12) + sized(13, 728, 90));
    await arrived('/v1/e/v/', 2);
    expect(delivery.seen('/v1/ad').map((request) => request.query.get('zones'))).toEqual(['12,13']);
    expect([await state(12), await state(13)]).toEqual(['filled', 'filled']);
    expect([...origins].sort()).toEqual([delivery.origin, publisher.origin].sort());
    const link = page.locator('ins[data-zone="13"] > a');
    expect(await link.getAttribute('href')).toBe(`${delivery.origin}/v1/c/13-2`);
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toBe('noopener sponsored');
    const image = link.locator('img');
    expect(await image.getAttribute('alt')).toBe('Banner 13');
    expect(await image.boundingBox()).toMatchObject({ width: 728, height: 90 });
  });

  test('the same zone twice on a page gets two decisions of its own', async () => {
    await open(sized(12) + sized(12));
    await arrived('/v1/e/i/', 2);
    expect(
      delivery
        .seen('/v1/e/i/')
        .map((request) => request.path)
        .toSorted(),
    ).toEqual(['/v1/e/i/12-1', '/v1/e/i/12-2']);
  });

  test('sends the impression only after the image has loaded', async () => {
    delivery.imageDelayMs = 400;
    await open(sized(12));
    await arrived('/v1/e/i/', 1);
    const [image, impression] = [delivery.seen('/v1/a/')[0], delivery.seen('/v1/e/i/')[0]];
    expect(impression!.atMs - image!.atMs).toBeGreaterThanOrEqual(395);
    expect(impression!.headers.cookie).toBeUndefined();
  });

  test('a broken image is no impression', async () => {
    delivery.imagesBroken = true;
    await open(sized(12));
    await becomes(12, 'nofill');
    await frames();
    expect(delivery.seen('/v1/e/')).toEqual([]);
  });

  test('a slot that is not displayed is no impression until it is', async () => {
    await open(`<div id="box" style="display:none">${sized(12)}</div>`);
    await becomes(12, 'filled');
    await frames();
    expect(delivery.seen('/v1/e/')).toEqual([]);
    await page.evaluate(`document.getElementById('box').removeAttribute('style')`);
    await arrived('/v1/e/i/', 1);
  });

  test('tells the page what became of each slot by a bubbling event', async () => {
    delivery.ads.set(14, { noFill: 'no_candidate' });
    await page.addInitScript(recordSignpostEvents);
    await open(sized(12) + sized(14) + sized(99));
    await becomes(12, 'filled');
    expect([await state(14), await state(99)]).toEqual(['nofill', 'nofill']);
    const seen = await page.evaluate<{ zone: number }[]>('seen');
    expect(seen.toSorted((one, other) => one.zone - other.zone)).toEqual([
      { zone: 12, id: '12-1', noFill: null, creativeId: 1012 },
      { zone: 14, id: '14-2', noFill: 'no_candidate' },
      { zone: 99, noFill: 'unreachable' },
    ]);
  });

  describe('viewable impressions', () => {
    beforeEach(async () => {
      await page.clock.install();
    });
    const rendered = async () => {
      await arrived('/v1/e/i/', 1);
      await frames();
    };
    const pixels = (shown: number) =>
      `<div style="height:${600 - shown}px"></div>${sized(12)}<div style="height:2000px"></div>`;
    const margins = '<style>body{margin:0}ins{vertical-align:top}</style>';

    test('come one second after half of the pixels came into view', async () => {
      await open(sized(12));
      await arrived('/v1/e/v/', 1);
      const [impression, viewable] = [delivery.seen('/v1/e/i/')[0], delivery.seen('/v1/e/v/')[0]];
      expect(viewable!.atMs - impression!.atMs).toBeGreaterThanOrEqual(950);
    });

    test('do not come for less than half of the pixels', async () => {
      await open(margins + pixels(120));
      await rendered();
      await page.clock.runFor(5000);
      await frames();
      expect(delivery.seen('/v1/e/v/')).toEqual([]);
      await page.evaluate(`scrollTo(0, 10)`);
      await frames();
      await page.clock.runFor(1100);
      await arrived('/v1/e/v/', 1);
    });

    test('of large creatives need 30 % of the pixels', async () => {
      delivery.ads.set(12, { width: 970, height: 250 });
      await open(
        `${margins}<div style="height:520px"></div>${sized(12, 970, 250)}<div style="height:2000px"></div>`,
      );
      await rendered();
      await page.clock.runFor(1100);
      await arrived('/v1/e/v/', 1);
    });

    test('start over when the banner was scrolled away before the second was over', async () => {
      await page.clock.pauseAt(Date.now() + 60_000);
      await open(margins + pixels(250));
      await rendered();
      await page.clock.runFor(900);
      await page.evaluate(`scrollTo(0, 800)`);
      await frames();
      await page.clock.runFor(3000);
      await page.evaluate(`scrollTo(0, 0)`);
      await frames();
      await page.clock.runFor(900);
      await frames();
      expect(delivery.seen('/v1/e/v/')).toEqual([]);
      await page.clock.runFor(100);
      await arrived('/v1/e/v/', 1);
      await page.clock.runFor(5000);
      await frames();
      expect(delivery.seen('/v1/e/v/')).toHaveLength(1);
    });

    test('need a visible tab for the whole second', async () => {
      await page.addInitScript(hiddenByAttribute);
      await page.clock.pauseAt(Date.now() + 60_000);
      await open(margins + sized(12));
      await rendered();
      await page.clock.runFor(900);
      await page.evaluate(`document.documentElement.toggleAttribute('data-hidden', true)`);
      await page.clock.runFor(5000);
      await page.evaluate(`document.documentElement.toggleAttribute('data-hidden', false)`);
      await page.clock.runFor(900);
      await frames();
      expect(delivery.seen('/v1/e/v/')).toEqual([]);
      await page.clock.runFor(100);
      await arrived('/v1/e/v/', 1);
    });
  });

  describe('page views', () => {
    test('are sent once, as text/plain, with address, referrer and an id of their own', async () => {
      publisher.pages.set('/from', '<!doctype html><a href="/article?x=1#part">go</a>');
      publisher.pages.set('/article', `<!doctype html>${tag}${sized(12)}`);
      await page.goto(`${publisher.origin}/from`);
      await page.click('a');
      await arrived('/v1/e/i/', 1);
      expect(pageViews()).toEqual([
        {
          zone: 12,
          url: `${publisher.origin}/article?x=1#part`,
          referrer: `${publisher.origin}/from`,
          id: expect.stringMatching(/^[A-Za-z0-9]{16,32}$/),
        },
      ]);
      const [request] = delivery.seen('/v1/page');
      expect(request!.method).toBe('POST');
      expect(request!.headers['content-type']).toMatch(/^text\/plain/);
    });

    test('name the site of the script, also on a page without a zone', async () => {
      await open('<p>no zones</p>', `<script async src="${delivery.origin}/tag.js" data-site="3"></script>`);
      await arrived('/v1/page', 1);
      expect(pageViews()[0]).toMatchObject({ site: 3 });
      expect(pageViews()[0]).not.toHaveProperty('zone');
      expect(delivery.seen('/v1/ad')).toEqual([]);
    });

    test('can be switched off', async () => {
      await open(sized(12), `<script async src="${delivery.origin}/tag.js" data-no-page-view></script>`);
      await arrived('/v1/e/i/', 1);
      await page.evaluate(`history.pushState(null, '', '/two')`);
      await frames();
      expect(pageViews()).toEqual([]);
    });

    test('follow the navigation of a single-page app when its path changes', async () => {
      await open(sized(12));
      await arrived('/v1/page', 1);
      await page.evaluate(`history.pushState(null, '', '/two?filter=a')`);
      await arrived('/v1/page', 2);
      await page.evaluate(`history.replaceState(null, '', '/two?filter=b')`);
      await page.evaluate(`history.replaceState(null, '', '/three')`);
      await arrived('/v1/page', 3);
      await page.evaluate(`history.back()`);
      await arrived('/v1/page', 4);
      const views = pageViews();
      expect(views.map((view) => new URL(String(view['url'])).pathname)).toEqual([
        '/',
        '/two',
        '/three',
        '/',
      ]);
      expect(views[1]).toMatchObject({ referrer: `${publisher.origin}/`, zone: 12 });
      expect(new Set(views.map((view) => view['id'])).size).toBe(4);
    });
  });

  test('fills a zone that was added later, and one again whose mark was removed', async () => {
    await open(sized(12));
    await becomes(12, 'filled');
    await page.evaluate(`document.body.insertAdjacentHTML('beforeend', '${sized(13, 728, 90)}')`);
    await becomes(13, 'filled');
    await page.evaluate(`document.querySelector('ins').removeAttribute('data-signpost')`);
    await arrived('/v1/e/i/', 3);
    expect(delivery.seen('/v1/ad').map((request) => request.query.get('zones'))).toEqual(['12', '13', '12']);
    expect(pageViews()).toHaveLength(1);
  });

  test('acts once when the script is included twice', async () => {
    await open(sized(12), tag + tag);
    await arrived('/v1/e/i/', 1);
    await frames();
    expect(delivery.seen('/v1/ad')).toHaveLength(1);
    expect(delivery.seen('/v1/page')).toHaveLength(1);
  });

  test('leaves nothing in cookies or storage', async () => {
    await open(sized(12));
    await arrived('/v1/e/v/', 1);
    expect(await context.cookies()).toEqual([]);
    const stored = await page.evaluate(whatIsStored);
    expect(stored).toEqual({ cookie: '', local: 0, session: 0, databases: 0, caches: 0 });
  });

  describe('layout', () => {
    beforeEach(async () => {
      await page.addInitScript(recordLayoutShifts);
    });
    const shifts = () => page.evaluate<number[]>('shifts');
    const article = (slot: string) => `<p>Before</p>${slot}<h1>After</h1><p>${'word '.repeat(300)}</p>`;

    test('does not shift when tag and image are late and the slot has a size', async () => {
      delivery.tagDelayMs = 300;
      delivery.imageDelayMs = 300;
      await open(article(sized(12)));
      await arrived('/v1/e/i/', 1);
      await frames();
      expect(await shifts()).toEqual([]);
    });

    test('does not shift when tag and image are late and a placeholder without any style keeps the space', async () => {
      delivery.tagDelayMs = 300;
      delivery.imageDelayMs = 300;
      const placeholder = '<svg width="300" height="250" display="block" aria-hidden="true"></svg>';
      await open(article(`<ins class="signpost" data-zone="12">${placeholder}</ins>`));
      await arrived('/v1/e/i/', 1);
      await frames();
      expect(await shifts()).toEqual([]);
    });

    test('does not shift when the image is late, the tag is not, and the slot names its size', async () => {
      delivery.imageDelayMs = 300;
      await open(
        article('<ins class="signpost" data-zone="12" data-width="300" data-height="250"></ins>'),
        tag.replace('async', ''),
      );
      await arrived('/v1/e/i/', 1);
      await frames();
      expect(await shifts()).toEqual([]);
      expect(await page.locator('ins').boundingBox()).toMatchObject({ width: 300, height: 250 });
    });

    test('shifts without a size, so that these tests can fail', async () => {
      delivery.imageDelayMs = 300;
      await open(article('<ins class="signpost" data-zone="12"></ins>'));
      await arrived('/v1/e/i/', 1);
      await vi.waitFor(async () => expect((await shifts()).length).toBeGreaterThan(0), { timeout: 5000 });
    });

    test('shrinks a banner that is wider than the screen, in proportion', async () => {
      await page.setViewportSize({ width: 380, height: 600 });
      await open('<ins class="signpost" data-zone="13" data-width="728" data-height="90"></ins>');
      await becomes(13, 'filled');
      const box = await page.locator('ins img').boundingBox();
      expect(box!.width).toBeLessThan(380);
      expect(box!.width / box!.height).toBeCloseTo(728 / 90, 1);
    });
  });

  test('works through a path of the site itself', async () => {
    delivery.prefix = '/first/party';
    await open(sized(12), `<script async src="${delivery.origin}/first/party/tag.js?v=/1"></script>`);
    await arrived('/v1/e/i/', 1);
    expect(await page.locator('ins > a').getAttribute('href')).toBe(
      `${delivery.origin}/first/party/v1/c/12-1`,
    );
    expect([...origins].sort()).toEqual([delivery.origin, publisher.origin].sort());
  });

  test('works under a strict Content-Security-Policy that names only the ad host', async () => {
    const { origin } = delivery;
    publisher.headers.set(
      'content-security-policy',
      `default-src 'none'; script-src ${origin}; img-src ${origin}; connect-src ${origin}; style-src 'self'; require-trusted-types-for 'script'`,
    );
    const violations: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('favicon')) violations.push(message.text());
    });
    await open('<ins class="signpost" data-zone="12" data-width="300" data-height="250"></ins>');
    await arrived('/v1/e/v/', 1);
    expect(await page.locator('ins').boundingBox()).toMatchObject({ width: 300, height: 250 });
    expect(violations).toEqual([]);
  });

  test('leaves the page and what is in its slots alone when the server does not answer', async () => {
    await context.route('**/v1/ad**', (route) => route.abort());
    await open('<ins class="signpost" data-zone="12"><b>our own</b></ins>');
    await becomes(12, 'nofill');
    expect(await page.locator('ins').textContent()).toBe('our own');
  });

  test('a beacon that the network refused is handed to the browser once more', async () => {
    let refused = 0;
    await context.route('**/v1/e/i/**', (route) => {
      refused += 1;
      return refused === 1 ? route.abort() : route.continue();
    });
    await open(sized(12));
    await vi.waitFor(() => expect(refused).toBe(2), { timeout: 5000 });
  });
});
