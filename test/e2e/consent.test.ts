import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { launchWithoutCookies, noBrowser } from '../support/browser.ts';
import { testAddresses } from '../support/delivery.ts';
import { gppString, tcfString } from '../support/iab-strings.ts';
import { type Kept, visitorStage } from './visitor-stage.ts';

const patience = { timeout: 20_000, interval: 20 };
const choice = '__Host-signpost-choice';
const visitor = '__Host-signpost-visitor';
const ads = '__Host-signpost-ads';
const interests = '__Host-signpost-interests';
const advertisers = '__Host-signpost-advertisers';

/** A consent platform as pages have them: answers at once, and again when its `change` is called. */
const tcfPlatform = (consented: readonly number[]) => `<script>
  const listeners = [];
  const data = (list, eventStatus) => ({
    eventStatus, gdprApplies: true, tcString: ${JSON.stringify(tcfString(consented))},
    purpose: { consents: Object.fromEntries(list.map((id) => [id, true])) },
  });
  window.__tcfapi = (command, version, listener) => {
    if (command !== 'addEventListener') return;
    listeners.push(listener);
    listener(data(${JSON.stringify(consented)}, 'tcloaded'), true);
  };
  window.change = (list) => { for (const listener of listeners) listener(data(list, 'useractioncomplete'), true); };
</script>`;
const gppPlatform = (text: string) => `<script>
  const listeners = [];
  let gppString = ${JSON.stringify(text)};
  window.__gpp = (command, listener) => {
    if (command === 'ping') listener({ signalStatus: 'ready', gppString });
    else listeners.push(listener);
  };
  window.change = (text) => {
    gppString = text;
    for (const listener of listeners)
      listener({ eventName: 'signalStatus', pingData: { signalStatus: 'ready', gppString } });
  };
</script>`;

/** Beacons are on their way when a page has loaded. */
const soon = { timeout: 10_000 };

