import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Price } from '../../../server/inventory/index.ts';
import { regionalInventory, type TestDelivery, testAddresses, testDelivery } from '../../support/delivery.ts';

let delivery: TestDelivery;
beforeAll(async () => {
  delivery = await testDelivery(priced({ model: 'cpm', micros: 1_234_567 }));
});
afterAll(() => delivery.close());

function priced(price: Price) {
  const inventory = regionalInventory();
  return { ...inventory, lineItems: inventory.lineItems.map((lineItem) => ({ ...lineItem, price })) };
}

/** Prices in the log, by the type of the events of one ad that is seen and clicked. */
async function prices(meanwhile = () => {}): Promise<Record<string, unknown>> {
  const from = { from: testAddresses.taipei, redirect: 'manual' as const };
  const answer = (await (await delivery.fetch('/v1/ad?zone=12', from)).json()) as Record<string, string>;
  meanwhile();
  for (const name of ['impressionUrl', 'viewableUrl', 'clickUrl']) {
    const { pathname } = new URL(answer[name] ?? '');
    expect((await delivery.fetch(pathname, from)).status).toBeLessThan(400);
  }
  const own = delivery.events().filter((event) => event.id === answer['id']);
  return Object.fromEntries(own.map(({ type, price_nanos }) => [type, price_nanos]));
}

describe('the price in the log', () => {
  it('is that of the event which the line item is paid for, in billionths', async () => {
    expect(await prices()).toEqual({
      ad_request: undefined,
      impression: 1_234_567,
      viewable: undefined,
      click: undefined,
    });
    const clicked = await testDelivery(priced({ model: 'cpc', micros: 250_000 }));
    const cpm = delivery;
    delivery = clicked;
    try {
      expect(await prices()).toMatchObject({
        impression: undefined,
        viewable: undefined,
        click: 250_000_000,
      });
    } finally {
      delivery = cpm;
      await clicked.close();
    }
  });
});
