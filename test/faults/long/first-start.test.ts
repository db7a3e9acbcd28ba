import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { seededRandom } from '../../support/random.ts';
import { beginSignpost } from '../../support/signpost.ts';

const rounds = Number(process.env['KILL_ROUNDS'] ?? 12);
/** A first start takes some four seconds. */
const withinMs = 5000;

it(`starts after a kill at any moment of its very first start, ${rounds} times`, {
  timeout: rounds * 60_000,
}, async () => {
  const random = seededRandom(Date.now());
  for (let round = 0; round < rounds; round++) {
    const signpost = await beginSignpost({ empty: true });
    try {
      const killedAfterMs = Math.round(((round + random()) / rounds) * withinMs);
      await pause(killedAfterMs);
      const { supervisor, worker, office } = signpost.pids();
      signpost.kill9([...supervisor, ...worker, ...office]);
      await signpost.restart();
      const { items } = await signpost.json<{ items: { id: number }[] }>('/zones');
      expect(items.length, `zones after a kill at ${killedAfterMs} ms`).toBe(2);
      expect((await fetch(`${signpost.delivery}/v1/ad?zone=${items[0]?.id}`)).status).toBe(200);
    } finally {
      await signpost.dispose();
    }
  }
});
