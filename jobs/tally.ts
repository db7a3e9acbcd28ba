import type { RunRecord } from './run-store.ts';

/** The runs of a job since the process began. */
export interface RunTally {
  readonly succeeded: number;
  readonly failed: number;
  readonly interrupted: number;
  /** How long all of them took together. */
  readonly seconds: number;
}

export const noRuns: RunTally = { succeeded: 0, failed: 0, interrupted: 0, seconds: 0 };

export function withRun(tally: RunTally, { outcome, startedAt, endedAt }: RunRecord): RunTally {
  const seconds = tally.seconds + (endedAt.getTime() - startedAt.getTime()) / 1000;
  return { ...tally, [outcome]: tally[outcome] + 1, seconds };
}
