import { mkdirSync, readFileSync } from 'node:fs';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { MembersApi } from '../../server/tag/member-calls.ts';
import { launchBrowser, noBrowser } from '../support/browser.ts';
import { violations } from './console/stage.ts';
import { type FakeMembers, startFakeMembers } from './fake-members.ts';
import { type Witness, witness } from './witness.ts';

const email = 'alice@example.org';
const password = 'three words and a number';
type PageGlobal = { readonly signpost: { readonly members: MembersApi } };

describe.skipIf(noBrowser())('members on pages, in Chromium', () => {
  let browser: Browser;
  let fake: FakeMembers;
  let context: BrowserContext;
  let page: Page;
  let seen: Witness;
  let allowed: string[];
  beforeAll(async () => {
    [browser, fake] = await Promise.all([launchBrowser(), startFakeMembers()]);
  });
  afterAll(async () => {
    await browser?.close();
    await fake?.close();
  });
  beforeEach(async () => {
    context = await browser.newContext({ locale: 'de-DE', bypassCSP: false });
    context.setDefaultTimeout(10_000);
    seen = witness(context);
    allowed = [];
    page = await context.newPage();
  });
  afterEach(async () => {
    await context.close();
    expect(seen.complaints.filter((text) => !allowed.some((part) => text.includes(part)))).toEqual([]);
  });

  const account = (lang = 'en') => page.goto(`${fake.origin}/v1/members/page/account?site=3&lang=${lang}`);
  const accessible = async (name: string) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect({ name, colorScheme, found: await violationsOf(page) }).toEqual({
        name,
        colorScheme,
        found: [],
      });
      const folder = process.env['CONSOLE_PICTURES'];
      if (folder === undefined) continue;
      mkdirSync(folder, { recursive: true });
      await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png`, fullPage: true });
    }
  };

  test('the tag registers, signs in, changes and erases under a strict policy, with errors that have codes', async () => {
    allowed.push('status of 401', 'status of 422');
    await page.goto(fake.site);
    const done = await page.evaluate(
      async ({ email, password }) => {
        const { members } = (globalThis as unknown as PageGlobal).signpost;
        const failed = async (work: Promise<unknown>) =>
          work.then(
            () => 'worked',
            ({ name, code, status, fields }) => [name, code, status, fields[0]?.path],
          );
        return [
          await members.me(),
          await members.register({ email, password, news: { wording: 'Yes, news' } }),
          await failed(members.signIn(email, password)),
          await failed(members.verify('bad')),
          await members.verify('good'),
          (await members.signIn(email, password)).email,
          (await members.update({ preferences: { language: 'fr' } })).preferences['language'],
          (await members.news(true, 'Yes, news')).news.optedIn,
          (await members.signIns()).length,
          Object.keys(await members.export()),
          await failed(members.changePassword('wrong', password)),
          await members.signOut(),
          await members.me(),
          (await members.signIn(email, password)).preferences['language'],
          (await members.erase(password)).erased,
          await members.me(),
        ];
      },
      { email, password },
    );
    expect(done).toEqual([
      ...[null, { status: 'verify' }, ['MemberError', 'unauthorized', 401, undefined]],
      ...[['MemberError', 'invalid_input', 422, '/token'], { status: 'verified', signedIn: false }],
      ...[email, 'fr', true, 1, ['member'], ['MemberError', 'invalid_input', 422, '/current']],
      ...[undefined, null, 'fr', true, null],
    ]);
    expect(fake.asked.every((asked) => asked.endsWith('?site=3'))).toBe(true);
    expect(await context.cookies()).toEqual([]);
  });

  test('the pages of mails confirm an address, set a password and unsubscribe', async () => {
    allowed.push('status of 422');
    fake.members[0] = {
      ...{ email, password, verified: false, name: null, preferences: { language: 'de' } },
      news: { optedIn: false, at: null },
    };
    await page.goto(`${fake.origin}/v1/members/page/verify?site=3&lang=de#token=bad`);
    await page.getByRole('button', { name: 'Bestätigen' }).click();
    await page.getByText('Dieser Link wurde schon benutzt').waitFor();
    await page.goto('about:blank');
    await page.goto(`${fake.origin}/v1/members/page/verify?site=3&lang=de#token=good`);
    await accessible('member-verify');
    await page.getByRole('button', { name: 'Bestätigen' }).click();
    await page.getByText('Ihre E-Mail-Adresse ist bestätigt').waitFor();
    expect(await page.getByRole('button').count()).toBe(0);
    await page.goto(`${fake.origin}/v1/members/page/password?site=3&lang=zh-TW#token=good`);
    await page.getByLabel('新密碼').fill('another long password');
    await accessible('member-password');
    await page.getByRole('button', { name: '設定密碼' }).click();
    await page.getByText('新密碼已設定').waitFor();
    expect(fake.members[0]?.password).toBe('another long password');
    const before = fake.asked.length;
    await page.goto(`${fake.origin}/v1/members/unsubscribe?token=abc&lang=en`);
    await page.getByText('Do you want no more news and offers?').waitFor();
    expect(fake.asked.slice(before)).toEqual([]);
    await accessible('member-unsubscribe');
    await page.getByRole('button', { name: 'Unsubscribe' }).click();
    await page.getByText('You get no more news and offers.').waitFor();
    expect(fake.asked.at(-1)).toBe('POST /v1/members/unsubscribe?site=&token=abc');
  });

  test('the page of the account shows, corrects, exports and erases', async () => {
    allowed.push('status of 401', 'status of 422');
    fake.members[0] = {
      ...{ email, password, verified: true, name: 'Alice', preferences: { language: 'de' } },
      news: { optedIn: false, at: null },
    };
    await account();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await accessible('member-sign-in');
    const signIn = page.locator('[data-form="sign-in"]');
    await signIn.getByLabel('E-mail address').fill(email);
    await signIn.getByLabel('Password').fill('not the password');
    await signIn.getByRole('button').click();
    await page.getByText('E-mail address or password is wrong.').waitFor();
    await signIn.getByLabel('Password').fill(password);
    await signIn.getByRole('button').click();
    await page.getByRole('heading', { name: 'What is kept about you' }).waitFor();
    expect(await page.locator('dt').allTextContents()).toEqual([
      ...['E-mail address', 'Name', 'Member since', 'Address confirmed', 'Language', 'News and offers'],
    ]);
    const kept = await page.locator('dd').allTextContents();
    expect(kept).toEqual([email, 'Alice', kept[2], kept[3], 'Deutsch', 'no']);
    await page.getByText('DE-BY, Chrome').waitFor();
    await accessible('member-account');
    await page.getByLabel('Name').fill('Alice B.');
    await page.getByLabel('Language').selectOption('fr');
    await page.locator('[data-form="correct"]').getByRole('button').click();
    await page.getByText('Saved.').first().waitFor();
    expect(fake.members[0]).toMatchObject({ name: 'Alice B.', preferences: { language: 'fr' } });
    await page.getByRole('button', { name: 'Yes, send me news and offers' }).click();
    await page.getByText('You get news and offers by e-mail.').waitFor();
    expect(fake.members[0]?.news).toMatchObject({ optedIn: true, wording: 'Yes, send me news and offers' });
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download' }).click(),
    ]);
    expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toMatchObject({ member: { email } });
    const erase = page.locator('[data-form="erase"]');
    await erase.getByLabel('Password').fill('wrong password');
    await erase.getByRole('checkbox').check();
    await erase.getByRole('button').click();
    await page.locator('[data-form="erase"] [role=status]', { hasText: 'password is wrong' }).waitFor();
    await erase.getByLabel('Password').fill(password);
    await erase.getByRole('button').click();
    await page.getByText('Your account is erased.').waitFor();
    expect(fake.members).toEqual([]);
    for (const lang of ['fr', 'es', 'ja', 'de', 'zh-TW']) {
      await account(lang);
      expect(await page.locator('html').getAttribute('lang')).toBe(lang);
      await page.locator('[data-form="sign-in"]').waitFor();
    }
  });
});

const violationsOf = (page: Page) => violations(page);