describe.skipIf(noBrowser())('what visitors allow, in Chromium', () => {
  const stage = visitorStage();
  const keeps = (expected: Kept) =>
    vi.waitFor(async () => expect(await stage.kept()).toEqual(expected), patience);
  const banner = () => stage.page.locator('section.signpost-consent');
  /** The consent and the kind of number of the newest events of every type. */
  const newest = () =>
    Object.fromEntries(
      ['ad_request', 'impression', 'page_view'].map((type) => {
        const event = stage.logged(type).at(-1);
        return [type, `${event?.['consent'] ?? ''} ${event?.['visitor_kind']}`];
      }),
    );
  const all = (text: string) => ({ ad_request: text, impression: text, page_view: text });

  test('a page that asks for nothing keeps nothing, and neither does one that was answered nothing', async () => {
    await stage.visit();
    await keeps([]);
    await expect.poll(newest, soon).toEqual(all(' daily'));
    await stage.visit({ consent: 'data-consent' });
    await keeps([]);
    await expect.poll(newest, soon).toEqual(all('region:none daily'));
  });

  test('refusing everything is one click, keeps nothing, and ads still show', async () => {
    await stage.visit({ consent: 'data-consent="ask"' });
    await banner().waitFor();
    const boxes = await Promise.all(
      ['Alles ablehnen', 'Alles annehmen'].map(async (name) => {
        const button = banner().getByRole('button', { name });
        const look = (await button.evaluate('(element) => getComputedStyle(element).cssText')) as unknown;
        const box = await button.boundingBox();
        return { height: box?.height, look };
      }),
    );
    expect(boxes[0]).toEqual(boxes[1]);
    await banner().getByRole('button', { name: 'Alles ablehnen' }).click();
    await banner().waitFor({ state: 'detached' });
    await keeps([]);
    // The same page asks for its next ad with the answer.
    await stage.page.evaluate(`document.querySelector('ins').removeAttribute('data-signpost')`);
    await vi.waitFor(
      () => expect(stage.logged('ad_request').at(-1)?.['consent']).toBe('choice:none'),
      patience,
    );
    expect(await stage.visit({ consent: 'data-consent="ask"' })).toBe('Ad 1');
    await keeps([]);
  });

  test('accepting by keyboard alone keeps what the table says; refusing later removes it at once', async () => {
    await stage.visit({ consent: 'data-consent="ask"' });
    await banner().waitFor();
    const layout = await stage.page.locator('#after').boundingBox();
    await stage.page.keyboard.press('Tab');
    await stage.page.keyboard.press('Tab');
    expect(await stage.page.evaluate('document.activeElement.textContent')).toBe('Alles annehmen');
    await stage.page.keyboard.press('Enter');
    expect(await stage.page.locator('#after').boundingBox()).toEqual(layout);
    await keeps([choice, visitor]);
    await stage.visit({ consent: 'data-consent="ask"', path: '/storage/boxes' });
    await keeps([ads, advertisers, choice, interests, visitor]);
    expect(await banner().count()).toBe(0);
    await expect.poll(newest, soon).toEqual(all('choice:measurement,personalisation,advertisers cookie'));
    const [first] = await stage.context.cookies();
    expect(first).toMatchObject({ httpOnly: true, secure: true, sameSite: 'None' });
    // The same numbers on the next page; another site has others.
    const number = stage.logged('page_view').at(-1)?.['visitor'];
    await stage.visit({ consent: 'data-consent="ask"' });
    expect(stage.logged('page_view').at(-1)?.['visitor']).toBe(number);
    await stage.page.evaluate('signpost.consent({ measurement: true })');
    await keeps([ads, choice, visitor]);
    await stage.page.evaluate('signpost.consent({})');
    await keeps([]);
    await stage.visit({ consent: 'data-consent' });
    await keeps([]);
    await expect.poll(newest, soon).toEqual(all('region:none daily'));
  });

  test("the site's own call counts from the first request on", async () => {
    const head = '<script>window.signpost = { choice: { measurement: true } };</script>';
    await stage.visit({ consent: 'data-consent', head });
    await keeps([ads, choice, visitor]);
    expect(stage.logged('ad_request').map((event) => event['consent'])).toEqual(['site:measurement']);
    await expect.poll(newest, soon).toEqual(all('site:measurement cookie'));
  });

  test('in a page of the same site the cookies are of the first party', async () => {
    const head = '<script>window.signpost = { choice: { measurement: true } };</script>';
    await stage.visit({ consent: 'data-consent', head, site: 'same' });
    await keeps([ads, choice, visitor]);
    // A page of another site has none of it: the cookies are partitioned.
    await stage.visit({ consent: 'data-consent' });
    await expect.poll(newest, soon).toEqual(all('region:none daily'));
  });

  test('with Global Privacy Control nothing is asked and nothing kept', async () => {
    await stage.fresh({ extraHTTPHeaders: { 'Sec-GPC': '1' } });
    const asked: string[] = [];
    stage.page.on('requestfinished', (request) => {
      if (request.url().includes('/v1/privacy/choice')) asked.push(request.url());
    });
    await stage.visit({ consent: 'data-consent="ask"' });
    await vi.waitFor(() => expect(asked).toHaveLength(1), patience);
    expect(await banner().count()).toBe(0);
    await keeps([]);
    await expect.poll(() => newest()['ad_request'], soon).toBe('gpc+region:none daily');
  });

  test('a TCF platform is heard: what it grants, and what it takes back', async () => {
    await stage.visit({ consent: 'data-consent="ask"', head: tcfPlatform([1, 7]) });
    await keeps([ads, visitor]);
    // The cookie is there before page view and ad request go out together: they are one visitor's from the first on.
    await expect.poll(newest, soon).toEqual(all('tcf:measurement cookie'));
    expect(new Set(['ad_request', 'page_view'].map((type) => stage.logged(type)[0]?.['visitor'])).size).toBe(
      1,
    );
    await stage.visit({ consent: 'data-consent', head: tcfPlatform([1, 7]) });
    await expect.poll(newest, soon).toEqual(all('tcf:measurement cookie'));
    await stage.page.evaluate('change([])');
    await keeps([]);
    await stage.visit({ consent: 'data-consent', head: tcfPlatform([7]) });
    await keeps([]);
    await expect.poll(newest, soon).toEqual(all('tcf:none daily'));
  });

  test('a GPP platform is heard, by the string of its own library', async () => {
    stage.proxy.visitor = testAddresses.losAngeles;
    const notOut = gppString({ usca: { SaleOptOut: 2, SharingOptOut: 2 } });
    const out = gppString({ usca: { SaleOptOut: 1, SharingOptOut: 1 } });
    await stage.visit({ consent: 'data-consent', head: gppPlatform(notOut), path: '/storage/boxes' });
    await keeps([ads, advertisers, interests, visitor]);
    await stage.page.evaluate(`change(${JSON.stringify(out)})`);
    await keeps([ads, visitor]);
    await stage.visit({ consent: 'data-consent', head: gppPlatform(out), path: '/storage/boxes' });
    await keeps([ads, visitor]);
    await expect.poll(newest, soon).toEqual(all('gpp:measurement cookie'));
  });

  test('where the browser blocks all cookies, everybody is a visitor of a day, and ads show', async () => {
    const profile = mkdtempSync(join(tmpdir(), 'signpost-profile-'));
    try {
      await stage.use(await launchWithoutCookies(profile));
      await stage.visit({ consent: 'data-consent="ask"' });
      await expect(stage.page.evaluate('localStorage.length')).rejects.toThrow('SecurityError');
      await banner().getByRole('button', { name: 'Alles annehmen' }).click();
      await banner().waitFor({ state: 'detached' });
      await stage.page.evaluate(`document.querySelector('ins').removeAttribute('data-signpost')`);
      await stage.counted('ad_request', 2);
      await expect
        .poll(() => newest()['ad_request'], soon)
        .toBe('choice:measurement,personalisation,advertisers daily');
      expect(await stage.context.cookies()).toEqual([]);
      expect(await stage.visit({ consent: 'data-consent="ask"' })).toBe('Ad 1');
      await expect.poll(newest, soon).toEqual(all('region:none daily'));
      await keeps([]);
      await stage.context.close();
    } finally {
      rmSync(profile, { recursive: true, force: true });
    }
  });

  test('every cookie that Chromium has is in the list, with its life', async () => {
    const head =
      '<script>window.signpost = { choice: { measurement: true, personalisation: true, advertisers: true } };</script>';
    await stage.visit({ consent: 'data-consent', head, path: '/storage/boxes' });
    await keeps([ads, advertisers, choice, interests, visitor]);
    const { items } = (await (await fetch(`${stage.proxy.origin}/v1/privacy/cookies`)).json()) as {
      items: { name: string; lifeDays: number; httpOnly: boolean }[];
    };
    const nowS = Date.now() / 1000;
    const found = (await stage.context.cookies())
      .map(({ name, expires, httpOnly }) => ({
        name,
        lifeDays: Math.round((expires - nowS) / 86_400),
        httpOnly,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    const listed = items
      // Of who signs in as a member, and nobody else.
      .filter(({ name }) => !name.endsWith('signpost-member'))
      .map(({ name, lifeDays, httpOnly }) => ({ name, lifeDays, httpOnly }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(found).toEqual(listed);
  });
});
