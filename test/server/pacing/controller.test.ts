import { describe, expect, it } from 'vitest';
import type { SnapshotLineItem } from '../../../server/inventory/index.ts';
import { LeaseAccounts, type LedgerState, PacingController } from '../../../server/pacing/index.ts';
import { boldestExpectation } from '../../../server/pacing/rates.ts';
import { pacedLineItem } from './fleet.ts';

const startMs = Date.UTC(2026, 10, 23);
const dayMs = 86_400_000;
const asap = (amount: number, more: Partial<SnapshotLineItem> = {}) =>
  pacedLineItem(1, {
    goal: { metric: 'impressions', amount, per: 'flight' },
    pacing: 'asap',
    startMs,
    endMs: startMs + dayMs,
    ...more,
  });

function setUp(lineItem: SnapshotLineItem, states: Iterable<readonly [number, LedgerState]> = []) {
  const controller = new PacingController(states);
  controller.setLineItems([lineItem], startMs);
  const workers = ['a', 'b'].map((name) => {
    const accounts = new LeaseAccounts(name);
    accounts.bind([lineItem]);
    return accounts;
  });
  const round = (nowMs: number, reporting: readonly LeaseAccounts[] = workers) => {
    for (const worker of reporting) controller.receive(worker.report(nowMs), nowMs);
    const { leases } = controller.round(nowMs);
    for (const worker of workers) for (const each of leases) worker.apply(each, nowMs);
  };
  const left = () => workers.map((worker) => worker.left[0]);
  return { controller, workers, round, left };
}

/** Hands out `ads`, each of which has its impression at once. */
function show(worker: LeaseAccounts | undefined, ads: number, nowMs: number): void {
  for (let n = 0; n < ads; n++) {
    worker?.spend(0);
    worker?.count('impression', 1, nowMs, nowMs);
  }
}

describe('leases', () => {
  it('are shared among the workers, and together never more than the goal', () => {
    const { round, left } = setUp(asap(10));
    round(startMs + 1000);
    const [a = 0, b = 0] = left();
    expect(a + b).toBeLessThanOrEqual(11);
    expect(Math.min(a, b)).toBeGreaterThanOrEqual(4);
  });

  it('are not given for what is reached, nor before the start or after the end', () => {
    const { controller, round, left, workers } = setUp(asap(5));
    round(startMs - 1000);
    expect(left()).toEqual([0, 0]);
    round(startMs);
    for (let second = 1; second < 300; second++) {
      for (const [at, ads] of left().entries()) show(workers[at], ads ?? 0, startMs + second * 1000);
      round(startMs + second * 1000);
    }
    expect(left()).toEqual([0, 0]);
    expect(controller.state(1)?.total.impressions).toBe(5);
    const over = setUp(asap(5));
    over.round(startMs + dayMs);
    expect(over.left()).toEqual([0, 0]);
  });

  it('come back when nobody uses them, and go to who does', () => {
    const { round, left, workers } = setUp(asap(1));
    let shown = 0;
    for (let second = 1; second <= 120 && shown === 0; second++) {
      const nowMs = startMs + second * 1000;
      for (const worker of workers) worker.expire(nowMs);
      round(nowMs);
      // Only the second worker has visitors.
      if ((left()[1] ?? 0) >= 1) {
        show(workers[1], 1, nowMs);
        shown++;
      }
    }
    expect(shown).toBe(1);
  });

  it('run out in the worker when nothing is heard from the controller', () => {
    const { round, left, workers } = setUp(asap(1000));
    round(startMs);
    expect(left()[0]).toBeGreaterThan(0);
    for (const worker of workers) worker.expire(startMs + 14_999);
    expect(left()[0]).toBeGreaterThan(0);
    for (const worker of workers) worker.expire(startMs + 15_000);
    expect(left()).toEqual([0, 0]);
    // What was returned is known from the next report on.
    round(startMs + 16_000);
    expect(left()[0]).toBeGreaterThan(0);
  });

  it('of a worker that was killed are held until its events cannot come any more', () => {
    const price = { model: 'cpm', micros: 1_000_000 } as const;
    const lineItem = asap(0, { price, budget: { micros: 10_000, per: 'flight' } });
    const { goal: _, ...budgeted } = lineItem;
    const { round, left, workers } = setUp(budgeted);
    round(startMs);
    const [a = 0, b = 0] = left();
    expect(a + b).toBe(10);
    // The first is killed; the second shows what it has, and can have no more for two hours.
    show(workers[1], b, startMs + 1000);
    const alive = workers.slice(1);
    for (let second = 1; second < 7000; second++) {
      round(startMs + second * 1000, alive);
      expect(left()[1]).toBe(0);
    }
    for (let second = 7000; second < 7400; second++) round(startMs + second * 1000, alive);
    expect(left()[1]).toBe(a);
  });

  it('of a worker that was killed come back to a goal when it is known how many of them it had shown', () => {
    const { controller, round, left, workers } = setUp(asap(100));
    round(startMs);
    const [, b = 0] = left();
    // The first has shown twenty and told of none when it is killed; the second shows all that it has.
    show(workers[1], b, startMs + 1000);
    const alive = workers.slice(1);
    const minutes = (from: number, to: number) => {
      for (let second = from * 60 + 2; second <= to * 60; second++) {
        const nowMs = startMs + second * 1000;
        show(workers[1], left()[1] ?? 0, nowMs);
        round(nowMs, alive);
      }
    };
    minutes(0, 20);
    const counts = { impressions: b + 20, viewable: 0, clicks: 0 };
    expect(controller.state(1)?.total.impressions).toBe(b);
    controller.correct(1, counts, counts, startMs + 19 * 60_000);
    minutes(20, 21);
    expect(controller.state(1)?.total.impressions).toBe(100);
  });

  it('survive a controller that begins anew with what was kept, and old reports change nothing', () => {
    const lineItem = asap(1000);
    const first = setUp(lineItem);
    first.round(startMs);
    const kept = structuredClone(first.controller.state(1));
    if (kept === undefined) throw new Error('nothing was kept');
    show(first.workers[0], 20, startMs + 500);
    const old = first.workers[0]?.report(startMs + 500);
    show(first.workers[0], 10, startMs + 600);
    const second = new PacingController([[1, kept]]);
    second.setLineItems([lineItem], startMs + 700);
    for (const report of [first.workers[0]?.report(startMs + 700), old, old]) {
      if (report !== undefined) second.receive(report, startMs + 800);
    }
    expect(second.state(1)?.total.impressions).toBe(30);
    expect(second.state(1)?.workers['a']?.used).toBe(30);
  });
});

