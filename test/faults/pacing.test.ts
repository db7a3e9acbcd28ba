import { expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { startSignpost, until } from '../support/signpost.ts';
import { adsOf, counted, heldBy, makePaced, type Paced, PacedLoad, standing } from './pacing.ts';

/** Requests that are under way at a kill, and whose ads nobody gets to see. */
const visitors = 6;

it('delivers what is sold and not more, when a worker and then everything is killed', async () => {
  const signpost = await startSignpost({
    env: { WORKERS: '2', IMPRESSION_RATES: 'none', CLICK_RATES: 'none', HOSTING_ASNS: 'none' },
  });
  const fleet = { office: signpost, machines: [signpost] };
  let load: PacedLoad | undefined;
  try {
    const sold = await makePaced(fleet, { goal: 700, money: 500, clicks: 20 });
    const [goal, money, clicks] = sold as [Paced, Paced, Paced];
    const random = seededRandom(Date.now());
    load = new PacedLoad(
      fleet,
      sold.map(({ zone }) => zone),
      visitors,
      1,
      random,
    );
    const killed: number[] = [];
    const lost = new Map<number, number>();
    const kill = (pids: readonly number[]) => {
      signpost.kill9(pids);
      for (const pid of pids) {
        for (const [id, ads] of heldBy(signpost, pid)) lost.set(id, (lost.get(id) ?? 0) + ads);
      }
      killed.push(...pids);
    };
    await adsOf(load, goal, 80);
    kill(signpost.pids().worker.slice(0, 1));
    await adsOf(load, goal, 250);
    const { supervisor, worker, office } = signpost.pids();
    kill([...supervisor, ...office, ...worker]);
    await signpost.restart();

    for (const each of [goal, money]) {
      // What the dead may have handed out is held for two minutes, or two hours.
      const least = each.events - (lost.get(each.lineItem) ?? 0) - 2 * visitors;
      await until(`${each.name} is delivered`, 30_000, async () => {
        const { delivered, leasable } = await standing(fleet, each);
        return delivered >= least && leasable === 0;
      });
    }
    await load.stop();
    await signpost.shipped();
    for (const each of [goal, money]) {
      const events = await counted(fleet, each);
      expect(events, each.name).toBeLessThanOrEqual(each.events);
      expect(events, each.name).toBeGreaterThanOrEqual(
        each.events - (lost.get(each.lineItem) ?? 0) - 2 * visitors,
      );
    }
    expect(await counted(fleet, clicks)).toBeLessThanOrEqual(clicks.events + 1);
    expect(load.wrong).toEqual([]);
  } finally {
    await load?.stop();
    await signpost.dispose();
  }
}, 90_000);
