import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { BrowserContext, Locator, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { hex, type Line, seededRandom, writeSegment } from '../../analytics/clickhouse/support.ts';
import { noBrowser } from '../../support/browser.ts';
import { userAgents } from '../../support/user-agents.ts';
import { type Witness, witness } from '../witness.ts';
import { ProductStage } from './product-stage.ts';
import { emailOf, expectAccessible, password, picture, type Role } from './stage.ts';

const addresses = { taipei: '168.95.1.1', munich: '138.244.1.1', losAngeles: '128.97.27.37' } as const;
const [chrome = '', , , , , edge = ''] = userAgents(6);
const dayMs = 86_400_000;

/** Two weeks of ad requests of a zone: half of them from Taiwan, a fifth from Bavaria. */
function adRequests(site: number, zone: number): Line[] {
  const random = seededRandom(7);
  const places = [
    ['TW', 'TW-TPE'],
    ['TW', 'TW-TPE'],
    ['TW', 'TW-KHH'],
    ['TW', 'TW-KHH'],
    ['TW', 'TW-TXG'],
    ['DE', 'DE-BY'],
    ['DE', 'DE-BY'],
    ['US', 'US-CA'],
    ['JP', 'JP-13'],
    ['DE', 'DE-BE'],
  ] as const;
  const nowMs = Date.now();
  return Array.from({ length: 2800 }, (_, index) => {
    const [country, region] = places[Math.floor(random() * places.length)] ?? places[0];
    return {
      ...{ type: 'ad_request', id: hex(index + 1), time: nowMs - Math.floor(random() * 14 * dayMs) - 60_000 },
      ...{ site, zone, country, region, device: 'desktop', browser: 'Chrome', os: 'Windows' },
      ...{ visitor: hex(9000 + index), visitor_kind: 'daily', page: 'https://localhost/', language: 'zh-tw' },
      no_fill: 'no_creative_fits',
    };
  });
}

describe.skipIf(noBrowser())('from the first campaign to the audience that saw it, in Chromium', () => {
  let stage: ProductStage;
  let context: BrowserContext;
  let page: Page;
  let seen: Witness;
  let tag = '';
  let zone = 0;

  beforeAll(async () => {
    stage = await ProductStage.open(addresses.taipei, { K_ANONYMITY: '2' });
    await stage.addUser('adops');
    context = await stage.profile({
      ...{ viewport: { width: 1280, height: 900 }, locale: 'en-US', colorScheme: 'light' },
      // What fades in has no contrast yet.
      reducedMotion: 'reduce',
      ...{ timezoneId: 'Asia/Taipei', permissions: ['clipboard-write'] },
    });
    seen = witness(context);
    await stage.signIn(context, 'adops');
    page = await context.newPage();
  });
  afterAll(() => stage?.close());

  const go = async (address: string, heading: string) => {
    await page.goto(`${stage.product.console}${address}`);
    await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
  };
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true });
  /** The screen as it is now: for axe, and for people. */
  const looked = async (name: string) => {
    await picture(page, name);
    await expectAccessible(page);
  };
  const dialog = () => page.getByRole('dialog');
  /** Waits until an image has come, in its own width. */
  const drawn = async (image: Locator, width: number) => {
    const own = () => image.evaluate((element) => Reflect.get(element, 'naturalWidth'));
    await vi.waitFor(async () => expect(await own()).toBe(width), { timeout: 20_000 });
  };
  const choose = async (field: Locator, typed: string, option: RegExp) => {
    await field.click();
    await field.fill(typed);
    await page.getByRole('option', { name: option }).first().click();
    await page.keyboard.press('Escape');
  };

  test('empty screens say what to do next', async () => {
    await go('/campaigns', 'Campaigns');
    await page.getByText('No campaigns yet').waitFor();
    await looked('campaigns-empty');
    await go('/campaigns/approvals', 'Campaigns');
    await page.getByText('Nothing waits for approval').waitFor();
    await go('/sites', 'Sites and zones');
    await page.getByText('No sites yet').waitFor();
    await looked('sites-empty');
    await go('/why', 'Why this ad');
    await page.getByText('Nothing asked yet').waitFor();
    await looked('why-empty');
  });

  test('a site and a zone are made, and the tag is built', async () => {
    await go('/sites', 'Sites and zones');
    await button('New site').click();
    await dialog().getByLabel('Name', { exact: true }).fill('The News');
    await dialog().getByLabel('Host name').fill('localhost');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'The News', level: 1 }).waitFor();
    await button('New zone').click();
    await dialog().getByLabel('Name', { exact: true }).fill('Sidebar');
    await expectAccessible(page);
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Sidebar', level: 1 }).waitFor();
    zone = Number(new URL(page.url()).pathname.split('/').at(-1));
    const text = page.getByRole('region', { name: 'Paste this where the ad shall be' });
    await text.filter({ hasText: `data-zone="${zone}"` }).waitFor();
    const lazy = page.getByRole('switch', { name: 'Only once it is nearly in view' });
    await lazy.click();
    await text.filter({ hasText: 'data-width="300" data-height="250" data-lazy' }).waitFor();
    await lazy.click();
    await page.getByRole('radio', { name: 'Frame' }).check();
    await text.filter({ hasText: '<iframe' }).waitFor();
    await page.getByRole('radio', { name: 'Script' }).check();
    await text.filter({ hasText: '<ins' }).waitFor();
    tag = String(await text.textContent());
    await button('Copy').click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    await page.getByText('Not seen in the last 7 days').waitFor();
    const site = (await stage.product.json<{ siteId: number }>(`/zones/${zone}`)).siteId;
    writeSegment(path.join(stage.product.dataDir, 'spool'), 'before', adRequests(site, zone));
    await stage.product.shipped();
  });

  test('advertiser, campaign, a line item for Taiwan and Bavaria, and a creative', async () => {
    await go('/campaigns/advertisers', 'Campaigns');
    await button('New advertiser').click();
    await dialog().getByLabel('Name', { exact: true }).fill('Taipei Travel');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('link', { name: 'Taipei Travel' }).click();
    await button('New campaign').click();
    await dialog().getByLabel('Name', { exact: true }).fill('Summer in Taipei');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Summer in Taipei', level: 1 }).waitFor();
    await page.getByText('No line items yet').waitFor();
    await page.getByRole('link', { name: 'New line item' }).click();

    await page.getByLabel('Name', { exact: true }).fill('Taiwan and Bavaria');
    await page.getByText(/ad requests in 30 days/).waitFor();
    await button('Add a group').click();
    const group = page.getByRole('group', { name: 'At least one of these holds' });
    await group.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('menuitem', { name: 'Country', exact: true }).click();
    await choose(page.getByRole('combobox', { name: 'Country: values' }), 'taiw', /Taiwan/);
    await group.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('menuitem', { name: 'Region', exact: true }).click();
    await choose(page.getByRole('combobox', { name: 'Region: values' }), 'bava', /Bavaria, Germany/);
    // The forecast follows, and says what is lost to the rule.
    await page.getByText('Country is Taiwan or Region is Bavaria').waitFor();
    await page.getByText(/\d+ lost to this/).waitFor();

    // What was filled in is there again after a reload.
    await page.reload();
    await page.getByText('What you had filled in and not saved is here again.').waitFor();
    await page.getByText(/\d+ lost to this/).waitFor();
    await looked('line-item-new');
    await button('Create, then add creatives').click();
    await page.getByText('No creatives yet').waitFor();
    await looked('creatives-empty');

    const color = { create: { width: 300, height: 250, channels: 3, background: '#c23b22' } } as const;
    const double = { create: { ...color.create, width: 600, height: 500 } };
    await page.locator('input[type=file]').setInputFiles([
      { name: 'lantern.png', mimeType: 'image/png', buffer: await sharp(color).png().toBuffer() },
      { name: 'lantern@2x.png', mimeType: 'image/png', buffer: await sharp(double).png().toBuffer() },
      { name: 'liar.png', mimeType: 'image/png', buffer: Buffer.from('this is no image') },
    ]);
    await dialog().getByText('with an alternative of twice the pixels').waitFor();
    await dialog().getByRole('alert').waitFor();
    await dialog().getByLabel('Where a click leads').fill('https://example.com/taipei');
    await dialog().getByLabel('In words, for those who do not see it').fill('Lanterns of Taipei');
    await looked('creative-upload');
    await button('Save the creative').click();
    await page.getByRole('article', { name: 'lantern' }).getByText('Fits: Sidebar').waitFor();
    await drawn(page.getByRole('article', { name: 'lantern' }).locator('img'), 300);
  });

  test('visits from both regions are shown the ad, and no others; they are shipped and counted', async () => {
    const { publisher, proxy } = stage;
    publisher.pages.set('/', `<!doctype html><title>The News</title><link rel="icon" href="data:,">${tag}`);
    await vi.waitFor(
      async () => {
        const headers = { 'User-Agent': chrome };
        expect((await fetch(`${proxy.origin}/v1/ad?zone=${zone}`, { headers })).status).toBe(200);
      },
      { timeout: 10_000, interval: 50 },
    );
    for (const userAgent of [chrome, edge]) {
      const visitors = await stage.profile({ viewport: { width: 1000, height: 700 }, userAgent });
      const visit = await visitors.newPage();
      const outcome = async (from: string) => {
        proxy.visitor = from;
        await visit.goto(`${publisher.origin}/`);
        const slot = visit.locator('ins.signpost[data-signpost=filled], ins.signpost[data-signpost=nofill]');
        await slot.waitFor({ state: 'attached' });
        return slot.getAttribute('data-signpost');
      };
      // The line item takes a moment to come to delivery.
      await vi.waitFor(async () => expect(await outcome(addresses.taipei)).toBe('filled'), {
        timeout: 20_000,
      });
      expect(await visit.locator('ins.signpost img').getAttribute('alt')).toBe('Lanterns of Taipei');
      await drawn(visit.locator('ins.signpost img'), 300);
      const viewed = visit.waitForRequest(/\/v1\/e\/v\//);
      expect(await outcome(addresses.munich)).toBe('filled');
      await viewed;
      await drawn(visit.locator('ins.signpost img'), 300);
      expect(await outcome(addresses.losAngeles)).toBe('nofill');
      await visitors.close();
    }
    const counted = async () => {
      await stage.product.shipped();
      const { rows } = await stage.product.json<{ rows: object[] }>(
        '/reports/delivery?dimensions=region&metrics=impressions&sort=-impressions,region',
      );
      expect(rows.filter((row) => Reflect.get(row, 'impressions') > 0)).toEqual([
        { region: 'DE-BY', impressions: 2 },
        { region: 'TW-TPE', impressions: 2 },
      ]);
    };
    await vi.waitFor(counted, { timeout: 30_000, interval: 500 });
  });

  test('the tag tells where it was seen, and the zone how it fills', async () => {
    await go(`/sites/zones/${zone}`, 'Sidebar');
    await page.getByText(`${stage.publisher.origin}/`, { exact: true }).waitFor();
    await page.getByText('Works').first().waitFor();
    await looked('zone');
    await go('/sites', 'Sites and zones');
    await page.getByRole('meter', { name: 'Fill' }).waitFor();
    await looked('sites');
  });

  test('why this ad: the winner for one, the rule that drops it for another, and a link to it', async () => {
    await go('/why', 'Why this ad');
    await page.getByRole('combobox', { name: 'Zone' }).click();
    await page.getByRole('option', { name: /Sidebar/ }).click();
    await page.getByRole('combobox', { name: "Visitor's address" }).fill(addresses.munich);
    await button('Explain').click();
    await page.getByText('100% chance').waitFor();
    await page.getByText(/Munich.*Bavaria, Germany/).waitFor();
    await page.getByRole('combobox', { name: "Visitor's address" }).fill(addresses.losAngeles);
    await button('Explain').click();
    await page.getByText('The visitor does not meet:').waitFor();
    await page.getByText('Country is Taiwan or Region is Bavaria').waitFor();
    await page.getByText(/No ad would be shown/).waitFor();
    await page.reload();
    await page.getByText('The visitor does not meet:').waitFor();
    await looked('why');
  });

  test('the campaign shows how it does, and what others change is not lost', async () => {
    await go('/campaigns', 'Campaigns');
    await page.getByRole('link', { name: 'Summer in Taipei' }).waitFor();
    await page.getByText('Runs').waitFor();
    await looked('campaigns');
    await page.getByRole('link', { name: 'Summer in Taipei' }).click();
    await page.getByRole('link', { name: 'Taiwan and Bavaria' }).waitFor();
    await looked('campaign');
    await page.getByRole('link', { name: 'Taiwan and Bavaria' }).click();
    const weight = page.getByLabel('Weight');
    await weight.fill('5');
    const id = Number(new URL(page.url()).pathname.split('/').at(-1));
    await stage.product.api(`/line-items/${id}`, { method: 'PATCH', body: { name: 'Taiwan, Bavaria' } });
    // The session ends meanwhile as well.
    await context.clearCookies();
    // Whatever else asks the server may have brought the question over the page already.
    await button('Save').dispatchEvent('click');
    await page.getByText('Your session has ended.').waitFor();
    await dialog().getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    await page.getByText('Somebody else has saved this in between').waitFor();
    await dialog().getByText('Taiwan, Bavaria').waitFor();
    await looked('conflict');
    await button('Overwrite with mine').click();
    await page.getByRole('heading', { name: 'Taiwan, Bavaria', level: 1 }).waitFor();
    expect(await stage.product.json(`/line-items/${id}`)).toMatchObject({
      name: 'Taiwan, Bavaria',
      weight: 5,
    });
    await looked('line-item');
  });

  test('texts are written with a preview in the sizes of the zones', async () => {
    await page.getByRole('tab', { name: /Creatives/ }).click();
    await button('Snippet').click();
    await dialog().getByLabel('Name', { exact: true }).fill('Hello');
    await dialog()
      .getByLabel('HTML')
      .fill('<b style="color:red">Fly</b><script>document.body.append(origin)</script>');
    const preview = dialog().frameLocator('iframe');
    await preview.getByText('Fly').waitFor();
    await preview.getByText('null').waitFor();
    await dialog().getByRole('combobox', { name: 'Size of a zone' }).click();
    await page.getByRole('option', { name: '300×250' }).click();
    await dialog().getByLabel('Where a click leads').fill('https://example.com/fly');
    await looked('creative-snippet');
    await dialog().getByRole('button', { name: 'Create' }).click();
    await page.getByRole('article', { name: 'Hello' }).waitFor();
    await looked('creatives');
  });

  test('line items are paused and duplicated, campaigns archived and brought back', async () => {
    await go('/campaigns', 'Campaigns');
    await page.getByRole('button', { name: 'Actions: Summer in Taipei' }).click();
    await page.getByRole('menuitem', { name: 'Duplicate' }).click();
    await page.getByRole('heading', { name: /Summer in Taipei \(copy\)/, level: 1 }).waitFor();
    await go('/campaigns', 'Campaigns');
    await page.getByRole('button', { name: 'Actions: Summer in Taipei', exact: true }).click();
    await page.getByRole('menuitem', { name: 'Pause' }).click();
    await page.getByText('Summer in Taipei is paused').waitFor();
    await page.getByRole('button', { name: 'Actions: Summer in Taipei (copy)' }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await dialog().getByRole('button', { name: 'Archive' }).waitFor();
    await page.getByRole('menu').waitFor({ state: 'hidden' });
    await expectAccessible(page);
    await dialog().getByRole('button', { name: 'Archive' }).click();
    await page.getByText('1 of 1').waitFor();
    await page.getByRole('button', { name: 'Import, export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: 'Export as JSON' }).click();
    const exported = await (await download).path();
    await page.locator('input[type=file]').setInputFiles({
      name: 'campaigns.json',
      mimeType: 'application/json',
      buffer: Buffer.from(readFileSync(exported, 'utf8').replace('"Summer in Taipei"', '"Autumn in Taipei"')),
    });
    await button('See what would happen').click();
    await dialog().getByText('0 would be made, 1 changed.').waitFor();
    await expectAccessible(page);
    await button('Import').click();
    await page.getByRole('link', { name: 'Autumn in Taipei' }).waitFor();
    await page.getByRole('combobox', { name: 'Status' }).click();
    await page.getByRole('option', { name: 'Archived', exact: true }).click();
    await page.getByRole('link', { name: 'Summer in Taipei (copy)' }).waitFor();
    expect(new URL(page.url()).search).toBe('?status=archived');
  });

  test('speaks Traditional Chinese', async () => {
    await page.goto(`${stage.product.console}/campaigns`);
    await page.evaluate("localStorage.setItem('signpost.language', 'zh-TW')");
    await go('/why', '為何顯示此廣告');
    await go(`/sites/zones/${zone}`, 'Sidebar');
    await page.getByText('標籤出現的網頁').waitFor();
    await picture(page, 'zone-zh');
    await go('/campaigns', '廣告活動');
    await page.getByRole('link', { name: 'Autumn in Taipei' }).click();
    await page.getByRole('link', { name: 'Taiwan, Bavaria' }).click();
    await page.getByText('每日廣告請求').waitFor();
    await looked('line-item-zh');
  });

  test('nobody else was asked, and the browser did not complain', () => {
    const allowed = [stage.product.console, stage.proxy.origin, 'null'];
    expect([...seen.origins].filter((origin) => !allowed.includes(origin))).toEqual([]);
    // 401 and 412 are what the session that ended and the change in between were answered with; 415 the file that lied.
    const meant = /status of (401|412|415)/;
    expect(seen.complaints.filter((text) => !meant.test(text))).toEqual([]);
    expect(stage.network.askedFor.filter((host) => !host.startsWith('content-autofill'))).toEqual([]);
  });

  describe('a fortnight later, when the week of the visits is over', () => {
    let theirs: BrowserContext;
    let screen: Page;

    beforeAll(async () => {
      const { items } = await stage.product.json<{ items: { id: number }[] }>('/advertisers');
      await stage.addUser('advertiser', { advertisers: items.map(({ id }) => id) });
      await stage.addUser('analyst');
      await stage.daysLater(14);
      const run = await stage.product.json('/jobs/rollup/runs', { method: 'POST' });
      expect(run).toMatchObject({ outcome: 'succeeded' });
    });
    afterEach(() => theirs?.close());

    const signInAs = async (role: Role) => {
      theirs = await stage.profile({
        ...{ viewport: { width: 1280, height: 900 }, locale: 'en-US', colorScheme: 'light' },
        ...{ timezoneId: 'Asia/Taipei', reducedMotion: 'reduce' },
      });
      const watched = witness(theirs);
      screen = await theirs.newPage();
      await screen.goto(stage.product.console);
      await screen.getByLabel('E-mail address').fill(emailOf(role));
      await screen.getByLabel('Password', { exact: true }).fill(password);
      await screen.keyboard.press('Enter');
      return watched;
    };
    const screensOf = () =>
      screen.getByRole('navigation', { name: 'Main' }).getByRole('link').allTextContents();

    test('the advertiser signs in, and sees the visitors on the map and nothing else', async () => {
      const { complaints } = await signInAs('advertiser');
      await screen.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
      const items = screen.getByRole('region', { name: 'Campaigns and line items' });
      await items.getByRole('row', { name: /Autumn in Taipei Taiwan, Bavaria 4/ }).waitFor();
      const audience = screen.getByRole('region', { name: 'Who saw your ads' });
      await audience.getByRole('row', { name: /^Taiwan 2 2/ }).waitFor();
      await audience.getByRole('row', { name: /^Germany 2 2/ }).waitFor();
      await audience.locator('[data-code=TW][data-shade="6"]').first().waitFor();
      await picture(screen, 'story-advertiser');
      await audience.locator('path[data-code=DE]').first().click();
      await audience.getByRole('row', { name: /Bayern/ }).waitFor();
      expect(await screensOf()).toEqual(['Overview', 'Reports']);
      for (const path of ['/reports/visitors', '/reports/traffic', '/sites', '/live-visitors']) {
        const answer = await theirs.request.get(`${stage.product.console}/api/v1${path}`);
        expect([path, answer.status()]).toEqual([path, path.startsWith('/reports') ? 404 : 403]);
      }
      expect(complaints.filter((text) => !text.includes('status of 401'))).toEqual([]);
    });

    test('marketing signs in, and sees where the visitors came from', async () => {
      await signInAs('analyst');
      await screen.getByRole('heading', { name: 'Visitors', level: 1 }).waitFor();
      for (const country of ['Taiwan', 'Germany', 'United States']) {
        await screen.getByRole('row', { name: new RegExp(`${country} 2`) }).waitFor();
      }
      await picture(screen, 'story-visitors');
      await screen.getByRole('button', { name: 'Germany', exact: true }).click();
      await screen.getByRole('row', { name: /Bayern 2/ }).waitFor();
      expect(await screensOf()).toEqual(['Visitors', 'Traffic', 'Reports', 'Members']);
      const report = await theirs.request.get(
        `${stage.product.console}/api/v1/reports/visitors?from=2026-01-01&dimensions=country`,
      );
      expect(await report.json()).toMatchObject({ readFrom: 'rollup' });
    });
  });
});
