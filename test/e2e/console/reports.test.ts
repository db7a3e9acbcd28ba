import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { expectAccessible, picture, Stage } from './stage.ts';

describe.skipIf(noBrowser())('the reports in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
    await stage.addTraffic();
  });
  afterAll(() => stage?.close());

  test('are built, sorted, downloaded and saved', async () => {
    const { page, leave } = await stage.visit(
      'adops',
      '/reports?report=visitors&by=country&numbers=pageViews,visits',
    );
    await page.getByRole('cell', { name: 'Taiwan' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'reports');
    await page.getByRole('button', { name: 'Sort by Visits', exact: true }).click();
    await page
      .getByRole('columnheader', { name: 'Sort by Visits', exact: true })
      .and(page.locator('[aria-sort=descending]'))
      .waitFor();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      (async () => {
        await page.getByRole('button', { name: 'Download' }).click();
        await page.getByRole('menuitem', { name: 'CSV' }).click();
      })(),
    ]);
    const lines = readFileSync(await file.path(), 'utf8').split('\r\n');
    expect(lines[0]).toBe(
      'country,pageViews,pageViewsPrevious,pageViewsChange,visits,visitsPrevious,visitsChange',
    );
    expect(lines[1]).toMatch(/^TW,\d+,\d+,/);
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Page views by country');
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await page.getByRole('tab', { name: 'Saved' }).click();
    await page.getByRole('link', { name: 'Page views by country' }).click();
    await page.getByRole('cell', { name: 'Taiwan' }).waitFor();
    await leave();
  });

  test('are shared by a link that needs no account, until it is revoked', async () => {
    const { page, leave } = await stage.visit('adops', '/reports?report=visitors&by=country&compare=0');
    await page.getByRole('button', { name: 'Share', exact: true }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('For our partners');
    await page.getByRole('button', { name: 'Make the link' }).click();
    const link = new URL(await page.getByRole('textbox', { name: 'Link' }).inputValue());
    const reader = await stage.visit(undefined, link.pathname);
    await reader.page.getByRole('heading', { name: 'For our partners' }).waitFor();
    await reader.page.getByRole('cell', { name: 'Taiwan' }).waitFor();
    await expectAccessible(reader.page);
    await picture(reader.page, 'shared-report');
    await page.getByRole('button', { name: 'Close' }).last().click();
    await page.getByRole('tab', { name: 'Shared links' }).click();
    await page.getByRole('button', { name: 'Revoke: For our partners' }).click();
    await page.getByText('Revoked. The link').waitFor();
    reader.allow('status of 404');
    await reader.page.reload();
    await reader.page.getByText('This link shows nothing').waitFor();
    await reader.leave();
    await expectAccessible(page);
    await leave();
  });

  test('are scheduled, paused and removed', async () => {
    const { page, allow, leave } = await stage.visit('adops', '/reports?report=traffic');
    allow('status of 422');
    await page.getByRole('button', { name: 'Schedule', exact: true }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Name').fill('Weekly traffic');
    await form.getByRole('button', { name: 'Schedule it' }).click();
    await form.getByText('Something is not filled in right').waitFor();
    await form.getByLabel('Into a folder of the reports directory').fill('weekly');
    await expectAccessible(page);
    await picture(page, 'report-schedule');
    await form.getByRole('button', { name: 'Schedule it' }).click();
    await page.getByText(/^Scheduled\. /).waitFor();
    await page.getByRole('tab', { name: 'Scheduled' }).click();
    await page.getByText(/Every Monday at 06:00/).waitFor();
    await page.getByRole('button', { name: 'Pause: Weekly traffic' }).click();
    await page.getByText('Paused').waitFor();
    await page.getByRole('button', { name: 'History' }).click();
    await page.getByText('Nothing was sent yet.').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Remove: Weekly traffic' }).click();
    await page.getByText('Nothing is sent by itself').waitFor();
    await leave();
  });

  test('give advertisers theirs alone, and nothing to schedule', async () => {
    const { page, leave } = await stage.visit('advertiser', '/reports', { language: 'zh-TW' });
    await page.getByRole('heading', { name: '報表', level: 1 }).waitFor();
    await page.getByRole('combobox', { name: '報表' }).click();
    const offered = await page.getByRole('option').allTextContents();
    expect(offered.sort()).toEqual(['受眾', '投放'].sort());
    expect(await page.getByRole('tab', { name: '排程' }).count()).toBe(0);
    await page.keyboard.press('Escape');
    await picture(page, 'reports-advertiser');
    await leave();
  });
});
