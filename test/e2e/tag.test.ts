import { describe, expect, test, vi } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { sized, tagStage } from './tag-stage.ts';

const recordSignpostEvents = `
  window.seen = [];
  document.addEventListener('signpost', (event) => seen.push(event.detail));
`;
const whatIsStored = `(async () => ({
  cookie: document.cookie,
  local: localStorage.length,
  session: sessionStorage.length,
  databases: (await indexedDB.databases()).length,
  caches: (await caches.keys()).length,
}))()`;

describe.skipIf(noBrowser())('the page tag in Chromium', () => {
  const stage = tagStage();

  test('fills two zones with one request, from its own origin and nobody else', async () => {
    await stage.open(sized(12) + sized(13, 728, 90));
    await stage.arrived('/v1/e/v/', 2);
    expect(stage.delivery.seen('/v1/ad').map((request) => request.query.get('zones'))).toEqual(['12,13']);
    expect([await stage.state(12), await stage.state(13)]).toEqual(['filled', 'filled']);
    expect([...stage.origins].sort()).toEqual([stage.delivery.origin, stage.publisher.origin].sort());
    const link = stage.page.locator('ins[data-zone="13"] > a');
    expect(await link.getAttribute('href')).toBe(`${stage.delivery.origin}/v1/c/13-2`);
    expect(await link.getAttribute('target')).toBe('_blank');
    expect(await link.getAttribute('rel')).toBe('noopener sponsored');
    const image = link.locator('img');
    expect(await image.getAttribute('alt')).toBe('Banner 13');
    expect(await image.boundingBox()).toMatchObject({ width: 728, height: 90 });
  });

  test('the same zone twice on a page gets two decisions of its own', async () => {
    await stage.open(sized(12) + sized(12));
    await stage.arrived('/v1/e/i/', 2);
    expect(
      stage.delivery
        .seen('/v1/e/i/')
        .map((request) => request.path)
        .toSorted(),
    ).toEqual(['/v1/e/i/12-1', '/v1/e/i/12-2']);
  });

  test('sends the impression only after the image has loaded', async () => {
    stage.delivery.imageDelayMs = 400;
    await stage.open(sized(12));
    await stage.arrived('/v1/e/i/', 1);
    const [image, impression] = [stage.delivery.seen('/v1/a/')[0], stage.delivery.seen('/v1/e/i/')[0]];
    expect(impression!.atMs - image!.atMs).toBeGreaterThanOrEqual(395);
    expect(impression!.headers.cookie).toBeUndefined();
  });

  test('a broken image is no impression', async () => {
    stage.delivery.imagesBroken = true;
    await stage.open(sized(12));
    await stage.becomes(12, 'nofill');
    await stage.frames();
    expect(stage.delivery.seen('/v1/e/')).toEqual([]);
  });

  test('a slot that is not displayed is no impression until it is', async () => {
    await stage.open(`<div id="box" style="display:none">${sized(12)}</div>`);
    await stage.becomes(12, 'filled');
    await stage.frames();
    expect(stage.delivery.seen('/v1/e/')).toEqual([]);
    await stage.page.evaluate(`document.getElementById('box').removeAttribute('style')`);
    await stage.arrived('/v1/e/i/', 1);
  });

  test('tells the page what became of each slot by a bubbling event', async () => {
    stage.delivery.ads.set(14, { noFill: 'no_candidate' });
    await stage.page.addInitScript(recordSignpostEvents);
    await stage.open(sized(12) + sized(14) + sized(99));
    await stage.becomes(12, 'filled');
    expect([await stage.state(14), await stage.state(99)]).toEqual(['nofill', 'nofill']);
    const seen = await stage.page.evaluate<{ zone: number }[]>('seen');
    expect(seen.toSorted((one, other) => one.zone - other.zone)).toEqual([
      { zone: 12, id: '12-1', noFill: null, creativeId: 1012 },
      { zone: 14, id: '14-2', noFill: 'no_candidate' },
      { zone: 99, id: '', noFill: 'unknown_zone' },
    ]);
  });

  test('fills a zone that was added later, and one again whose mark was removed', async () => {
    await stage.open(sized(12));
    await stage.becomes(12, 'filled');
    await stage.page.evaluate(`document.body.insertAdjacentHTML('beforeend', '${sized(13, 728, 90)}')`);
    await stage.becomes(13, 'filled');
    await stage.page.evaluate(`document.querySelector('ins').removeAttribute('data-signpost')`);
    await stage.arrived('/v1/e/i/', 3);
    expect(stage.delivery.seen('/v1/ad').map((request) => request.query.get('zones'))).toEqual([
      '12',
      '13',
      '12',
    ]);
    expect(stage.pageViews()).toHaveLength(1);
  });

  test('acts once when the script is included twice', async () => {
    await stage.open(sized(12), stage.tag + stage.tag);
    await stage.arrived('/v1/e/i/', 1);
    await stage.frames();
    expect(stage.delivery.seen('/v1/ad')).toHaveLength(1);
    expect(stage.delivery.seen('/v1/page')).toHaveLength(1);
  });

  test('leaves nothing in cookies or storage', async () => {
    await stage.open(sized(12));
    await stage.arrived('/v1/e/v/', 1);
    expect(await stage.context.cookies()).toEqual([]);
    const stored = await stage.page.evaluate(whatIsStored);
    expect(stored).toEqual({ cookie: '', local: 0, session: 0, databases: 0, caches: 0 });
  });

  test('works through a path of the site itself', async () => {
    stage.delivery.prefix = '/first/party';
    await stage.open(
      sized(12),
      `<script async src="${stage.delivery.origin}/first/party/tag.js?v=/1"></script>`,
    );
    await stage.arrived('/v1/e/i/', 1);
    expect(await stage.page.locator('ins > a').getAttribute('href')).toBe(
      `${stage.delivery.origin}/first/party/v1/c/12-1`,
    );
    expect([...stage.origins].sort()).toEqual([stage.delivery.origin, stage.publisher.origin].sort());
  });

  test('works under a strict Content-Security-Policy that names only the ad host', async () => {
    const { origin } = stage.delivery;
    stage.publisher.headers.set(
      'content-security-policy',
      `default-src 'none'; script-src ${origin}; img-src ${origin}; connect-src ${origin}; style-src 'self'; require-trusted-types-for 'script'`,
    );
    const violations: string[] = [];
    stage.page.on('console', (message) => {
      if (message.type() === 'error' && !message.text().includes('favicon')) violations.push(message.text());
    });
    await stage.open('<ins class="signpost" data-zone="12" data-width="300" data-height="250"></ins>');
    await stage.arrived('/v1/e/v/', 1);
    expect(await stage.page.locator('ins').boundingBox()).toMatchObject({ width: 300, height: 250 });
    expect(violations).toEqual([]);
  });

  test('leaves the page and what is in its slots alone when the server does not answer', async () => {
    await stage.context.route('**/v1/ad**', (route) => route.abort());
    await stage.open('<ins class="signpost" data-zone="12"><b>our own</b></ins>');
    await stage.becomes(12, 'nofill');
    expect(await stage.page.locator('ins').textContent()).toBe('our own');
  });

  test('a beacon that the network refused is sent once more when the browser is back online', async () => {
    let refused = 0;
    await stage.context.route('**/v1/e/i/**', (route) => {
      refused += 1;
      return refused === 1 ? route.abort() : route.continue();
    });
    await stage.open(sized(12));
    await vi.waitFor(() => expect(refused).toBe(1), { timeout: 20_000 });
    await stage.frames();
    await stage.context.setOffline(true);
    await stage.context.setOffline(false);
    await stage.arrived('/v1/e/i/', 1);
  });
});