describe('counts', () => {
  it('of a day begin anew at midnight of the time zone of the line item', () => {
    const lineItem = pacedLineItem(1, {
      goal: { metric: 'impressions', amount: 10, per: 'day' },
      pacing: 'asap',
      timeZone: 'Asia/Taipei',
    });
    const midnight = startMs + 16 * 3_600_000;
    const { controller, round, workers, left } = setUp(lineItem);
    round(midnight - 60_000);
    for (const [at, ads] of left().entries()) show(workers[at], ads ?? 0, midnight - 59_000);
    round(midnight - 59_000);
    expect(controller.state(1)?.today.impressions).toBeGreaterThanOrEqual(10);
    round(midnight - 1000);
    expect(left()).toEqual([0, 0]);
    for (let second = 0; second < 180; second++) round(midnight + second * 1000);
    expect((left()[0] ?? 0) + (left()[1] ?? 0)).toBeGreaterThanOrEqual(9);
    expect(controller.state(1)?.today.impressions).toBe(0);
  });

  it('are put right by those without duplicates, also the money, and once only', () => {
    const price = { model: 'cpm', micros: 2_000_000 } as const;
    const lineItem = asap(100_000, { price, budget: { micros: 900_000_000, per: 'flight' } });
    const { controller, round, workers } = setUp(lineItem);
    round(startMs);
    for (let n = 0; n < 50; n++) workers[0]?.count('impression', 1, startMs, startMs);
    round(startMs + 1000);
    expect(controller.state(1)).toMatchObject({ spentMicros: 100_000, total: { impressions: 50 } });
    round(startMs + 90_000);
    for (let n = 0; n < 7; n++) workers[1]?.count('impression', 1, startMs, startMs);
    round(startMs + 91_000);
    const truth = { impressions: 40, viewable: 3, clicks: 0 };
    expect(controller.correct(1, truth, truth, startMs + 60_000)).toBe(true);
    expect(controller.state(1)).toMatchObject({
      spentMicros: 94_000,
      total: { impressions: 47, viewable: 3 },
      today: { impressions: 47, viewable: 3 },
    });
    expect(controller.correct(1, truth, truth, startMs + 60_000)).toBe(false);
  });
});

describe('a budget for clicks', () => {
  it('lets so many ads out that more than one click too many is less likely than one in a million', () => {
    // P(X > remaining + 1) for a Poisson sum, added up term by term.
    const tail = (mean: number, from: number) => {
      let term = Math.exp(-mean);
      let below = 0;
      for (let k = 0; k < from; k++) {
        below += term;
        term *= mean / (k + 1);
      }
      return 1 - below;
    };
    for (const remaining of [1, 2, 5, 20, 100]) {
      const mean = boldestExpectation(remaining);
      expect(mean).toBeGreaterThan(0);
      expect(tail(mean, remaining + 2)).toBeLessThan(1e-6);
    }
    expect(boldestExpectation(0)).toBe(0);
    expect(boldestExpectation(10_000)).toBeGreaterThan(9000);
  });
});
