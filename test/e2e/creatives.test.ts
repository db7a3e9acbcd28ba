import { describe, expect, test } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { creativesStage, svgHash } from './creatives-stage.ts';
import { sized } from './tag-stage.ts';

const strict = (origin: string) =>
  `default-src 'none'; script-src ${origin}; img-src ${origin} data:; connect-src ${origin}; frame-src ${origin}; style-src 'self'; require-trusted-types-for 'script'`;

describe.skipIf(noBrowser())('creatives of every type in Chromium', () => {
  const stage = creativesStage();
  const slot = (zone: number) => sized(zone, 300 + zone, 250);

  test('show under a strict policy, count once each, and ask nobody else', async () => {
    stage.publisher.headers.set('content-security-policy', strict(stage.delivery.origin));
    const complaints: string[] = [];
    stage.page.on('console', (message) => {
      // The style attributes of the slots are the page's own, which its policy forbids.
      if (message.type() === 'error' && !message.text().includes('inline style'))
        complaints.push(message.text());
    });
    await stage.page.setViewportSize({ width: 1000, height: 2400 });
    const slots = [1, 2, 3, 4, 5, 6].map(
      (zone) =>
        `<ins class="signpost" data-zone="${zone}" data-width="${300 + zone}" data-height="250"></ins>`,
    );
    await stage.open(slots.join(''));
    await stage.counted('impression', 6);
    await stage.counted('viewable', 6);
    expect(
      stage
        .logged('impression')
        .map((event) => event['creative'])
        .toSorted(),
    ).toEqual([1, 2, 3, 4, 5, 6]);
    expect(complaints).toEqual([]);
    expect([...stage.origins].toSorted()).toEqual([stage.delivery.origin, stage.publisher.origin].toSorted());
    expect(await stage.context.cookies()).toEqual([]);
  });

  test('a bundle runs in an origin that is nobody’s, and its clicks lead where the inventory says', async () => {
    await stage.open(slot(2));
    await stage.counted('impression', 1);
    const frame = stage.page.frameLocator('ins iframe');
    await frame.locator('#area').waitFor();
    const inner = stage.page.frames().find((each) => each.url().includes('/v1/b/'))!;
    const report = await inner.evaluate<Record<string, string>>('report');
    const click = String(report['clickTag']);
    expect(click).toMatch(new RegExp(`^${stage.delivery.origin}/v1/c/[\\w-]{76}$`));
    expect(report).toEqual({
      ...{ origin: 'null', cookie: 'SecurityError', storage: 'SecurityError', parent: 'SecurityError' },
      ...{ clickTag: click, second: `${click}/clickTag2` },
    });
    const opened = stage.context.waitForEvent('page');
    await frame.locator('#area').click();
    const landing = await opened;
    await landing.waitForURL(`${stage.publisher.origin}/landing?ad=2`);
    // The landing page is a page like any other: the sandbox is not passed on to it.
    expect(await landing.evaluate('self.origin')).toBe(stage.publisher.origin);
    expect(stage.logged('click')).toMatchObject([{ creative: 2 }]);
  });

  test('a bundle that is opened by itself has no origin either, and takes no click tag from elsewhere', async () => {
    await stage.open(slot(2));
    await stage.counted('impression', 1);
    const address = stage.page
      .frames()
      .find((each) => each.url().includes('/v1/b/'))!
      .url();
    const evil = `${address.split('?')[0]}?clickTag=${encodeURIComponent('https://evil.example/')}`;
    await stage.page.goto(evil);
    const report = await stage.page.evaluate<Record<string, string>>('report');
    expect(report['origin']).toBe('null');
    expect(report['clickTag']).not.toContain('evil');
  });

  test('a snippet has its macros filled, runs apart from the page, and names its links', async () => {
    await stage.open(slot(3));
    await stage.counted('impression', 1);
    const inner = stage.page.frames().find((each) => each.url().includes('/v1/h/'))!;
    expect(await inner.locator('#main').textContent()).toBe('Taipei');
    expect(await inner.evaluate('[self.origin, document.title]')).toEqual(['null', '3']);
    expect(await stage.page.title()).toBe('A page');
    const opened = stage.context.waitForEvent('page');
    await inner.locator('#terms').click();
    await (await opened).waitForURL(`${stage.publisher.origin}/landing?terms&in=Taipei`);
    expect(stage.logged('click')).toMatchObject([{ creative: 3, link: 'terms' }]);
  });

  test('a hostile snippet gets nowhere, and its click on itself does not count', async () => {
    const leak = stage.context.waitForEvent('requestfailed', {
      predicate: (request) => request.url().startsWith('https://elsewhere.invalid/leak'),
    });
    await stage.open(slot(7));
    await stage.counted('impression', 1);
    const inner = stage.page.frames().find((each) => each.url().includes('/v1/h/'))!;
    await inner.waitForFunction('window.done');
    expect(await inner.evaluate('report')).toEqual({
      ...{ top: 'SecurityError', parent: 'SecurityError' },
      ...{ database: 'SecurityError', worker: expect.stringMatching(/^(Type|Security)Error$/) },
    });
    expect(stage.page.url()).toBe(`${stage.publisher.origin}/`);
    expect((await leak).failure()?.errorText).toMatch(/csp/i);
    expect(stage.logged('click')).toMatchObject([
      { creative: 7, invalid: expect.stringContaining('not_followed') },
    ]);
  });

  test('texts and native ads are text in the page, and a link', async () => {
    await stage.open(slot(4) + slot(5));
    await stage.counted('impression', 2);
    expect(await stage.page.locator('.signpost-headline').textContent()).toBe('Hello Taipei');
    expect(await stage.page.locator('.signpost-text .signpost-body').textContent()).toBe('From "TW" & more');
    expect(await stage.page.locator('.signpost-sponsor').textContent()).toBe('Tea House');
    expect(await stage.page.locator('ins[data-zone="5"]').boundingBox()).toMatchObject({ height: 250 });
    const opened = stage.context.waitForEvent('page');
    await stage.page.locator('.signpost-title').click();
    await (await opened).waitForURL(`${stage.publisher.origin}/landing?ad=5`);
  });

  test('a screen of high resolution gets the variant', async () => {
    const context = await stage.page.context().browser()!.newContext({ deviceScaleFactor: 2 });
    const page = await context.newPage();
    await stage.open(slot(1));
    await page.goto(`${stage.publisher.origin}/`);
    await page.locator('ins img').waitFor();
    expect(await page.evaluate(`document.querySelector('ins img').currentSrc`)).toContain('/cccc');
    await stage.page.locator('ins img').waitFor();
    expect(await stage.page.evaluate(`document.querySelector('ins img').currentSrc`)).toContain('/aaaa');
    await context.close();
  });

  test('an SVG runs nothing, neither in the page nor opened by itself', async () => {
    await stage.open(slot(6));
    await stage.counted('impression', 1);
    expect(await stage.page.evaluate('document.documentElement.dataset.ran')).toBeUndefined();
    await stage.page.goto(`${stage.delivery.origin}/v1/a/${svgHash}.svg`);
    expect(await stage.page.evaluate(`document.documentElement.hasAttribute('data-ran')`)).toBe(false);
    expect(await stage.page.evaluate('self.origin')).toBe('null');
  });
});

