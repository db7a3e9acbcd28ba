import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Job, type JobContext, type JobCounts, type RunRecord, Scheduler } from '../../jobs/index.ts';

const start = Date.UTC(2026, 10, 23, 12);
let scheduler: Scheduler | undefined;
let kept: RunRecord[];
let log: { level: number; msg: string; reason?: string; job?: string }[];

// node-cron waits by timers: the test's clock is theirs.
beforeEach(() => {
  vi.useFakeTimers({ now: start + 1 });
  kept = [];
  log = [];
});
afterEach(async () => {
  await scheduler?.stop();
  scheduler = undefined;
  vi.useRealTimers();
});

const logger = pino({ level: 'info' }, { write: (line: string) => log.push(JSON.parse(line)) });

function schedulerOf(jobs: readonly Job[], keep?: (record: RunRecord) => Promise<void>): Scheduler {
  const store = { keep: keep ?? (async (record: RunRecord) => void kept.push(record)) };
  scheduler = new Scheduler({ jobs, store, logger });
  return scheduler;
}

/** A job whose runs end when the test says so. */
class HeldJob implements Job {
  readonly name: string;
  readonly description = 'Waits to be told.';
  readonly schedule: string;
  readonly contexts: JobContext[] = [];
  readonly #open: { resolve: (counts: JobCounts) => void; reject: (error: unknown) => void }[] = [];
  mostAtOnce = 0;

  constructor(name = 'held', schedule = '* * * * * *') {
    this.name = name;
    this.schedule = schedule;
  }

  get runs(): number {
    return this.contexts.length;
  }

