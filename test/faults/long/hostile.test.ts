import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { hostileTraffic } from '../../support/hostile.ts';
import { seededRandom } from '../../support/random.ts';
import { startSignpost } from '../../support/signpost.ts';

const requests = 1_000_000;
const rounds = 10;

it('answers a million hostile requests without a fault, a crash or a growing memory', async () => {
  const signpost = await startSignpost({ env: { WORKERS: '1', LOG_LEVEL: 'fatal' } });
  try {
    const [worker] = signpost.pids().worker;
    const megabytes = () =>
      Number(execFileSync('ps', ['-o', 'rss=', '--pid', String(worker)], { encoding: 'utf8' })) / 1024;
    const random = seededRandom(99);
    const port = Number(new URL(signpost.delivery).port);
    const memory: number[] = [];
    const statuses = new Map<number, number>();
    for (let round = 0; round < rounds; round++) {
      const result = await hostileTraffic(port, requests / rounds, random);
      for (const [status, count] of result.statuses)
        statuses.set(status, (statuses.get(status) ?? 0) + count);
      memory.push(Math.round(megabytes()));
    }
    console.log('answers', Object.fromEntries([...statuses].sort()), 'MB', memory);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(signpost.pids().worker).toEqual([worker]);
    expect((await fetch(`${signpost.delivery}/readyz`)).status).toBe(200);
    // The first rounds fill the caches of browsers and locations, which are bounded.
    expect(memory.at(-1)! - memory[2]!).toBeLessThan(40);
  } finally {
    await signpost.dispose();
  }
}, 1_800_000);