describe.skipIf(noBrowser())('tags of every type in Chromium', () => {
  const stage = creativesStage();
  const frameOf = (zone: number) =>
    `<iframe src="${stage.delivery.origin}/v1/frame?zone=${zone}" width="${300 + zone}" height="250"></iframe>`;

  test('the frame shows image, bundle and text, and counts each when it is in view', async () => {
    await stage.open(frameOf(1) + frameOf(2) + frameOf(4), '');
    await stage.counted('impression', 3);
    await stage.counted('viewable', 3);
    expect(stage.logged('ad_request')).toHaveLength(3);
    const frame = stage.page.frames().find((each) => each.url().endsWith('zone=1'))!;
    const opened = stage.context.waitForEvent('page');
    await frame.locator('img').click();
    await (await opened).waitForURL(`${stage.publisher.origin}/landing?ad=1`);
    expect([...stage.origins].toSorted()).toEqual([stage.delivery.origin, stage.publisher.origin].toSorted());
  });

  test('the frame out of view is an impression at most, until it is scrolled to', async () => {
    await stage.open(`<div style="height:3000px"></div>${frameOf(1)}<div style="height:900px"></div>`, '');
    await stage.counted('ad_request', 1);
    await stage.page.waitForTimeout(1500);
    expect(stage.logged('viewable')).toEqual([]);
    await stage.page.evaluate('scrollTo(0, 2900)');
    await stage.counted('viewable', 1);
    await stage.counted('impression', 1);
  });

  test('the image works without any script, and its click leads to the same ad', async () => {
    const context = await stage.page.context().browser()!.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const { origin } = stage.delivery;
    await stage.open(
      `<a href="${origin}/v1/img/click?zone=1&n=copy-1"><img src="${origin}/v1/img?zone=1&n=copy-1"></a>`,
      '',
    );
    await page.goto(`${stage.publisher.origin}/`);
    await page.locator('img').click();
    await page.waitForURL(`${stage.publisher.origin}/landing?ad=1`);
    expect(stage.logged('click')).toMatchObject([{ creative: 1, id: stage.logged('impression')[0]?.id }]);
    await context.close();
  });

  test('a lazy slot is asked for when it is near, and not before', async () => {
    await stage.open(
      `<div style="height:3000px"></div><ins class="signpost" data-zone="1" data-lazy style="display:block;height:250px"></ins><div style="height:900px"></div>`,
    );
    await stage.page.waitForTimeout(700);
    expect(stage.logged('ad_request')).toEqual([]);
    await stage.page.evaluate('scrollTo(0, 2100)');
    await stage.counted('ad_request', 1);
    expect(stage.logged('viewable')).toEqual([]);
  });

  test('a slot with data-refresh is filled anew after so many seconds in view, never sooner than 20', async () => {
    await stage.page.clock.install();
    await stage.open(
      `<ins class="signpost" data-zone="1" data-refresh="5" style="display:block;height:250px"></ins><div style="height:3000px"></div>`,
    );
    await stage.counted('impression', 1);
    await stage.page.locator('ins[data-signpost="filled"]').waitFor();
    await stage.page.clock.runFor(15_000);
    expect(stage.logged('ad_request')).toHaveLength(1);
    await stage.page.evaluate('scrollTo(0, 2000)');
    await stage.page.waitForTimeout(100);
    await stage.page.clock.runFor(60_000);
    expect(stage.logged('ad_request')).toHaveLength(1);
    await stage.page.evaluate('scrollTo(0, 0)');
    await stage.page.waitForTimeout(100);
    await stage.page.clock.runFor(10_000);
    await stage.counted('impression', 2);
    expect(stage.logged('ad_request')).toHaveLength(2);
  });

  test('key-values and the page go along, and a slow network changes nothing but the time', async () => {
    const asked: string[] = [];
    await stage.context.route('**/*', async (route) => {
      await new Promise((resolve) => setTimeout(resolve, 250));
      asked.push(route.request().url());
      await route.continue();
    });
    await stage.open(
      sized(1, 301, 250) + sized(4, 304, 250),
      `<script async src="${stage.delivery.origin}/tag.js" data-kv="section:sport,author:li"></script>`,
    );
    await stage.counted('impression', 2);
    const question = new URL(asked.find((url) => url.includes('/v1/ad?'))!).searchParams;
    expect(question.get('kv')).toBe('section:sport,author:li');
    expect(question.get('zones')).toBe('1,4');
    expect(stage.logged('ad_request')[0]).toMatchObject({ page: `${stage.publisher.origin}/` });
  });

  test('in a single-page app ads of every type come and go with its views', async () => {
    await stage.open('<div id="view"></div>');
    for (const [view, zone] of [2, 3, 4].entries()) {
      const html = sized(zone, 300 + zone, 250);
      await stage.page.evaluate(
        `history.pushState(null, '', '/view-${zone}'); document.getElementById('view').innerHTML = ${JSON.stringify(html)}`,
      );
      await stage.counted('impression', view + 1);
    }
    await stage.counted('page_view', 3);
  });

  test('a script held to its hash runs, and one that was altered does not', async () => {
    const { prepareTagFiles } = await import('../../server/delivery/index.ts');
    const tag = Buffer.from(await (await fetch(`${stage.delivery.origin}/tag.js`)).arrayBuffer());
    const none = Buffer.alloc(0);
    const { name, integrity } = prepareTagFiles({
      tag,
      more: none,
      consent: none,
      frame: none,
      clickTag: none,
    }).versionedTag;
    const script = (hash: string) =>
      `<script async src="${stage.delivery.origin}/${name}" integrity="${hash}" crossorigin="anonymous"></script>`;
    await stage.open(sized(1, 301, 250), script(integrity));
    await stage.counted('impression', 1);
    await stage.open(sized(1, 301, 250), script(`sha384-${'A'.repeat(64)}`));
    await stage.page.waitForLoadState('networkidle');
    expect(stage.logged('ad_request')).toHaveLength(1);
  });
});
