import { describe, expect, test, vi } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { sized, tagStage } from './tag-stage.ts';

const patience = { timeout: 15_000, interval: 20 };

describe.skipIf(noBrowser())('beacons of a page that goes offline, in Chromium', () => {
  const stage = tagStage();
  const storing = () => stage.tag.replace('async', 'async data-storage');
  const stored = () =>
    stage.page.evaluate<[string, string | null, number][]>(
      `JSON.parse(localStorage.getItem('signpost') ?? '[]')`,
    );
  /** Opens the page, has the network fail when the ad is there, and resolves when impression and viewability are lost. */
  const loseBeacons = async (head: string) => {
    let lost = 0;
    await stage.context.route('**/v1/e/**', (route) => {
      lost += 1;
      return route.abort('internetdisconnected');
    });
    await stage.open(sized(12), head);
    await vi.waitFor(() => expect(lost).toBe(2), patience);
    await stage.context.unroute('**/v1/e/**');
  };
  const restart = async () => {
    await stage.context.setOffline(true);
    await stage.context.setOffline(false);
  };
  const paths = () =>
    stage.delivery
      .seen('/v1/e/')
      .map(({ path }) => path)
      .toSorted();

  test('are stored where the page asks for it, and sent by the next page, once', async () => {
    await loseBeacons(storing());
    await vi.waitFor(async () => expect(await stored()).toHaveLength(2), patience);
    await stage.open('<p>another page</p>', storing());
    await vi.waitFor(() => expect(paths()).toEqual(['/v1/e/i/12-1', '/v1/e/v/12-1']), patience);
    expect(await stage.page.evaluate('localStorage.length')).toBe(0);
    const [beacon] = stage.delivery.seen('/v1/e/');
    expect(beacon).toMatchObject({ method: 'POST', body: '' });
    await stage.open('<p>a third page</p>', storing());
    await stage.frames();
    expect(paths()).toHaveLength(2);
  });

  test('are sent by the same page when it is online again', async () => {
    await stage.open(`<div style="height:2000px"></div>${sized(12)}`, storing());
    await stage.arrived('/v1/e/i/', 1);
    await stage.context.setOffline(true);
    await stage.page.locator('ins').scrollIntoViewIfNeeded();
    await vi.waitFor(async () => expect(await stored()).toHaveLength(1), patience);
    expect((await stored())[0]![0]).toBe(`${stage.delivery.origin}/v1/e/v/12-1`);
    await stage.context.setOffline(false);
    await vi.waitFor(() => expect(paths()).toEqual(['/v1/e/i/12-1', '/v1/e/v/12-1']), patience);
    expect(await stored()).toEqual([]);
  });

  test('work so under a strict Content-Security-Policy, and a page view goes with its body', async () => {
    const { origin } = stage.delivery;
    stage.publisher.headers.set(
      'content-security-policy',
      `default-src 'none'; script-src ${origin}; img-src ${origin}; connect-src ${origin}; require-trusted-types-for 'script'`,
    );
    const violations: string[] = [];
    stage.page.on('console', (message) => {
      if (message.type() === 'error' && /Policy/.test(message.text())) violations.push(message.text());
    });
    await stage.context.route('**/v1/page', (route) => route.abort('internetdisconnected'));
    const slot = '<ins class="signpost" data-zone="12" data-width="300" data-height="250"></ins>';
    await stage.open(slot, storing());
    await vi.waitFor(async () => expect(await stored()).toHaveLength(1), patience);
    const [[url, body]] = (await stored()) as [[string, string, number]];
    expect([url, JSON.parse(body)]).toEqual([`${origin}/v1/page`, expect.objectContaining({ zone: 12 })]);
    await stage.context.unroute('**/v1/page');
    await restart();
    await stage.arrived('/v1/page', 1);
    expect(stage.delivery.seen('/v1/page')[0]!.body).toBe(body);
    expect(violations).toEqual([]);
  });

  test('are sent once from the storage, whatever comes of it, and not when they are two hours old', async () => {
    const old = Date.now() - 7_201_000;
    const beacons = JSON.stringify([
      [`${stage.delivery.origin}/v1/e/i/old`, null, old],
      [`${stage.delivery.origin}/v1/e/i/young`, null, Date.now()],
    ]);
    await stage.open('<p>before</p>', '');
    await stage.page.evaluate(`localStorage.setItem('signpost', ${JSON.stringify(beacons)})`);
    const tried: string[] = [];
    await stage.context.route('**/v1/e/**', (route) => {
      tried.push(new URL(route.request().url()).pathname);
      return route.abort('internetdisconnected');
    });
    await stage.open('<p>after</p>', storing());
    await vi.waitFor(() => expect(tried).toEqual(['/v1/e/i/young']), patience);
    await restart();
    await stage.frames();
    expect([tried.length, await stored()]).toEqual([1, []]);
  });

  test('stay in memory where the page does not ask, and where the browser stores nothing', async () => {
    await loseBeacons(stage.tag);
    expect(await stage.page.evaluate('localStorage.length + sessionStorage.length')).toBe(0);
    await restart();
    await vi.waitFor(() => expect(paths()).toEqual(['/v1/e/i/12-1', '/v1/e/v/12-1']), patience);
    stage.delivery.requests.length = 0;
    await stage.page.addInitScript(
      `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }`,
    );
    await loseBeacons(storing());
    await restart();
    await vi.waitFor(() => expect(paths()).toHaveLength(2), patience);
    expect(await stored()).toEqual([]);
  });

  test('something else under that name is no fault', async () => {
    await stage.open('<p>before</p>', '');
    for (const value of ['{', '1', '{"a":1}', '[1,[]]']) {
      await stage.page.evaluate(`localStorage.setItem('signpost', ${JSON.stringify(JSON.stringify(value))})`);
      await stage.page.evaluate(`localStorage.setItem('signpost', ${JSON.stringify(value)})`);
      await stage.open(sized(12), storing());
      await stage.becomes(12, 'filled');
    }
  });
});
