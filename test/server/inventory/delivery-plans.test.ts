import { pino } from 'pino';
import { expect, it } from 'vitest';
import { seedDemoInventory } from '../../../server/demo/inventory/index.ts';
import { deliveryPlans } from '../../../server/inventory/index.ts';
import { openMigratedDatabase } from '../../support/migrated-database.ts';

it('reads the plans of line items with a goal and even pacing whose flight touches a range', async () => {
  const { db, close } = await openMigratedDatabase(pino({ level: 'silent' }));
  try {
    await seedDemoInventory(db);
    const at = (day: number) => new Date(Date.UTC(2026, 10, day));
    const change = (id: number, values: object) =>
      db.updateTable('line_items').set(values).where('id', '=', id).execute();
    const goal = JSON.stringify({ metric: 'clicks', amount: 70, per: 'flight' });
    await change(1, { goal, start_at: at(2), end_at: at(9), time_zone: 'Asia/Taipei', status: 'paused' });
    await change(2, { goal, start_at: at(2), end_at: at(9), pacing: 'asap' });
    const daily = JSON.stringify({ metric: 'impressions', amount: 5, per: 'day' });
    await change(3, { goal: daily, created_at: at(4) });
    const plans = deliveryPlans(db);
    const first = {
      ...{
        advertiser: 1,
        campaign: expect.any(Number),
        lineItem: 1,
        metric: 'clicks',
        amount: 70,
        per: 'flight',
      },
      ...{ startMs: at(2).getTime(), endMs: at(9).getTime(), timeZone: 'Asia/Taipei' },
    };
    const third = {
      ...{ lineItem: 3, metric: 'impressions', amount: 5, per: 'day' },
      ...{ startMs: at(4).getTime(), endMs: Number.POSITIVE_INFINITY },
    };
    expect(await plans(at(1).getTime(), at(20).getTime())).toMatchObject([first, third]);
    expect(await plans(at(9).getTime(), at(20).getTime())).toMatchObject([third]);
    expect(await plans(at(1).getTime(), at(2).getTime())).toMatchObject([third]);
  } finally {
    await close();
  }
});
