import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hex, type Line } from '../../analytics/clickhouse/support.ts';
import { noBrowser } from '../../support/browser.ts';
import { expectAccessible, picture, Stage } from './stage.ts';

/** Crawlers of two networks and a data center, in the last hours. */
function invalidTraffic(site: number): Line[] {
  const nowMs = Date.now();
  return Array.from({ length: 90 }, (_, index) => ({
    ...{ type: 'page_view', id: hex(900_000 + index), time: nowMs - 60_000 * (index + 1), site },
    ...{ visitor: hex(800_000 + index), visitor_kind: 'daily', country: 'DE', page: 'https://news.example/' },
    ...(index < 60
      ? { invalid: 'bot', network: index < 45 ? '192.0.2.0/24' : '198.51.100.0/24', asn: 64_500 }
      : { invalid: 'data_center', network: '203.0.113.0/24', asn: 64_501 }),
  }));
}

describe.skipIf(noBrowser())('the screens of the operation in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ CREATIVE_APPROVAL: 'on' });
    await stage.addLines('console-invalid', invalidTraffic(stage.site));
  });
  afterAll(() => stage?.close());

  test('shows invalid traffic by its reasons, takes one back, and undoes that', async () => {
    const { page, allow, leave } = await stage.visit('adops', '/invalid-traffic');
    allow('status of 422');
    const ledger = page.getByRole('row', { name: /Declared bot/ });
    await ledger.waitFor();
    expect(await ledger.textContent()).toContain('60');
    await page.getByText('Nothing was taken back').waitFor();
    await page.getByRole('button', { name: 'Declared bot' }).click();
    await page.getByRole('row', { name: /192\.0\.2\.0\/24/ }).waitFor();
    await expectAccessible(page);
    await picture(page, 'invalid-traffic');
    await page.getByRole('button', { name: 'Take back 192.0.2.0/24' }).click();
    const form = page.getByRole('dialog');
    expect(await form.getByLabel('Only this network').inputValue()).toBe('192.0.2.0/24');
    await form.getByLabel('Only this network').fill('not a network');
    await form.getByLabel('Why').fill('Our own monitoring.');
    await form.getByRole('button', { name: 'Take back' }).click();
    await form.getByText('must be a network as the report has it, like 192.0.2.0/24').first().waitFor();
    await expectAccessible(page);
    await picture(page, 'invalid-traffic-take-back');
    await form.getByLabel('Only this network').fill('192.0.2.0/24');
    await form.getByRole('button', { name: 'Take back' }).click();
    await page.getByRole('cell', { name: /Our own monitoring/ }).waitFor();
    // Of the 60 events, 45 count again.
    await page
      .getByRole('row', { name: /Declared bot.*15/ })
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText(/^Undone /).waitFor();
    await page
      .getByRole('row', { name: /Declared bot.*60/ })
      .first()
      .waitFor();
    await leave();
  });

  test('runs a job when asked to, and shows what it did', async () => {
    const { page, leave } = await stage.visit('admin', '/jobs');
    await page.getByRole('button', { name: 'ship', exact: true }).waitFor();
    await expectAccessible(page);
    await picture(page, 'jobs');
    await page.getByRole('button', { name: 'retention', exact: true }).click();
    const details = page.getByRole('dialog');
    await details.getByText('No run is on record').waitFor();
    await details.getByRole('button', { name: 'Dry run' }).click();
    await details.getByText('What a run would do now').waitFor();
    await details.getByRole('button', { name: 'Run now' }).click();
    await details.getByText('The run has ended: Succeeded').waitFor();
    await details.getByRole('cell', { name: 'Succeeded' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'job');
    await leave();
  });

  test('says in words how the system is', async () => {
    const { page, leave } = await stage.visit('adops', '/system');
    await page.getByText('PostgreSQL answers.').waitFor();
    await page
      .getByText(/\(embedded\)/)
      .first()
      .waitFor();
    await page.getByText('There is no location database').waitFor();
    await expectAccessible(page);
    await picture(page, 'system');
    await leave();
    const chinese = await stage.visit('adops', '/system', { language: 'zh-TW', theme: 'dark' });
    await chinese.page.getByRole('heading', { name: '系統', level: 1 }).waitFor();
    await chinese.page.getByText('沒有位置資料庫').waitFor();
    await chinese.leave();
  });

  test('categories and segments are made, and the builder of targeting offers them', async () => {
    const { page, leave } = await stage.visit('adops', '/interests');
    const dialog = page.getByRole('dialog');
    await page.getByText('No segments yet').waitFor();
    await expectAccessible(page);
    await picture(page, 'interests-empty');
    await page.getByRole('button', { name: 'New category' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('storage');
    await dialog.getByLabel('What visitors read (English)').fill('Storage');
    await dialog.getByLabel('Pages', { exact: true }).fill('https://news.example/storage/*\n*/boxes/*');
    await dialog.getByLabel('Keys of the page').fill('section=storage, boxes');
    await expectAccessible(page);
    await picture(page, 'interests-category');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('row', { name: /storage 2 page patterns · 1 key · Every site/ }).waitFor();
    await page.getByRole('button', { name: 'New segment' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill('movers');
    await dialog.getByRole('combobox', { name: 'Interested in' }).click();
    await page.getByRole('option', { name: 'storage' }).click();
    await page.keyboard.press('Escape');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('row', { name: /movers storage, at least 3/ }).waitFor();
    await page.getByRole('button', { name: 'Actions: movers' }).click();
    await page.getByRole('menuitem', { name: 'Change' }).click();
    await dialog.getByLabel('How strongly, in visits').fill('5');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('row', { name: /movers storage, at least 5/ }).waitFor();
    await expectAccessible(page);
    await picture(page, 'interests');
    const { items } = Object(await stage.call('GET', '/interest-categories'));
    expect(items).toMatchObject([
      {
        ...{ name: 'storage', titles: { en: 'Storage' }, siteId: null },
        pages: ['https://news.example/storage/*', '*/boxes/*'],
        keyValues: [{ key: 'section', in: ['storage', 'boxes'] }],
      },
    ]);
    const { id } = await stage.call('POST', '/campaigns', { advertiserId: stage.advertiser, name: 'Boxes' });
    await page.goto(`${stage.origin}/campaigns/${id}/new`);
    await page.getByRole('button', { name: 'Add a condition' }).click();
    await page.getByRole('menuitem', { name: 'Interest', exact: true }).click();
    await page.getByRole('combobox', { name: 'Interest: values' }).click();
    await page.getByRole('option', { name: 'movers' }).click();
    await page.getByLabel('Name', { exact: true }).fill('For movers');
    await page.getByRole('button', { name: 'Create, then add creatives' }).click();
    await page.getByText('No creatives yet').waitFor();
    const made = Object(await stage.call('GET', `/line-items?campaignId=${id}`));
    expect(JSON.stringify(made.items[0].targeting)).toContain('{"in":["movers"],"on":"segment"}');
    await page.goto(`${stage.origin}/campaigns/advertisers`);
    await page.getByRole('button', { name: 'Actions: Taipei Travel' }).click();
    await page.getByRole('menuitem', { name: 'Edit' }).click();
    await dialog.getByLabel('Who pays (optional)').fill('Taipei City Government');
    await dialog.getByLabel('Keeps values of its own for visitors').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'hidden' });
    expect(await stage.call('GET', `/advertisers/${stage.advertiser}`)).toMatchObject({
      payer: 'Taipei City Government',
      visitorValues: true,
    });
    await leave();
  });

  test('creatives that wait are approved, or refused with a reason', async () => {
    const { id: campaignId } = await stage.call('POST', '/campaigns', {
      ...{ advertiserId: stage.advertiser, name: 'Autumn' },
    });
    const { id: lineItemId } = await stage.call('POST', '/line-items', {
      ...{ campaignId, name: 'Everywhere', type: 'standard' },
    });
    for (const name of ['Leaves', 'Rain']) {
      const text = { type: 'html', html: `<b>${name}</b>`, width: 300, height: 250 };
      await stage.call('POST', '/creatives', {
        ...{ lineItemId, name, clickUrl: 'https://example.com/', ...text },
      });
    }
    const { page, leave } = await stage.visit('adops', '/campaigns/approvals');
    const leaves = page.getByRole('article', { name: 'Leaves' });
    await leaves.frameLocator('iframe').getByText('Leaves').waitFor();
    await expectAccessible(page);
    await picture(page, 'approvals');
    await leaves.getByRole('button', { name: 'Approve' }).click();
    await leaves.waitFor({ state: 'detached' });
    const rain = page.getByRole('article', { name: 'Rain' });
    await rain.getByRole('button', { name: 'Reject' }).click();
    await rain.getByRole('textbox').fill('Too wet.');
    await rain.getByRole('button', { name: 'Reject' }).click();
    await page.getByText('Nothing waits for approval').waitFor();
    const { items } = Object(await stage.call('GET', `/creatives?lineItemId=${lineItemId}&sort=name`));
    expect(items).toMatchObject([
      { name: 'Leaves', approval: 'approved' },
      { name: 'Rain', approval: 'rejected', approvalNote: 'Too wet.' },
    ]);
    await leave();
  });

  test('shows none of it to advertisers, and lets ad operations run no job', async () => {
    const advertiser = await stage.visit('advertiser', '/jobs');
    await advertiser.page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect(await advertiser.page.getByRole('link', { name: 'Jobs' }).count()).toBe(0);
    await advertiser.leave();
    const { page, leave } = await stage.visit('adops', '/jobs');
    await page.getByRole('button', { name: 'ship', exact: true }).click();
    await page.getByRole('dialog').getByRole('heading', { name: 'History' }).waitFor();
    expect(await page.getByRole('button', { name: 'Run now' }).count()).toBe(0);
    await leave();
  });
});
