import { expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { startSignpost } from '../support/signpost.ts';
import { adsOf, counted, makePaced, type Paced, PacedLoad } from './pacing.ts';

it('delivers on, and no more than is sold, when a worker and then everything is killed', async () => {
  const signpost = await startSignpost({
    env: { WORKERS: '2', IMPRESSION_RATES: 'none', CLICK_RATES: 'none', HOSTING_ASNS: 'none' },
  });
  const fleet = { office: signpost, machines: [signpost] };
  let load: PacedLoad | undefined;
  try {
    // The dead hold some hundreds of the goal: there has to be more, or nobody could deliver on.
    const sold = await makePaced(fleet, { goal: 5000, money: 200, clicks: 10 });
    const [goal, money, clicks] = sold as [Paced, Paced, Paced];
    const zones = sold.map(({ zone }) => zone);
    load = new PacedLoad(fleet, zones, 6, 0.95, seededRandom(Date.now()));
    const ads = () => load?.ads.get(goal.zone) ?? 0;
    await adsOf(load, goal, 80);
    signpost.kill9(signpost.pids().worker.slice(0, 1));
    await adsOf(load, goal, ads() + 150);
    const { supervisor, worker, office } = signpost.pids();
    signpost.kill9([...supervisor, ...office, ...worker]);
    await signpost.restart();
    await adsOf(load, goal, ads() + 150);
    await load.stop();
    await signpost.shipped();
    const events = [goal, money, clicks].map((each) => counted(fleet, each));
    const [impressions = 0, paid = 0, clicked = 0] = await Promise.all(events);
    expect(impressions).toBeGreaterThan(250);
    expect(paid).toBeLessThanOrEqual(money.events);
    expect(clicked).toBeLessThanOrEqual(clicks.events + 1);
    expect(load.wrong).toEqual([]);
  } finally {
    await load?.stop();
    await signpost.dispose();
  }
}, 90_000);
