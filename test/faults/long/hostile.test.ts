import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { hostileTraffic } from '../../support/hostile.ts';
import { seededRandom } from '../../support/random.ts';
import { startSignpost } from '../../support/signpost.ts';

const requests = 1_000_000;
const rounds = 20;
/** V8 puts off collecting as long as there is room. With little room a leak of 100 bytes a request ends the process. */
const heapLimit = '--max-old-space-size=96';

it('answers a million hostile requests without a fault, a crash or a growing memory', async () => {
  const signpost = await startSignpost({
    env: { WORKERS: '1', LOG_LEVEL: 'fatal', NODE_OPTIONS: heapLimit },
  });
  try {
    const [worker] = signpost.pids().worker;
    const megabytes = () =>
      Number(execFileSync('ps', ['-o', 'rss=', '--pid', String(worker)], { encoding: 'utf8' })) / 1024;
    const random = seededRandom(99);
    const port = Number(new URL(signpost.delivery).port);
    const memory = [Math.round(megabytes())];
    const statuses = new Map<number, number>();
    const total = { sent: 0, answered: 0 };
    const startMs = performance.now();
    for (let round = 0; round < rounds; round++) {
      const result = await hostileTraffic(port, requests / rounds, random);
      for (const [status, count] of result.statuses)
        statuses.set(status, (statuses.get(status) ?? 0) + count);
      total.sent += result.sent;
      total.answered += result.answered;
      memory.push(Math.round(megabytes()));
    }
    const seconds = Math.round((performance.now() - startMs) / 1000);
    console.log({ ...total, seconds }, 'answers', Object.fromEntries([...statuses].sort()), 'MB', memory);
    expect([...statuses.keys()].filter((status) => status >= 500)).toEqual([]);
    expect(signpost.pids().worker).toEqual([worker]);
    expect((await fetch(`${signpost.delivery}/readyz`)).status).toBe(200);
    // The first rounds fill the caches of browsers and locations, which are bounded. What is not yet collected goes up
    // and down, so the lowest of several rounds are compared.
    const lowest = (from: number, until: number) => Math.min(...memory.slice(from, until));
    expect(lowest(-5, memory.length) - lowest(5, 10)).toBeLessThan(25);
  } finally {
    await signpost.dispose();
  }
}, 1_800_000);
