import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { emailOf, expectAccessible, password, picture, Stage } from './stage.ts';

describe.skipIf(noBrowser())('the console in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());

  test('lets one in with the right password alone, and out again', async () => {
    const { page, leave } = await stage.visit(undefined, '/account');
    await page.getByLabel('E-mail address').fill(emailOf('adops'));
    await page.getByLabel('Password', { exact: true }).fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('E-mail address or password is wrong.').waitFor();
    await expectAccessible(page);
    await picture(page, 'sign-in');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.keyboard.press('Enter');
    // At the address that was asked for.
    await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: /Your account and settings/ }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await leave();
  });

  test('has a page for the link of an invitation', async () => {
    const { id } = await stage.call('POST', '/users', {
      ...{ name: 'Lin', email: 'lin@example.com', role: 'adops' },
    });
    const { token } = await stage.call('POST', `/users/${id}/password-links`);
    const { page, leave } = await stage.visit(undefined, `/welcome#token=${token}`);
    await page.getByLabel('New password').fill('too short');
    await page.getByLabel('Once more').fill('too short');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByText('At least 12 characters.', { exact: true }).waitFor();
    await expectAccessible(page);
    await picture(page, 'welcome');
    for (const label of ['New password', 'Once more'])
      await page.getByLabel(label).fill('four words and a number');
    await page.getByRole('button', { name: 'Set password' }).click();
    await page.getByText('Your password is set. Sign in with it.').waitFor();
    await page.getByLabel('E-mail address').fill('lin@example.com');
    await page.getByLabel('Password', { exact: true }).fill('four words and a number');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /Lin .*Your account/ }).waitFor();
    await leave();
  });

  test('speaks the language of the browser, and another one when asked', async () => {
    const { page, leave } = await stage.visit('adops', '/account', { language: 'zh-TW' });
    await page.getByRole('heading', { name: '我的帳號', level: 1 }).waitFor();
    expect(await page.locator('html').getAttribute('lang')).toBe('zh-TW');
    await page.getByRole('button', { name: /您的帳號與設定/ }).click();
    await page.getByRole('menuitemradio', { name: 'English' }).click();
    await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Account', level: 1 }).waitFor();
    await leave();
  });
});
