import { beforeEach, describe, expect, test } from 'vitest';
import { noBrowser } from '../support/browser.ts';
import { sized, tagStage } from './tag-stage.ts';

const hiddenByAttribute = `
  Object.defineProperty(document, 'hidden', { get: () => 'hidden' in document.documentElement.dataset });
`;

describe.skipIf(noBrowser())('viewable impressions in Chromium', () => {
  const stage = tagStage();

  beforeEach(async () => {
    await stage.page.clock.install();
  });
  const rendered = async () => {
    await stage.arrived('/v1/e/i/', 1);
    await stage.frames();
  };
  const pixels = (shown: number) =>
    `<div style="height:${600 - shown}px"></div>${sized(12)}<div style="height:2000px"></div>`;
  const margins = '<style>body{margin:0}ins{vertical-align:top}</style>';

  test('come one second after half of the pixels came into view', async () => {
    await stage.page.clock.pauseAt(Date.now() + 60_000);
    await stage.open(margins + pixels(126));
    await rendered();
    await stage.page.clock.runFor(900);
    await stage.frames();
    expect(stage.delivery.seen('/v1/e/v/')).toEqual([]);
    await stage.page.clock.runFor(100);
    await stage.arrived('/v1/e/v/', 1);
  });

  test('do not come for less than half of the pixels', async () => {
    await stage.open(margins + pixels(120));
    await rendered();
    await stage.page.clock.runFor(5000);
    await stage.frames();
    expect(stage.delivery.seen('/v1/e/v/')).toEqual([]);
    await stage.page.evaluate(`scrollTo(0, 10)`);
    await stage.frames();
    await stage.page.clock.runFor(1100);
    await stage.arrived('/v1/e/v/', 1);
  });

  test('of large creatives need 30 % of the pixels', async () => {
    stage.delivery.ads.set(12, { width: 970, height: 250 });
    await stage.open(
      `${margins}<div style="height:520px"></div>${sized(12, 970, 250)}<div style="height:2000px"></div>`,
    );
    await rendered();
    await stage.page.clock.runFor(1100);
    await stage.arrived('/v1/e/v/', 1);
  });

  test('start over when the banner was scrolled away before the second was over', async () => {
    await stage.page.clock.pauseAt(Date.now() + 60_000);
    await stage.open(margins + pixels(250));
    await rendered();
    await stage.page.clock.runFor(900);
    await stage.page.evaluate(`scrollTo(0, 800)`);
    await stage.frames();
    await stage.page.clock.runFor(3000);
    await stage.page.evaluate(`scrollTo(0, 0)`);
    await stage.frames();
    await stage.page.clock.runFor(900);
    await stage.frames();
    expect(stage.delivery.seen('/v1/e/v/')).toEqual([]);
    await stage.page.clock.runFor(100);
    await stage.arrived('/v1/e/v/', 1);
    await stage.page.clock.runFor(5000);
    await stage.frames();
    expect(stage.delivery.seen('/v1/e/v/')).toHaveLength(1);
  });

  test('need a visible tab for the whole second', async () => {
    await stage.page.addInitScript(hiddenByAttribute);
    await stage.page.clock.pauseAt(Date.now() + 60_000);
    await stage.open(margins + sized(12));
    await rendered();
    await stage.page.clock.runFor(900);
    await stage.page.evaluate(`document.documentElement.toggleAttribute('data-hidden', true)`);
    await stage.page.clock.runFor(5000);
    await stage.page.evaluate(`document.documentElement.toggleAttribute('data-hidden', false)`);
    await stage.page.clock.runFor(900);
    await stage.frames();
    expect(stage.delivery.seen('/v1/e/v/')).toEqual([]);
    await stage.page.clock.runFor(100);
    await stage.arrived('/v1/e/v/', 1);
  });
});
