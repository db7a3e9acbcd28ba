import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { expectAccessible, picture, Stage } from './stage.ts';

describe.skipIf(noBrowser())('account, users and audit log in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());

  test('people make a key that is shown once, and change their name', async () => {
    const { page, leave } = await stage.visit('analyst', '/account');
    await page.getByLabel('What it is for').fill('Nightly download');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const key = await page.locator('pre').filter({ hasText: /^sp_/ }).textContent();
    const headers = { Authorization: `Bearer ${key}` };
    expect((await fetch(`${stage.origin}/api/v1/account`, { headers })).status).toBe(200);
    await expectAccessible(page);
    await picture(page, 'account');
    await page.getByRole('button', { name: 'Revoke Nightly download' }).click();
    await page.getByRole('button', { name: 'Revoke', exact: true }).last().click();
    await page.getByText('No keys yet').waitFor();
    expect((await fetch(`${stage.origin}/api/v1/account`, { headers })).status).toBe(401);
    await page.getByLabel('Name', { exact: true }).fill('Kim the analyst');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: /Kim the analyst/ }).waitFor();
    await leave();
  });

  test('a form goes on where the session ends in its middle', async () => {
    const { page, context, leave } = await stage.visit('adops', '/account');
    await page.getByLabel('Name', { exact: true }).fill('Kim again');
    await context.clearCookies();
    await page.getByRole('button', { name: 'Save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Sign in again' });
    await dialog.getByLabel('Password', { exact: true }).fill('three words and a number');
    await expectAccessible(page);
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Kim again/ }).waitFor();
    await leave();
  });

  test('administrators add a user, whose link works, and see who did it', async () => {
    const { page, leave } = await stage.visit('admin', '/users');
    await page.getByRole('button', { name: 'Add a user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Lin');
    await dialog.getByLabel('E-mail address').fill('lin@example.com');
    await dialog.getByRole('button', { name: 'Add and make a link' }).click();
    const link = String(await dialog.locator('pre').textContent());
    expect(link).toMatch(/\/welcome#token=spl_/);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Actions for Lin' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'users');
    await page.getByRole('link', { name: 'Audit log' }).click();
    await page
      .getByRole('cell', { name: /Kim admin/ })
      .first()
      .waitFor();
    await expectAccessible(page);
    await picture(page, 'audit');
    await leave();
  });

  test('nobody sees the screens of other roles', async () => {
    const { page, leave } = await stage.visit('advertiser', '/users');
    await page.getByRole('heading', { name: 'There is no such page' }).waitFor();
    expect(await page.getByRole('link', { name: /Users|Visitors|Jobs/ }).count()).toBe(0);
    await leave();
  });
});
