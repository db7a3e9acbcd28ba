import { describe, expect, test } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { sized, tagStage } from './tag-stage.ts';

describe.skipIf(noBrowser())('page views in Chromium', () => {
  const stage = tagStage();

  test('are sent once, as text/plain, with address, referrer and an id of their own', async () => {
    stage.publisher.pages.set('/from', '<!doctype html><a href="/article?x=1#part">go</a>');
    stage.publisher.pages.set('/article', `<!doctype html>${stage.tag}${sized(12)}`);
    await stage.page.goto(`${stage.publisher.origin}/from`);
    await stage.page.click('a');
    await stage.arrived('/v1/e/i/', 1);
    expect(stage.pageViews()).toEqual([
      {
        zone: 12,
        url: `${stage.publisher.origin}/article?x=1#part`,
        referrer: `${stage.publisher.origin}/from`,
        id: expect.stringMatching(/^[\d.e-]{8,32}$/),
        at: expect.any(Number),
      },
    ]);
    const [request] = stage.delivery.seen('/v1/page');
    expect(request!.method).toBe('POST');
    expect(request!.headers['content-type']).toMatch(/^text\/plain/);
  });

  test('name the site of the script, also on a page without a zone', async () => {
    await stage.open(
      '<p>no zones</p>',
      `<script async src="${stage.delivery.origin}/tag.js" data-site="3"></script>`,
    );
    await stage.arrived('/v1/page', 1);
    expect(stage.pageViews()[0]).toMatchObject({ site: 3 });
    expect(stage.pageViews()[0]).not.toHaveProperty('zone');
    expect(stage.delivery.seen('/v1/ad')).toEqual([]);
  });

  test('can be switched off', async () => {
    await stage.open(
      sized(12),
      `<script async src="${stage.delivery.origin}/tag.js" data-no-page-view></script>`,
    );
    await stage.arrived('/v1/e/i/', 1);
    await stage.page.evaluate(`history.pushState(null, '', '/two')`);
    await stage.frames();
    expect(stage.pageViews()).toEqual([]);
  });

  test('follow the navigation of a single-page app when its path changes', async () => {
    await stage.open(sized(12));
    await stage.arrived('/v1/page', 1);
    await stage.page.evaluate(`history.pushState(null, '', '/two?filter=a')`);
    await stage.arrived('/v1/page', 2);
    await stage.page.evaluate(`history.replaceState(null, '', '/two?filter=b')`);
    await stage.page.evaluate(`history.replaceState(null, '', '/three')`);
    await stage.arrived('/v1/page', 3);
    await stage.page.evaluate(`history.back()`);
    await stage.arrived('/v1/page', 4);
    const views = stage.pageViews();
    expect(views.map((view) => new URL(String(view['url'])).pathname)).toEqual(['/', '/two', '/three', '/']);
    expect(views[1]).toMatchObject({ referrer: `${stage.publisher.origin}/`, zone: 12 });
    expect(new Set(views.map((view) => view['id'])).size).toBe(4);
  });

  test('follow it where the browser does not tell of navigations, when the page changes', async () => {
    await stage.page.addInitScript(`Object.defineProperty(window, 'navigation', { value: undefined })`);
    await stage.open(sized(12));
    await stage.arrived('/v1/page', 1);
    await stage.page.evaluate(`history.pushState(null, '', '/two'); document.title = 'Two'`);
    await stage.arrived('/v1/page', 2);
    expect(stage.pageViews()[1]).toMatchObject({ url: `${stage.publisher.origin}/two` });
    expect(await stage.page.evaluate(`Object.hasOwn(history, 'pushState')`)).toBe(false);
  });

  test('wait, like the ads, until a prerendered page is really opened', async () => {
    await stage.page.addInitScript(`
      window.opened = false;
      Object.defineProperty(document, 'prerendering', { get: () => !opened });
    `);
    await stage.open(
      sized(12),
      `<script async src="${stage.delivery.origin}/tag.js" data-site="3"></script>`,
    );
    await stage.arrived('/tag.js', 1);
    await stage.page.waitForLoadState('load');
    await stage.page.evaluate(`history.replaceState(null, '', '/redirected')`);
    await stage.frames();
    expect(stage.delivery.seen('/v1/')).toEqual([]);
    await stage.page.evaluate(`opened = true; document.dispatchEvent(new Event('prerenderingchange'))`);
    await stage.arrived('/v1/e/i/', 1);
    expect(stage.pageViews()).toMatchObject([{ site: 3, url: `${stage.publisher.origin}/redirected` }]);
  });

  test('count a page again that comes back from the back/forward cache', async () => {
    await stage.open(sized(12));
    await stage.arrived('/v1/page', 1);
    await stage.page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
    await stage.arrived('/v1/page', 2);
    expect(stage.delivery.seen('/v1/ad')).toHaveLength(1);
  });
});
