import { expect, it } from 'vitest';
import { type JobState, jobProblems } from '../../jobs/index.ts';

const nowMs = Date.UTC(2026, 10, 23, 12);
const sound: JobState = {
  name: 'rollup',
  description: 'Sums up.',
  schedule: '20 * * * * *',
  timeZone: 'UTC',
  shared: true,
  plannable: true,
  mayTakeMs: 600_000,
  running: false,
  runningSinceMs: undefined,
  last: undefined,
  lastSuccessMs: nowMs - 3_600_000,
  dueSinceMs: undefined,
  latenessS: 0,
  failures: 0,
  error: undefined,
  nextTryMs: undefined,
  runs: { succeeded: 1, failed: 0, interrupted: 0, seconds: 1 },
};
const told = (part: Partial<JobState>) => jobProblems([{ ...sound, ...part }], nowMs);

it('says nothing of jobs that are in time, run as long as they may, or failed once or twice', () => {
  expect(told({})).toEqual([]);
  expect(told({ latenessS: 660, running: true, runningSinceMs: nowMs - 660_000 })).toEqual([]);
  expect(told({ failures: 2, error: 'no', latenessS: 30 })).toEqual([]);
});

it('says in words which job is late, fails, or does not end', () => {
  expect(told({ latenessS: 7200 })).toEqual([
    'The job "rollup" is 2 h late: it last succeeded 2026-11-23T11:00:00Z.',
  ]);
  expect(told({ latenessS: 700, lastSuccessMs: undefined })).toEqual([
    'The job "rollup" is 12 min late: it has not succeeded yet.',
  ]);
  expect(told({ failures: 3, error: 'ClickHouse cannot be reached', nextTryMs: nowMs + 20_000 })).toEqual([
    'The job "rollup" has failed 3 times in a row, and last succeeded 2026-11-23T11:00:00Z: ' +
      'ClickHouse cannot be reached. Next try: 2026-11-23T12:00:20Z.',
  ]);
  expect(told({ failures: 1, error: 'Disk full.', latenessS: 90_000 })).toEqual([
    'The job "rollup" has failed once, and last succeeded 2026-11-23T11:00:00Z: Disk full.',
  ]);
  expect(told({ running: true, runningSinceMs: nowMs - 3 * 86_400_000 })).toEqual([
    'The job "rollup" has been running for 3 days, and may take 10 min.',
  ]);
});
