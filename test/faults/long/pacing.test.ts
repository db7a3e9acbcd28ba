import { expect, it } from 'vitest';
import { pick, seededRandom } from '../../support/random.ts';
import { startSignpost, until } from '../../support/signpost.ts';
import { adsOf, counted, makePaced, type Paced, PacedLoad, standing } from '../pacing.ts';

const rounds = Number(process.env['KILL_ROUNDS'] ?? 12);
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 1_000_000);
const victims = ['worker', 'office', 'supervisor', 'everything'] as const;
const goalEvents = 400 * rounds;

it(`reaches a goal and passes neither it nor two budgets, over ${rounds} kills`, {
  timeout: rounds * 60_000 + 900_000,
}, async () => {
  const random = seededRandom(seed);
  const signpost = await startSignpost({
    env: { WORKERS: '2', IMPRESSION_RATES: 'none', CLICK_RATES: 'none', HOSTING_ASNS: 'none' },
  });
  const fleet = { office: signpost, machines: [signpost] };
  let load: PacedLoad | undefined;
  try {
    const sold = await makePaced(fleet, { goal: goalEvents, money: goalEvents, clicks: 200 });
    const [goal, money, clicks] = sold as [Paced, Paced, Paced];
    load = new PacedLoad(
      fleet,
      sold.map(({ zone }) => zone),
      6,
      0.9,
      random,
    );
    let ads = 0;
    for (let round = 0; round < rounds; round++) {
      // Never so many that the goal is sold out by what the dead held: a kill has to hit somebody who delivers.
      ads = (load.ads.get(goal.zone) ?? 0) + 20 + Math.floor(random() * 80);
      await adsOf(load, goal, ads, 400_000);
      const { supervisor, worker, office } = signpost.pids();
      const victim = victims[round] ?? pick(victims, random);
      const killed = {
        worker: [pick(worker, random)],
        office,
        supervisor,
        everything: [...supervisor, ...worker, ...office],
      }[victim];
      signpost.kill9(killed);
      if (victim === 'supervisor' || victim === 'everything') await signpost.restart();
      console.log(`round ${round}: ${victim}`, await standing(fleet, goal).catch(() => 'not there'));
    }
    await until(
      'the goal is reached',
      800_000,
      async () => {
        // As every five minutes by itself: what the dead had not told of comes in, and what they held comes back.
        await signpost.api('/jobs/pacing-counts/runs', { method: 'POST' });
        return (await counted(fleet, goal)) >= goal.events;
      },
      10_000,
    );
    // Long enough for whatever might still be handed out.
    const reachedMs = Date.now();
    await until('nothing more is handed out', 60_000, () => Date.now() - reachedMs > 15_000);
    await load.stop();
    await signpost.shipped();
    const events = await Promise.all(sold.map((each) => counted(fleet, each)));
    console.log(`KILL_SEED=${seed}`, {
      sold: sold.map(({ events: all }) => all),
      events,
      ads: [...load.ads],
    });
    expect(events[0]).toBe(goal.events);
    expect(events[1]).toBeLessThanOrEqual(money.events);
    expect(events[2]).toBeLessThanOrEqual(clicks.events + 1);
    expect(load.wrong).toEqual([]);
  } finally {
    await load?.stop();
    await signpost.dispose();
  }
});
