import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { expectAccessible, picture, Stage } from './stage.ts';

describe.skipIf(noBrowser())('the screen of privacy in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
    await stage.addTraffic(5);
    // The segment of the traffic is of 1970, which is more than the days of the archive ago.
    await stage.call('POST', '/jobs/log-archive/runs');
  });
  afterAll(() => stage?.close());

  test('says what is stored, looks whether that is so, and makes the policy', async () => {
    const { page, leave } = await stage.visit('admin', '/privacy');
    await page.getByText('Nothing was looked through yet').waitFor();
    await page.getByRole('button', { name: 'Look through everything now' }).click();
    await page.getByText('Nothing was found that should not be there').waitFor();
    await page.getByRole('cell', { name: /The network: the address masked/ }).waitFor();
    await page.getByText('# Privacy policy').waitFor();
    await expectAccessible(page);
    await picture(page, 'privacy-clean');
    await stage.call('POST', '/users', { name: 'eve@example.org', role: 'analyst' });
    await page.getByRole('button', { name: 'Look through everything now' }).click();
    await page.getByText('2 places need somebody').waitFor();
    await page.getByRole('cell', { name: 'e…@….org' }).first().waitFor();
    expect(await page.getByText('eve@example.org').count()).toBe(0);
    await expectAccessible(page);
    await picture(page, 'privacy-found');
    await page.getByText('繁體中文').click();
    await page.getByText('# 隱私權政策').waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('privacy-policy.zh-TW.md');
    expect(readFileSync(await download.path(), 'utf8')).toMatch(/^# 隱私權政策\n/);
    await leave();
    const chinese = await stage.visit('admin', '/privacy', { language: 'zh-TW', theme: 'dark', width: 390 });
    await chinese.page.getByText('有 2 處需要處理').waitFor();
    await chinese.page.getByRole('cell', { name: /遮蔽至 \/24/ }).waitFor();
    await expectAccessible(chinese.page);
    await chinese.leave();
  });

  test('is for administrators alone', async () => {
    const { page, leave } = await stage.visit('adops', '/privacy');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect(await page.getByRole('link', { name: 'Privacy' }).count()).toBe(0);
    await leave();
  });
});
