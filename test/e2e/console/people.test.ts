import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { totpCode } from '../../../server/accounts/totp.ts';
import { MailServer } from '../../server/reporting/schedules/mail-server.ts';
import { noBrowser } from '../../support/browser.ts';
import { emailOf, expectAccessible, password, picture, Stage } from './stage.ts';

describe.skipIf(noBrowser())('account, users and audit log in Chromium', () => {
  let stage: Stage;
  let mailServer: MailServer;
  beforeAll(async () => {
    mailServer = await MailServer.start();
    stage = await Stage.open({ SMTP_URL: mailServer.url, MAIL_FROM: 'signpost@example.com' });
  });
  afterAll(async () => {
    await stage?.close();
    await mailServer?.close();
  });

  /** The link in the newest mail to somebody, once it has come. */
  async function mailedLink(to: string): Promise<string> {
    const link = () =>
      /\/welcome#token=[\w-]+/.exec(
        (mailServer.mails.findLast((mail) => mail.to.includes(to))?.text ?? '')
          .replace(/=\r\n/g, '')
          .replaceAll('=3D', '='),
      )?.[0];
    await expect.poll(link, { timeout: 20_000 }).toBeDefined();
    return String(link());
  }

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

  test('a second factor is set up, asked for at signing in, and stood in for by a recovery code', async () => {
    const { page, context, leave } = await stage.visit('publisher', '/account');
    await page.getByText('The password alone is asked for').waitFor();
    await page.getByRole('button', { name: 'Set up an authenticator app' }).click();
    await page.getByRole('img', { name: /QR code/ }).waitFor();
    await expectAccessible(page);
    await picture(page, 'account-factor');
    const secret = fromBase32(String(await page.locator('code').first().textContent()));
    const step = Math.floor(Date.now() / 30_000);
    await page.getByLabel('Code of the app').fill(totpCode(secret, step));
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.getByText('A code is asked for').waitFor();
    const [recovery = ''] = String(await page.locator('pre').textContent()).split('\n');
    await expectAccessible(page);
    // The code that was used is not good again; the next one of the app is.
    for (const code of [totpCode(secret, step + 1), recovery]) {
      await context.clearCookies();
      await page.goto(stage.origin);
      await page.getByLabel('E-mail address').fill(emailOf('publisher'));
      await page.getByLabel('Password', { exact: true }).fill(password);
      await page.keyboard.press('Enter');
      await page.getByLabel('Code', { exact: true }).fill('000000');
      await page.keyboard.press('Enter');
      await page.getByText('This code is not right, or was used already.').waitFor();
      await page.getByLabel('Code', { exact: true }).fill(code);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: /Kim publisher/ }).waitFor();
    }
    await page.goto(`${stage.origin}/account`);
    await page.getByText('Remove the second factor').first().click();
    await page.getByLabel('Your password').fill(password);
    await page.getByRole('button', { name: 'Remove the second factor' }).click();
    await page.getByText('The password alone is asked for').waitFor();
    await leave();
  });

  test('who has forgotten the password gets a mail, whose link sets a new one', async () => {
    const { page, allow, leave } = await stage.visit(undefined, '/');
    allow('status of 422');
    await page.getByRole('link', { name: 'Forgotten the password?' }).click();
    await page.getByLabel('E-mail address').fill(emailOf('adops'));
    await expectAccessible(page);
    await picture(page, 'forgotten');
    await page.getByRole('button', { name: 'Send the link' }).click();
    await page.getByText('Look into your mail').waitFor();
    const link = await mailedLink(emailOf('adops'));
    for (const chosen of ['five words and a number', password]) {
      await page.goto('about:blank');
      await page.goto(`${stage.origin}${link}`);
      for (const label of ['New password', 'Once more']) await page.getByLabel(label).fill(chosen);
      await page.getByRole('button', { name: 'Set password' }).click();
      const ends = ['Your password is set. Sign in with it.', 'This link was used already'];
      await page.getByText(String(ends[chosen === password ? 1 : 0])).waitFor();
    }
    await page.getByRole('link', { name: 'Ask for a new one' }).waitFor();
    await leave();
  });

  test('administrators invite somebody by mail, or add them with a link, and see who did it', async () => {
    const { page, leave } = await stage.visit('admin', '/users');
    await page.getByRole('button', { name: 'Add a user' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Lin');
    await dialog.getByLabel('E-mail address').fill('lin@example.com');
    await dialog.getByText('Mail the link to set a password').click();
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Add and invite' }).click();
    const link = String(await dialog.locator('pre').textContent());
    expect(link).toMatch(/\/welcome#token=spl_/);
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: 'Actions for Lin' }).click();
    await page.getByRole('menuitem', { name: 'Mail a link to set a password' }).click();
    await page.getByText('Lin gets a mail with a link.').waitFor();
    expect(await mailedLink('lin@example.com')).toMatch(/#token=spl_/);
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

/** RFC 4648, without padding. */
function fromBase32(text: string): Buffer {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...text].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}
