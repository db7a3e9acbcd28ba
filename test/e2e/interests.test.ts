import { describe, expect, test, vi } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { testAddresses } from '../support/delivery.ts';
import { visitorStage } from './visitor-stage.ts';

const patience = { timeout: 20_000, interval: 20 };
const consented =
  '<script>window.signpost = { choice: { measurement: true, personalisation: true } };</script>';

describe.skipIf(noBrowser())('interests and why an ad is shown, in Chromium', () => {
  const stage = visitorStage();
  const mark = () => stage.page.locator('ins.signpost .signpost-mark');
  const panel = () => stage.page.locator('ins.signpost .signpost-why');
  const anotherAd = async (creative: string) => {
    await stage.page.evaluate(`document.querySelector('ins').removeAttribute('data-signpost')`);
    await stage.page.locator(`ins.signpost img[alt="${creative}"]`).waitFor(patience);
  };

  test('ten visits to pages about storage choose the storage banner, until the interest is removed', async () => {
    const page = { consent: 'data-consent', head: consented };
    expect(await stage.visit({ ...page, path: '/news' })).toBe('Ad 1');
    for (let visit = 0; visit < 10; visit++) await stage.visit({ ...page, path: `/storage/${visit}` });
    for (let visit = 0; visit < 3; visit++)
      expect(await stage.visit({ ...page, path: '/news' })).toBe('Ad 2');
    // The impression knows the interest too, for the advertiser's audience report.
    expect(stage.logged('impression').at(-1)).toMatchObject({ segments: ['storage'] });

    await stage.page.evaluate('signpost.privacy()');
    const privacy = stage.page.frameLocator('dialog.signpost-privacy iframe');
    expect(await privacy.locator('h1').textContent()).toBe('Ihre Privatsphäre');
    expect(await privacy.locator('input[name=personalisation]').isChecked()).toBe(true);
    expect(await privacy.locator('input[name=advertisers]').isChecked()).toBe(false);
    expect(await privacy.locator('tbody td:last-child').allTextContents()).toEqual([
      'ja',
      'ja',
      'ja',
      'ja',
      'nein',
      'nein',
    ]);
    await privacy.getByRole('button', { name: 'Entfernen: Lagerung' }).click();
    await vi.waitFor(async () => expect(await privacy.getByText('Es gibt keine.').count()).toBe(2), patience);
    expect(await privacy.locator('tbody td:last-child').allTextContents()).toEqual([
      'ja',
      'ja',
      'nein',
      'ja',
      'nein',
      'nein',
    ]);
    await stage.page.getByRole('button', { name: 'Close' }).click();
    await anotherAd('Ad 1');
  });

  test('the privacy page changes the choice without any script', async () => {
    await stage.visit({ consent: 'data-consent', head: consented });
    await stage.page.evaluate('signpost.privacy()');
    const privacy = stage.page.frameLocator('dialog.signpost-privacy iframe');
    expect(await privacy.locator('script').count()).toBe(0);
    await privacy.getByRole('button', { name: 'Alles ablehnen' }).click();
    await privacy.getByText('In Ihrem Browser wird nichts gespeichert.').waitFor(patience);
    expect(await stage.kept()).toEqual([]);
  });

  test('a mark says whose the ad is and why, moves nothing, and hides the ad for this page alone without consent', async () => {
    await stage.visit();
    await mark().waitFor(patience);
    const after = await stage.page.locator('#after').boundingBox();
    const slot = await stage.page.locator('ins.signpost').boundingBox();
    expect(await mark().textContent()).toBe('Anzeige');
    await mark().focus();
    await stage.page.keyboard.press('Enter');
    await panel().waitFor(patience);
    expect(await panel().innerText()).toMatch(/Für: Tea House\nBezahlt von: Tea Holding\n/);
    expect(await panel().innerText()).toContain('nichts über Sie: sie ist für alle hier');
    await stage.page.keyboard.press('Escape');
    expect(await panel().count()).toBe(0);
    await mark().click();
    await panel().getByRole('button', { name: 'Anzeige ausblenden' }).click();
    await stage.page.getByRole('status').getByText('Auf dieser Seite ausgeblendet.').waitFor(patience);
    expect(await stage.page.locator('#after').boundingBox()).toEqual(after);
    expect(await stage.page.locator('ins.signpost').boundingBox()).toEqual(slot);
    expect(await stage.kept()).toEqual([]);
    expect(await stage.visit()).toBe('Ad 1');
  });

  test('with consent an ad stays hidden, until its owner wants it back', async () => {
    await stage.visit({ consent: 'data-consent', head: consented });
    await mark().click();
    await panel().getByRole('button', { name: 'Anzeige ausblenden' }).click();
    await stage.page.getByRole('status').getByText('sehen Sie sie nicht wieder').waitFor(patience);
    await stage.page.reload();
    await vi.waitFor(() => expect(stage.logged('ad_request').at(-1)?.['no_fill']).toBe('excluded'), patience);
    await stage.page.evaluate('signpost.privacy()');
    const privacy = stage.page.frameLocator('dialog.signpost-privacy iframe');
    await privacy.getByRole('button', { name: 'Wieder zeigen: Ad 1' }).click();
    await vi.waitFor(
      async () => expect(await privacy.getByRole('button', { name: 'Wieder zeigen' }).count()).toBe(0),
      patience,
    );
    await anotherAd('Ad 1');
  });

  test('an interest that chose the ad is named, and outside of the law of the EU there is no mark', async () => {
    const page = { consent: 'data-consent', head: consented };
    for (let visit = 0; visit < 6; visit++) await stage.visit({ ...page, path: `/storage/${visit}` });
    expect(await stage.visit({ ...page, path: '/news' })).toBe('Ad 2');
    await mark().click();
    await panel().waitFor(patience);
    expect(await panel().innerText()).toMatch(/Für: Boxes & Co\nBezahlt von: Boxes & Co\n/);
    expect(await panel().innerText()).toContain('Ihres Interesses: Lagerung');
    stage.proxy.visitor = testAddresses.taipei;
    await stage.visit({ ...page, path: '/news' });
    expect(stage.logged('ad_request').at(-1)).toMatchObject({ country: 'TW' });
    expect(await mark().count()).toBe(0);
  });

  test('an iframe tag has the mark too', async () => {
    const frame = `<iframe src="${stage.proxy.origin}/v1/frame?zone=12" width="300" height="250"></iframe>`;
    await stage.visit({ head: `</head><body>${frame}` });
    const inside = stage.page.frameLocator('iframe');
    await inside.locator('.signpost-mark').click();
    await inside.locator('.signpost-why').getByText('Tea Holding').waitFor(patience);
    await inside.getByRole('button', { name: 'Anzeige ausblenden' }).click();
    await inside.getByRole('status').waitFor(patience);
  });
});
