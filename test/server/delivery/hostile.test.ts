import { expect, it } from 'vitest';
import { regionalInventory, testDelivery } from '../../support/delivery.ts';
import { hostileTraffic } from '../../support/hostile.ts';
import { seededRandom } from '../../support/random.ts';

it('answers 10,000 hostile requests without a fault of its own, and serves on', async () => {
  const delivery = await testDelivery(regionalInventory());
  const { statuses } = await hostileTraffic(delivery.port, 10_000, seededRandom(77));
  expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
  expect([...statuses.keys()]).toEqual(expect.arrayContaining([200, 204, 400, 404, 405, 413, 431]));
  expect((await delivery.fetch('/readyz')).status).toBe(200);
  for (const event of delivery.events()) expect(event.type).toMatch(/^(ad_request|page_view)$/);
  await delivery.close();
}, 120_000);
