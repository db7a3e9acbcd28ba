import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { expectAccessible, picture, Stage } from './stage.ts';

describe.skipIf(noBrowser())('visitors and traffic in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());

  async function saved(page: Page, name: string, item: number): Promise<string> {
    await page.getByRole('button', { name: 'Export' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('menuitem', { name }).nth(item).click();
    return readFileSync(await (await download).path(), 'latin1');
  }

  test('say what to do where there is nothing', async () => {
    const { page, leave } = await stage.visit('analyst', '/visitors');
    await page.getByText('Nothing in this period').first().waitFor();
    await expectAccessible(page);
    await picture(page, 'visitors-empty');
    await leave();
  });

  test('lead from the world into a country, and back, with files of what is seen', async () => {
    await stage.addTraffic();
    const { page, leave } = await stage.visit('analyst', '/');
    await page.getByRole('button', { name: 'Taiwan', exact: true }).waitFor();
    await page.locator('path[data-code=TW][data-shade="6"]').waitFor();
    await expectAccessible(page);
    await picture(page, 'visitors');
    expect(await saved(page, 'CSV', 0)).toMatch(
      /^country,visitors,visitorsPrevious,visitorsChange\r\nTW,\d+/,
    );
    expect(await saved(page, 'XLSX', 0)).toMatch(/^PK/);
    expect(await saved(page, 'PNG', 1)).toMatch(/^.PNG/);
    expect(await saved(page, 'SVG', 0)).toMatch(/^<svg[\s\S]*<path/);
    // A link that shows the table to who is not signed in.
    await page.getByRole('button', { name: 'Share' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('For the board');
    await dialog.getByRole('button', { name: 'Make the link' }).click();
    const shared = await dialog.getByLabel('Link').inputValue();
    const reader = await stage.visit(undefined, new URL(shared).pathname);
    await reader.page.getByRole('cell', { name: 'Taiwan' }).waitFor();
    await reader.leave();
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    // By keyboard along the countries, the one with most in front.
    await page.getByRole('button', { name: /^Taiwan: [\d,]+ visitors$/i }).focus();
    await page.keyboard.press('ArrowRight');
    const focused = () => page.evaluate<string>('document.activeElement.dataset.code');
    expect(await focused()).toBe('DE');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Bayern: [\d,]+ visitors$/i }).waitFor();
    await page.locator('path[data-code=DE-BY][data-shade="6"]').waitFor();
    await expectAccessible(page);
    await picture(page, 'visitors-country');
    await page.getByRole('button', { name: 'All countries' }).click();
    await page.locator('path[data-code=BR][data-choice=true]').click();
    await page.locator('svg[data-country=BR]').waitFor();
    await page.locator('path[data-code=BR-SP][data-shade="6"]').waitFor();
    await page.getByRole('button', { name: 'São Paulo', exact: true }).waitFor();
    await expectAccessible(page);
    // The address shows the same again.
    await page.reload();
    await page.locator('svg[data-country=BR]').waitFor();
    await page.getByRole('button', { name: 'All countries' }).click();
    await page.getByRole('button', { name: 'Taiwan', exact: true }).waitFor();
    await leave();
  });

  test('show what is read and with what, of one browser its versions', async () => {
    const { page, leave } = await stage.visit('analyst', '/traffic');
    await page.getByRole('button', { name: 'news.example/news/night-markets' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'traffic');
    await page.getByRole('button', { name: 'Mobile Safari' }).click();
    await page.getByRole('heading', { name: 'Versions of Mobile Safari' }).waitFor();
    await page.getByRole('button', { name: '17', exact: true }).waitFor();
    expect(new URL(page.url()).searchParams.get('filter')).toBe('browser=Mobile Safari');
    await leave();
  });
});
