import { pino } from 'pino';
import { afterEach, expect, it, vi } from 'vitest';
import { Scheduler } from '../../jobs/index.ts';

afterEach(() => void vi.useRealTimers());

it.each([
  ['back', -3_600_000],
  ['forth', 3_600_000],
])('goes on with jobs by the clock that was set %s', async (_, stepMs) => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 23, 12) });
  let runs = 0;
  const run = async () => ({ runs: ++runs });
  const scheduler = new Scheduler({
    jobs: [{ name: 'often', description: 'Runs.', schedule: '*/2 * * * * *', run }],
    store: { keep: async () => undefined },
    logger: pino({ level: 'silent' }),
  });
  scheduler.start();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(runs).toBeGreaterThanOrEqual(4);
  vi.setSystemTime(Date.now() + stepMs);
  const before = runs;
  await vi.advanceTimersByTimeAsync(20_000);
  expect(runs - before).toBeGreaterThanOrEqual(7);
  await scheduler.stop();
});
