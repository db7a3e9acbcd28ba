import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { noBrowser } from '../../support/browser.ts';
import { expectAccessible, picture, Stage } from './stage.ts';

describe.skipIf(noBrowser())('the screens of members in Chromium', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open();
  });
  afterAll(() => stage?.close());

  test('counts members by region, lists whom news may go to, and hands out the file', async () => {
    const { page, leave } = await stage.visit('publisher', '/members');
    await page.getByText('There are no members yet').waitFor();
    await expectAccessible(page);
    const body = { siteId: stage.site, email: 'alice@example.org', name: 'Alice', verified: true };
    const { id } = await stage.call('POST', '/members', body);
    await stage.call('PUT', `/members/${id}/news`, { optIn: true, wording: 'Yes, news' });
    await page.reload();
    await page.getByRole('cell', { name: 'alice@example.org' }).waitFor();
    await expectAccessible(page);
    await picture(page, 'members');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download as CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/csv$/);
    await leave();
  });

  test('enters requests that came by letter, carries one out, and refuses one for a reason', async () => {
    const { page, leave } = await stage.visit('admin', '/member-requests');
    await page.getByText('There are no requests').waitFor();
    await page.getByRole('button', { name: 'Enter a request' }).click();
    const form = page.getByRole('dialog');
    await form.getByLabel('Site').click();
    await page.getByRole('option', { name: 'The News' }).click();
    await form.getByLabel('What is asked for').click();
    await page.getByRole('option', { name: 'Erasure' }).click();
    await form.getByLabel('E-mail address of the member').fill('alice@example.org');
    await form.getByLabel('Evidence').fill('Letter of 20 November, passport seen.');
    await expectAccessible(page);
    await form.getByRole('button', { name: 'Enter a request' }).click();
    await page.getByRole('cell', { name: /Letter of 20 November/ }).waitFor();
    await picture(page, 'member-requests');
    await page.getByRole('button', { name: 'Carry out' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Carry out' }).click();
    await page.getByRole('cell', { name: /^Done/ }).waitFor();
    await expectAccessible(page);
    expect(await stage.call('GET', '/members')).toMatchObject({ items: [] });
    const received = { siteId: stage.site, receivedAt: '2026-11-03T09:00:00Z' };
    const asked = { ...received, kind: 'access', email: 'bob@example.org', evidence: 'Telephone' };
    await stage.call('POST', '/member-requests', asked);
    await page.reload();
    await page.getByRole('button', { name: 'Refuse' }).click();
    const refusal = page.getByRole('dialog');
    await refusal.getByLabel('Reason').fill('Called back: it was somebody else.');
    await expectAccessible(page);
    await picture(page, 'member-request-refusal');
    await refusal.getByRole('button', { name: 'Refuse' }).click();
    await page.getByRole('cell', { name: /Called back: it was somebody else/ }).waitFor();
    await page.getByRole('cell', { name: /^Refused/ }).waitFor();
    await leave();
    const chinese = await stage.visit('admin', '/member-requests', { language: 'zh-TW', theme: 'dark' });
    await chinese.page.getByRole('cell', { name: /^已完成/ }).waitFor();
    await chinese.leave();
  });
});
