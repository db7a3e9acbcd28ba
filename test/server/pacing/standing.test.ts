import { describe, expect, it } from 'vitest';
import type { SnapshotLineItem } from '../../../server/inventory/index.ts';
import { PacingController, type Standing } from '../../../server/pacing/index.ts';
import { pacedLineItem } from './fleet.ts';

const startMs = Date.UTC(2026, 10, 23);
const dayMs = 86_400_000;
const noonMs = startMs + dayMs / 2;
const price = { model: 'cpm', micros: 2_000_000 } as const;
const even = (terms: Partial<SnapshotLineItem>) =>
  pacedLineItem(1, { startMs, endMs: startMs + 2 * dayMs, ...terms });
const impressions = (amount: number, per: 'flight' | 'day' = 'day') =>
  ({ metric: 'impressions', amount, per }) as const;

/** The line item at noon of the first day, when a worker has told of so many ads and their impressions. */
function standing(lineItem: SnapshotLineItem, delivered: number, granted = delivered): Standing {
  const controller = new PacingController();
  controller.setLineItems([lineItem], startMs);
  const counts = { impressions: delivered, prompt: delivered, viewable: 0, clicks: 0 };
  const items = [{ id: 1, granted, used: delivered, returned: 0, ...counts }];
  controller.receive({ worker: 'a', atMs: noonMs, items }, noonMs);
  return controller.standing(lineItem, noonMs);
}

describe('where a line item stands', () => {
  it.each([
    ['behind', 400, undefined],
    ['on_plan', 503, undefined],
    ['ahead', 600, { by: 'goal', bound: 'plan' }],
    ['reached', 1000, { by: 'goal' }],
  ] as const)('%s: %d of 1000 impressions a day at noon', (state, delivered, hold) => {
    const { goal, budget, leasable, hold: why } = standing(even({ goal: impressions(1000) }), delivered);
    expect(goal).toEqual({
      ...{ metric: 'impressions', per: 'day', amount: 1000, delivered, state },
      // The plan is done ten minutes before the end of the day.
      planned: 503,
    });
    expect(budget).toBeNull();
    if (hold !== undefined) expect({ leasable, why }).toMatchObject({ leasable: 0, why: hold });
  });

  it('has no plan where it is to come as soon as possible', () => {
    const { goal, leasable, hold } = standing(even({ goal: impressions(1000), pacing: 'asap' }), 10);
    expect(goal).toMatchObject({ planned: null, state: 'unplanned' });
    expect(leasable).toBeGreaterThan(900);
    expect(hold).toBeUndefined();
  });

  it('tells a budget in money, and whether it or the goal holds leases back', () => {
    const both = even({
      goal: impressions(10_000, 'flight'),
      budget: { micros: 1_000_000, per: 'day' },
      price,
    });
    expect(standing(both, 500)).toMatchObject({
      goal: { metric: 'impressions', delivered: 500, state: 'behind' },
      budget: { per: 'day', amount: 1_000_000, delivered: 1_000_000, planned: 503_496, state: 'reached' },
      leasable: 0,
      hold: { by: 'budget' },
    });
  });

  it('holds what is left of a goal for ads whose impressions may still come', () => {
    const lineItem = even({ goal: impressions(100), pacing: 'asap' });
    const controller = new PacingController();
    controller.setLineItems([lineItem], startMs);
    const counts = { impressions: 0, prompt: 0, viewable: 0, clicks: 0 };
    const items = [{ id: 1, granted: 100, used: 100, returned: 0, ...counts }];
    controller.receive({ worker: 'a', atMs: noonMs, items }, noonMs);
    expect(controller.standing(lineItem, noonMs)).toMatchObject({
      goal: { delivered: 0, state: 'unplanned' },
      leasable: 0,
      hold: { by: 'goal', bound: 'pending' },
    });
  });

  it('adds up what workers hold, and leaves out leases that have run out', () => {
    const lineItem = even({ goal: impressions(100_000), pacing: 'asap' });
    const controller = new PacingController();
    controller.setLineItems([lineItem], startMs);
    for (const worker of ['a', 'b']) controller.receive({ worker, atMs: noonMs, items: [] }, noonMs);
    const { leases } = controller.round(noonMs);
    const granted = leases.reduce((sum, { items }) => sum + (items[0]?.granted ?? 0), 0);
    expect(controller.standing(lineItem, noonMs + 1000)).toMatchObject({ workers: 2, leased: granted });
    expect(controller.standing(lineItem, noonMs + 60_000)).toMatchObject({ workers: 0, leased: 0 });
  });

  it('is told of a line item that nobody has taken over yet', () => {
    const unknown = even({ goal: impressions(1000) });
    expect(new PacingController().standing(unknown, noonMs)).toMatchObject({
      goal: { delivered: 0, state: 'behind' },
      workers: 0,
    });
  });
});
