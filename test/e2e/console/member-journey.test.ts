import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { MembersApi } from '../../../server/tag/member-calls.ts';
import { MailServer } from '../../server/reporting/schedules/mail-server.ts';
import { noBrowser } from '../../support/browser.ts';
import { userAgents } from '../../support/user-agents.ts';
import { ProductStage } from './product-stage.ts';
import { password } from './stage.ts';

const munich = '138.244.1.1';
const email = 'mei.lin@example.com';
const name = 'Mei of the Mountains';
const [chrome = ''] = userAgents(1);
const patience = { timeout: 20_000, interval: 50 };
const [choice, visitor, member] = ['choice', 'visitor', 'member'].map((kind) => `__Host-signpost-${kind}`);

type Signpost = { consent(choice: object): Promise<unknown>; readonly members: MembersApi };
type PageGlobal = { readonly signpost: Signpost };

describe.skipIf(noBrowser())('a member, from registration to erasure, in Chromium', () => {
  let mails: MailServer;
  let stage: ProductStage;
  let context: BrowserContext;
  let page: Page;
  let site: number;
  let id = 0;
  let shownAds = 0;

  beforeAll(async () => {
    mails = await MailServer.start();
    stage = await ProductStage.open(munich, {
      ...{ SMTP_URL: mails.url, MAIL_FROM: 'ads@example.com', K_ANONYMITY: '2' },
    });
    const { zone } = await addInventory();
    await Promise.all([stage.addUser('publisher', { sites: [site] }), stage.addUser('admin')]);
    const { origin } = stage.proxy;
    const tags = `<script async src="${origin}/consent.js" data-consent></script><script src="${origin}/members.js" data-site="${site}"></script>`;
    stage.publisher.pages.set(
      '/',
      `<!doctype html><html lang="en"><title>The News</title><link rel="icon" href="data:,">${tags}<body><ins class="signpost" data-zone="${zone}"></ins>`,
    );
    context = await stage.profile({ userAgent: chrome, locale: 'en-US' });
    page = await context.newPage();
  });
  afterAll(async () => {
    await stage?.close();
    await mails?.close();
  });

  async function addInventory(): Promise<{ zone: number }> {
    const { product } = stage;
    const make = async (path: string, body: object) =>
      (await product.json<{ id: number }>(path, { method: 'POST', body })).id;
    const png = sharp({ create: { width: 300, height: 250, channels: 3, background: 'teal' } }).png();
    const uploaded = await fetch(`${product.console}/api/v1/assets`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${product.adminKey}`, 'Content-Type': 'image/png' },
      body: new Uint8Array(await png.toBuffer()),
    });
    const { asset } = (await uploaded.json()) as { asset: string };
    const advertiserId = await make('/advertisers', { name: 'Tea House' });
    const campaignId = await make('/campaigns', { advertiserId, name: 'Spring tea' });
    const lineItemId = await make('/line-items', { campaignId, name: 'All', type: 'standard' });
    const clickUrl = 'https://example.com/tea';
    await make('/creatives', { lineItemId, name: 'Teal', asset, alt: 'Spring tea', clickUrl });
    site = await make('/sites', { name: 'The News', domain: 'localhost' });
    const zone = await make('/zones', { siteId: site, name: 'Sidebar', sizes: [[300, 250]] });
    const headers = { 'User-Agent': chrome };
    await vi.waitFor(
      async () =>
        expect((await fetch(`${stage.proxy.origin}/v1/ad?zone=${zone}`, { headers })).status).toBe(200),
      patience,
    );
    shownAds = 1;
    return { zone };
  }

  /** Opens the site's page, and waits for its ad. */
  async function visit(): Promise<void> {
    await page.goto(`${stage.publisher.origin}/`);
    await page.locator('ins[data-signpost="filled"] img[alt="Spring tea"]').waitFor();
    shownAds++;
  }
  /** Does something by `signpost.members` of the page; of an error its code and status. */
  const members = <Result>(
    work: (members: MembersApi, told: { email: string; password: string; name: string }) => Promise<Result>,
  ): Promise<Result> =>
    page.evaluate(
      `(${work})(signpost.members, ${JSON.stringify({ email, password, name })})
        .catch(({ code, status }) => [code, status])`,
    );
  const kept = async () => (await context.cookies()).map((cookie) => cookie.name).toSorted();
  const signedOut = ['unauthorized', 401];

  test('registers, and is one once the link of the letter was followed', async () => {
    await visit();
    expect(await members((api) => api.me())).toBeNull();
    const registered = await members((api, told) =>
      api.register({ ...told, profile: { city: 'München' }, preferences: { language: 'en' } }),
    );
    expect(registered).toEqual({ status: 'verify' });
    expect(await members((api, told) => api.signIn(told.email, told.password))).toEqual(signedOut);
    expect(await kept()).toEqual([]);
    await vi.waitFor(() => expect(mails.mails).toHaveLength(1), patience);
    const [letter] = mails.mails;
    expect(letter?.to.join()).toContain(email);
    const text = (letter?.text ?? '').replaceAll('=\r\n', '').replaceAll('=3D', '=');
    const link = /http:\/\/\S+#token=spm_[\w-]+/.exec(text)?.[0] ?? '';
    expect(link).toMatch(`${stage.proxy.origin}/v1/members/page/verify?`);
    const tab = await context.newPage();
    await tab.goto(link);
    await tab.getByRole('button', { name: 'Confirm' }).click();
    await tab.getByText('Your e-mail address is confirmed').waitFor();
    await tab.close();
    expect(await kept()).toEqual([]);
  });

  test('signs in, changes what is kept, and takes it along; the cookies are those of the table', async () => {
    await page.evaluate(
      (measured) => {
        return (globalThis as unknown as PageGlobal).signpost.consent(measured);
      },
      { measurement: true },
    );
    expect(await kept()).toEqual([choice, visitor]);
    const signed = await members((api, told) => api.signIn(told.email, told.password));
    expect(signed).toMatchObject({ email, name, profile: { city: 'München' }, news: { optedIn: false } });
    id = signed.id;
    expect(await kept()).toEqual([choice, member, visitor]);
    const changed = await members((api) =>
      api.update({ profile: { city: null }, preferences: { language: 'zh-TW', dark: true } }),
    );
    expect([changed.profile, changed.preferences]).toEqual([{}, { language: 'zh-TW', dark: true }]);
    const agreed = await members((api) => api.news(true, 'Yes, send me news and offers'));
    expect(agreed.news).toEqual({ optedIn: true, at: expect.any(String) });
    expect(await members((api) => api.export())).toMatchObject({
      member: { email, name, preferences: { language: 'zh-TW', dark: true } },
      signIns: [{ address: '138.244.1.0/24', country: 'DE', region: 'DE-BY' }],
      visitorNumbers: [{ number: expect.stringMatching(/^[0-9a-f]{16}$/) }],
      newsProofs: [{ action: 'opt_in', wording: 'Yes, send me news and offers' }],
    });

    // The next page, in what is that site's part of the browser alone.
    await visit();
    expect(await members((api) => api.me())).toMatchObject({ email, preferences: { dark: true } });
    const table = (await (await fetch(`${stage.proxy.origin}/v1/privacy/cookies`)).json()) as {
      items: { name: string; lifeDays: number }[];
    };
    const cookies = await context.cookies();
    expect(cookies.map((cookie) => cookie.name).toSorted()).toEqual([choice, member, visitor]);
    for (const { name: called, expires, httpOnly, secure, sameSite, partitionKey, path } of cookies) {
      expect([httpOnly, secure, sameSite, path]).toEqual([true, true, 'None', '/']);
      expect(partitionKey).toContain('localhost');
      const row = table.items.find((item) => item.name === called);
      expect([called, Math.round((expires * 1000 - Date.now()) / 86_400_000)]).toEqual([
        called,
        row?.lifeDays,
      ]);
    }
    expect(await page.evaluate('[document.cookie, localStorage.length, sessionStorage.length]')).toEqual([
      '',
      0,
      0,
    ]);
  });

  test('is counted in a region with another, and is in the list and file of who wants news', async () => {
    const other = { siteId: site, email: 'other@example.com', verified: true, password };
    await stage.product.api('/members', { method: 'POST', body: other });
    const signedIn = await fetch(`${stage.proxy.origin}/v1/members/sessions`, {
      method: 'POST',
      headers: { Origin: stage.publisher.origin, 'Content-Type': 'application/json', 'User-Agent': chrome },
      body: JSON.stringify({ email: other.email, password }),
    });
    expect(signedIn.status).toBe(201);
    const office = await stage.profile({ locale: 'en-US', reducedMotion: 'reduce' });
    await stage.signIn(office, 'publisher');
    const screen = await office.newPage();
    await screen.goto(`${stage.product.console}/members`);
    await screen.getByRole('row', { name: /^Germany (Bayern|Bavaria) 2/ }).waitFor();
    await screen.getByRole('row', { name: new RegExp(`^${email} ${name}`) }).waitFor();
    expect(await screen.getByText(other.email).count()).toBe(0);
    await screen.getByLabel('Region (DE-BY)').fill('TW-TPE');
    await screen.getByText(email).waitFor({ state: 'detached' });
    await screen.getByLabel('Region (DE-BY)').fill('DE-BY');
    await screen.getByText(email).waitFor();
    const [download] = await Promise.all([
      screen.waitForEvent('download'),
      screen.getByRole('link', { name: 'Download as CSV' }).click(),
    ]);
    const [, line = '', ...rest] = readFileSync(await download.path(), 'utf8').split('\r\n');
    expect(line).toMatch(`${email},${name},zh-TW,DE,DE-BY,`);
    expect(line).toContain(`${stage.proxy.origin}/v1/members/unsubscribe?token=`);
    expect(rest).toEqual(['']);
    await office.close();
  });

  test('sees ads as ever while the back office is away, hears of it, and is signed in again after', async () => {
    const { supervisor, office } = stage.product.pids();
    const [parent = 0] = supervisor;
    // Nobody starts the office again meanwhile.
    process.kill(parent, 'SIGSTOP');
    try {
      stage.product.kill9(office);
      await vi.waitFor(
        async () => expect(await members((api) => api.me())).toEqual(['members_unavailable', 503]),
        patience,
      );
      await visit();
      expect(await members((api) => api.export())).toEqual(['members_unavailable', 503]);
      expect(await kept()).toEqual([choice, member, visitor]);
    } finally {
      process.kill(parent, 'SIGCONT');
    }
    await vi.waitFor(async () => expect(await members((api) => api.me())).toMatchObject({ email }), {
      ...patience,
      timeout: 60_000,
    });
  });

  test('erases everything: nothing can be read, cookies are gone, and the request is listed', async () => {
    const before = (await context.cookies()).find((cookie) => cookie.name === visitor)?.value;
    const erased = await members((api, told) => api.erase(told.password));
    expect(erased).toMatchObject({ erased: true, removed: { key: 1, sessions: 1, visitors: 1 } });
    expect(await kept()).toEqual([choice]);
    expect(await members((api) => api.me())).toBeNull();
    expect(await members((api, told) => api.signIn(told.email, told.password))).toEqual(signedOut);
    await visit();
    const after = (await context.cookies()).find((cookie) => cookie.name === visitor)?.value;
    expect(after).toBeDefined();
    expect(after).not.toBe(before);

    const { product } = stage;
    await expect(product.api(`/members/${id}`)).rejects.toThrow('404');
    const whose = `siteId=${site}&email=${email}`;
    expect(await product.json(`/members?${whose}`)).toMatchObject({ items: [] });
    expect(await product.json(`/member-requests?${whose}`)).toMatchObject({
      items: [
        { kind: 'erasure', memberId: id, status: 'done', verifiedBy: 'password', removed: { key: 1 } },
        { kind: 'access', memberId: id, status: 'done', verifiedBy: 'password' },
      ],
    });
    const office = await stage.profile({ locale: 'en-US', reducedMotion: 'reduce' });
    await stage.signIn(office, 'admin');
    const screen = await office.newPage();
    await screen.goto(`${product.console}/member-requests`);
    await screen.getByRole('row', { name: /^Erasure.*Done.*By their password.*entries removed/ }).waitFor();
    await screen.goto(`${product.console}/members`);
    await screen.getByText('Nobody', { exact: true }).waitFor();
    expect(await screen.content()).not.toContain(email);
    await office.close();
  });

  test('had an ad on every page view, and left no trace in clear in any file', async () => {
    const { product } = stage;
    await product.shipped();
    const filter = encodeURIComponent(JSON.stringify({ site: [site] }));
    await vi.waitFor(async () => {
      const { rows } = await product.json<{ rows: object[] }>(
        `/reports/traffic?dimensions=site&metrics=adRequests,filled&filter=${filter}`,
      );
      expect(rows).toEqual([{ site, adRequests: shownAds, filled: shownAds }]);
    }, patience);
    await product.stop();
    expect(product.log()).not.toMatch(/mei\.lin|Mei of/);
    expect(filesWith(product.dataDir, [email, name])).toEqual([]);
  });
});

/** Files below a folder that have one of the texts in clear. */
function filesWith(folder: string, texts: readonly string[]): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => {
      const bytes = readFileSync(file);
      return texts.some((text) => bytes.includes(text));
    });
}
