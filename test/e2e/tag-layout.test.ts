import { beforeEach, describe, expect, test, vi } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { sized, tagStage } from './tag-stage.ts';

const recordLayoutShifts = `
  window.shifts = [];
  new PerformanceObserver((list) => shifts.push(...list.getEntries().map((entry) => entry.value)))
    .observe({ type: 'layout-shift', buffered: true });
`;

describe.skipIf(noBrowser())('the layout of a page with the tag', () => {
  const stage = tagStage();

  beforeEach(async () => {
    await stage.page.addInitScript(recordLayoutShifts);
  });
  const shifts = () => stage.page.evaluate<number[]>('shifts');
  const article = (slot: string) => `<p>Before</p>${slot}<h1>After</h1><p>${'word '.repeat(300)}</p>`;

  test('does not shift when tag and image are late and the slot has a size', async () => {
    stage.delivery.tagDelayMs = 300;
    stage.delivery.imageDelayMs = 300;
    await stage.open(article(sized(12)));
    await stage.arrived('/v1/e/i/', 1);
    await stage.frames();
    expect(await shifts()).toEqual([]);
  });

  test('does not shift when tag and image are late and a placeholder without any style keeps the space', async () => {
    stage.delivery.tagDelayMs = 300;
    stage.delivery.imageDelayMs = 300;
    const placeholder = '<svg width="300" height="250" display="block" aria-hidden="true"></svg>';
    await stage.open(article(`<ins class="signpost" data-zone="12">${placeholder}</ins>`));
    await stage.arrived('/v1/e/i/', 1);
    await stage.frames();
    expect(await shifts()).toEqual([]);
  });

  test('does not shift when the image is late, the tag is not, and the slot names its size', async () => {
    stage.delivery.imageDelayMs = 300;
    await stage.open(
      article('<ins class="signpost" data-zone="12" data-width="300" data-height="250"></ins>'),
      stage.tag.replace('async', ''),
    );
    await stage.arrived('/v1/e/i/', 1);
    await stage.frames();
    expect(await shifts()).toEqual([]);
    expect(await stage.page.locator('ins').boundingBox()).toMatchObject({ width: 300, height: 250 });
  });

  test('shifts without a size, so that these tests can fail', async () => {
    stage.delivery.imageDelayMs = 300;
    await stage.open(article('<ins class="signpost" data-zone="12"></ins>'));
    await stage.arrived('/v1/e/i/', 1);
    await vi.waitFor(async () => expect((await shifts()).length).toBeGreaterThan(0), { timeout: 20_000 });
  });

  test('shrinks a banner that is wider than the screen, in proportion', async () => {
    await stage.page.setViewportSize({ width: 380, height: 600 });
    await stage.open('<ins class="signpost" data-zone="13" data-width="728" data-height="90"></ins>');
    await stage.becomes(13, 'filled');
    const box = await stage.page.locator('ins img').boundingBox();
    expect(box!.width).toBeLessThan(380);
    expect(box!.width / box!.height).toBeCloseTo(728 / 90, 1);
  });
});
