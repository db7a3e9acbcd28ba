import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hex, type Line } from '../../analytics/clickhouse/support.ts';
import { noBrowser } from '../../support/browser.ts';
import { expectAccessible, picture, Stage } from './stage.ts';

const dayMs = 86_400_000;

describe.skipIf(noBrowser())("the advertiser's view in Chromium", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await Stage.open({ K_ANONYMITY: '5' });
    const { advertiser, site } = stage;
    const { id: campaign } = await stage.call('POST', '/campaigns', {
      advertiserId: advertiser,
      name: 'Autumn',
    });
    const { id: lineItem } = await stage.call('POST', '/line-items', {
      ...{ campaignId: campaign, name: 'Taiwan and Bavaria', type: 'standard' },
    });
    await stage.addLines('console-ads', adsSeen({ advertiser, campaign, line_item: lineItem, site }));
  });
  afterAll(() => stage?.close());

  test('shows how campaigns do, and who saw them on a map', async () => {
    const { page, leave } = await stage.visit('advertiser', '/');
    await page.getByRole('heading', { name: 'Overview', level: 1 }).waitFor();
    const items = page.getByRole('region', { name: 'Campaigns and line items' });
    const row = items.getByRole('row', { name: /Autumn Taiwan and Bavaria/ });
    await row.waitFor();
    expect(await row.textContent()).toContain('120');
    const audience = page.getByRole('region', { name: 'Who saw your ads' });
    await audience.getByRole('cell', { name: 'Germany', exact: true }).waitFor();
    await audience.getByRole('group', { name: /World map/ }).waitFor();
    await expectAccessible(page);
    await picture(page, 'advertiser');
    await audience.locator('circle[data-code="TW"]').click();
    await audience.getByRole('cell', { name: /Taipei/ }).waitFor();
    await audience.locator('path[data-code=TW-TPE][data-shade="6"]').waitFor();
    await expectAccessible(page);
    await picture(page, 'advertiser-country');
    await leave();
  });

  test('shows nothing else, and says what comes where there is nothing yet', async () => {
    const { page, leave } = await stage.visit('advertiser', '/overview?period=today');
    await page.getByText('No audience yet').waitFor();
    const screens = await page.getByRole('navigation', { name: 'Main' }).getByRole('link').allTextContents();
    expect(screens).toEqual(['Overview', 'Reports']);
    await expectAccessible(page);
    await picture(page, 'advertiser-empty');
    await leave();
  });
});

/** Two impressions of each of sixty people, forty in Taipei and twenty in Bavaria, in the week before last. */
function adsSeen(chain: Record<string, number | undefined>): Line[] {
  const weekday = (new Date().getUTCDay() + 6) % 7;
  const monday = Math.floor(Date.now() / dayMs) * dayMs - (weekday + 14) * dayMs;
  return Array.from({ length: 120 }, (_, index) => {
    const person = index % 60;
    const place = person < 40 ? { country: 'TW', region: 'TW-TPE' } : { country: 'DE', region: 'DE-BY' };
    return {
      ...{ type: 'impression', id: hex(700_000 + index), time: monday + dayMs + index * 60_000, ...place },
      ...{ visitor: hex(600_000 + person), visitor_kind: 'cookie', device: 'desktop', browser: 'Chrome' },
      ...{ creative: 1, zone: 1, ...chain },
    };
  });
}