  run(context: JobContext): Promise<JobCounts> {
    this.contexts.push(context);
    return new Promise((resolve, reject) => {
      this.#open.push({ resolve, reject });
      this.mostAtOnce = Math.max(this.mostAtOnce, this.#open.length);
    });
  }

  async end(outcome: JobCounts | Error = {}): Promise<void> {
    const run = this.#open.shift();
    if (run === undefined) throw new Error('No run is under way.');
    if (outcome instanceof Error) run.reject(outcome);
    else run.resolve(outcome);
    await vi.advanceTimersByTimeAsync(0);
  }
}

const quick = (run: Job['run'], schedule = '* * * * * *'): Job => ({
  name: 'quick',
  description: 'Ends at once.',
  schedule,
  run,
});

describe('the scheduler', () => {
  it('runs each job when its schedule says so, in UTC', async () => {
    const minutes: string[] = [];
    const at = quick(async ({ now }) => {
      minutes.push(new Date(now()).toISOString().slice(11, 19));
      return {};
    }, '20 */10 * * * *');
    schedulerOf([at]).start();
    await vi.advanceTimersByTimeAsync(31 * 60_000);
    expect(minutes).toEqual(['12:00:20', '12:10:20', '12:20:20', '12:30:20']);
  });

  it('runs nothing before it is started', async () => {
    const job = new HeldJob();
    schedulerOf([job]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(job.runs).toBe(0);
  });

  it('never lets a job overlap itself: what falls due meanwhile is left out', async () => {
    const job = new HeldJob();
    schedulerOf([job]).start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect([job.runs, job.mostAtOnce]).toEqual([1, 1]);
    await job.end();
    await vi.advanceTimersByTimeAsync(1000);
    expect([job.runs, job.mostAtOnce]).toEqual([2, 1]);
    await job.end();
  });

  it('lets different jobs run side by side', async () => {
    const [one, two] = [new HeldJob('one'), new HeldJob('two')];
    schedulerOf([one, two]).start();
    await vi.advanceTimersByTimeAsync(1000);
    expect([one.runs, two.runs]).toEqual([1, 1]);
    await one.end();
    await vi.advanceTimersByTimeAsync(1000);
    expect([one.runs, two.runs]).toEqual([2, 1]);
    await one.end();
    await two.end();
  });

  it('joins the run that is under way when a job is asked for, be it due or asked for before', async () => {
    const job = new HeldJob();
    const running = schedulerOf([job]);
    running.start();
    await vi.advanceTimersByTimeAsync(1000);
    const [first, second] = [running.runNow('held'), running.runNow('held')];
    expect(job.runs).toBe(1);
    await job.end({ rows: 3 });
    expect(await first).toBe(await second);
    expect(await first).toMatchObject({ job: 'held', outcome: 'succeeded', counts: { rows: 3 } });
    expect(kept).toHaveLength(1);
  });

  it('starts a run of its own when none is under way, and knows no job of another name', async () => {
    const job = new HeldJob();
    const idle = schedulerOf([job]);
    const asked = idle.runNow('held');
    expect(idle.states()[0]).toMatchObject({ running: true, last: undefined });
    await vi.advanceTimersByTimeAsync(1500);
    await job.end();
    expect(await asked).toEqual({
      job: 'held',
      startedAt: new Date(start + 1),
      endedAt: new Date(start + 1501),
      outcome: 'succeeded',
      counts: {},
      error: undefined,
    });
    expect(idle.runNow('other')).toBeUndefined();
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('the disk is full'))],
    [
      'throws',
      () => {
        throw new Error('the disk is full');
      },
    ],
    ['rejects with a text', () => Promise.reject('the disk is full')],
  ])('records the error of a run that %s, and runs the job again', async (_, run) => {
    let runs = 0;
    const job = quick(() => {
      runs++;
      return run();
    });
    const running = schedulerOf([job]);
    running.start();
    await vi.advanceTimersByTimeAsync(7000);
    expect(runs).toBe(2);
    expect(kept).toHaveLength(2);
    expect(kept[0]).toMatchObject({ job: 'quick', outcome: 'failed', counts: {}, error: 'the disk is full' });
    expect(running.states()[0]?.last).toBe(kept[1]);
    expect(log).toMatchObject([
      { job: 'quick', reason: 'the disk is full' },
      { job: 'quick', reason: 'the disk is full' },
    ]);
  });

  it('goes on while runs cannot be stored, and still knows the last one', async () => {
    let runs = 0;
    const job = quick(async () => ({ runs: ++runs }));
    const running = schedulerOf([job], async () => {
      throw new Error('the database is down');
    });
    running.start();
    await vi.advanceTimersByTimeAsync(3000);
    expect(runs).toBe(3);
    expect(running.states()[0]?.last).toMatchObject({ outcome: 'succeeded', counts: { runs: 3 } });
    expect(await running.runNow('quick')).toMatchObject({ outcome: 'succeeded' });
    expect(log).toHaveLength(4);
    expect(log[0]).toMatchObject({ job: 'quick', reason: 'the database is down' });
  });

  it('tells of each job what it is, whether it runs, and how its last run went', async () => {
    const job = new HeldJob('held', '*/5 * * * * *');
    const running = schedulerOf([job]);
    const still = {
      name: 'held',
      description: 'Waits to be told.',
      schedule: '*/5 * * * * *',
      timeZone: 'UTC',
      shared: false,
      plannable: false,
      mayTakeMs: 600_000,
      running: false,
      last: undefined,
      lastSuccessMs: undefined,
      latenessS: 0,
      failures: 0,
      runs: { succeeded: 0, failed: 0, interrupted: 0, seconds: 0 },
    };
    expect(running.states()).toEqual([still]);
    void running.runNow('held');
    expect(running.states()).toEqual([{ ...still, running: true, runningSinceMs: start + 1 }]);
    await vi.advanceTimersByTimeAsync(500);
    await job.end({ n: 1 });
    expect(running.states()).toEqual([
      {
        ...still,
        last: kept[0],
        lastSuccessMs: start + 501,
        runs: { succeeded: 1, failed: 0, interrupted: 0, seconds: 0.5 },
      },
    ]);
  });

  it('goes by the time zone of a schedule', async () => {
    const times: string[] = [];
    const job: Job = {
      ...quick(async ({ now }) => {
        times.push(new Date(now()).toISOString().slice(0, 16));
        return {};
      }, '0 30 2 * * *'),
      timeZone: 'Asia/Kathmandu',
    };
    schedulerOf([job]).start();
    await vi.advanceTimersByTimeAsync(24 * 3_600_000);
    expect(times).toEqual(['2026-11-23T20:45']);
  });

  it('tries a failed job again with growing pauses, long before its next time', async () => {
    const tries: number[] = [];
    let fails = true;
    const job: Job = {
      ...quick(async ({ now }) => {
        tries.push(Math.round((now() - start) / 1000));
        if (fails) throw new Error('no');
        return { rows: 1 };
      }, '0 0 13 * * *'),
      longestRetryMs: 60_000,
    };
    const running = schedulerOf([job]);
    running.start();
    await vi.advanceTimersByTimeAsync(3600_000 + 200_000);
    const pauses = tries.map((at) => at - 3600);
    // Pauses of 5, 10, 20, 40 and then 60 s, each up to the next look, which comes every 5 s.
    expect(pauses[0]).toBe(0);
    const gaps = pauses.slice(1).map((at, index) => at - (pauses[index] ?? 0));
    for (const [index, pause] of [5, 10, 20, 40, 60].entries()) {
      expect(gaps[index]).toBeGreaterThanOrEqual(pause);
      expect(gaps[index]).toBeLessThanOrEqual(pause + 5);
    }
    expect(running.states()[0]).toMatchObject({ failures: tries.length, error: 'no' });
    expect(running.states()[0]?.latenessS).toBeCloseTo(200, 0);
    fails = false;
    await vi.advanceTimersByTimeAsync(65_000);
    const done = tries.length;
    expect(running.states()[0]).toMatchObject({ failures: 0, latenessS: 0, nextTryMs: undefined });
    await vi.advanceTimersByTimeAsync(600_000);
    expect(tries).toHaveLength(done);
  });

  it('tells a run that takes longer than it may to end, and counts it as failed', async () => {
    const job: Job = {
      ...quick(
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
        '0 1 12 * * *',
      ),
      mayTakeMs: 30_000,
    };
    schedulerOf([job]).start();
    await vi.advanceTimersByTimeAsync(89_000);
    expect(kept).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(kept).toMatchObject([
      { outcome: 'failed', error: 'It took longer than 30 s and was told to end.' },
    ]);
  });

  it('says what a job would do, and does nothing', async () => {
    const job: Job = { ...new HeldJob('told'), run: () => Promise.reject(), plan: async () => ({ rows: 5 }) };
    const idle = schedulerOf([{ ...job, name: 'told', schedule: '0 0 3 * * *' }, new HeldJob('mute')]);
    expect(await idle.planNow('told')).toEqual({ rows: 5 });
    await expect(idle.planNow('mute')).rejects.toMatchObject({ code: 'invalid_input' });
    expect(idle.planNow('other')).toBeUndefined();
    expect(kept).toEqual([]);
  });
});

