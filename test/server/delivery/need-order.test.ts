import { expect, it } from 'vitest';
import { NeedOrder } from '../../../server/delivery/need-order.ts';
import { seededRandom } from '../../support/random.ts';

/** A worker's leases as decisions see them. */
function leases(count: number, random: () => number) {
  const some = () => Float64Array.from({ length: count }, () => Math.floor(random() * 6));
  return { left: some(), pace: some().map((pace) => pace + 1), raised: 0 };
}

it('gives the highest need first or soon, and all that are as high, however the leases change', () => {
  const random = seededRandom(5);
  for (let round = 0; round < 200; round++) {
    const count = 1 + Math.floor(random() * 40);
    const allowance = leases(count, random);
    const slots = Int32Array.from({ length: count }, (_, at) => at).filter(() => random() < 0.8);
    const orders = [new NeedOrder(slots), new NeedOrder(slots.toReversed())];
    for (let step = 0; step < 60; step++) {
      const excluded = new Set(slots.filter(() => random() < 0.3));
      const needOf = (slot: number) =>
        (allowance.left[slot] as number) >= 1
          ? (allowance.left[slot] as number) / (allowance.pace[slot] as number)
          : -1;
      const open = [...slots].filter((slot) => !excluded.has(slot) && needOf(slot) >= 0);
      const highest = Math.max(-1, ...open.map(needOf));
      for (const [at, order] of orders.entries()) {
        const list = at === 0 ? slots : slots.toReversed();
        order.begin(allowance);
        let bar = 0;
        let best: number[] = [];
        for (let found = order.next(bar); found >= 0; found = order.next(bar)) {
          const slot = list[found] as number;
          expect(order.need).toBe(needOf(slot));
          if (excluded.has(slot)) continue;
          if (order.need > bar || best.length === 0) best = [];
          bar = order.need;
          best.push(slot);
        }
        expect(best.toSorted()).toEqual(open.filter((slot) => needOf(slot) === highest).toSorted());
      }
      const spent = slots[Math.floor(random() * slots.length)] ?? 0;
      if (random() < 0.9) allowance.left[spent] = Math.max(0, (allowance.left[spent] as number) - 1);
      else {
        allowance.left[spent] = 9;
        allowance.raised++;
      }
    }
  }
});

it('looks at few where the first may be shown', () => {
  const random = seededRandom(6);
  const allowance = {
    left: Float64Array.from({ length: 1000 }, () => 1 + random() * 1000),
    pace: new Float64Array(1000).fill(1),
    raised: 0,
  };
  const order = new NeedOrder(Int32Array.from({ length: 1000 }, (_, at) => at));
  let looks = 0;
  for (let decision = 0; decision < 1000; decision++) {
    order.begin(allowance);
    let bar = 0;
    let best = -1;
    for (let at = order.next(bar); at >= 0; at = order.next(bar)) {
      looks++;
      if (order.need > bar) best = at;
      bar = order.need;
    }
    allowance.left[best] = (allowance.left[best] as number) - 1;
  }
  expect(looks).toBeLessThan(3000);
});