describe('stopping the scheduler', () => {
  it('waits for the runs under way and their records', async () => {
    const job = new HeldJob();
    const running = schedulerOf([job]);
    running.start();
    await vi.advanceTimersByTimeAsync(1000);
    let stopped = false;
    const stop = running.stop().then(() => {
      stopped = true;
    });
    await vi.advanceTimersByTimeAsync(5000);
    expect([stopped, kept.length]).toEqual([false, 0]);
    await job.end({ rows: 1 });
    await stop;
    expect(kept).toMatchObject([{ outcome: 'succeeded', counts: { rows: 1 } }]);
  });

  it('tells the runs under way, and records those that give up as interrupted', async () => {
    const job = new HeldJob();
    const running = schedulerOf([job]);
    running.start();
    await vi.advanceTimersByTimeAsync(1000);
    expect(job.contexts[0]?.signal.aborted).toBe(false);
    const stop = running.stop();
    expect(job.contexts[0]?.signal.aborted).toBe(true);
    await job.end(new Error('given up'));
    await stop;
    expect(kept).toMatchObject([{ outcome: 'interrupted', error: 'given up' }]);
  });

  it('lets nothing start afterwards, be it due or asked for', async () => {
    const job = new HeldJob();
    const running = schedulerOf([job]);
    running.start();
    await running.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    const asked = await running.runNow('held');
    expect(asked).toMatchObject({ job: 'held', outcome: 'interrupted', counts: {} });
    expect(asked?.error).toMatch(/not started/);
    expect(running.runNow('other')).toBeUndefined();
    expect([job.runs, kept.length]).toEqual([0, 0]);
  });

  it('may be asked for more than once, and without a start', async () => {
    const running = schedulerOf([new HeldJob()]);
    await running.stop();
    await running.stop();
  });
});
