import { expect } from 'vitest';
import type { KillOutcome } from './kills.ts';
import type { TroubleOutcome } from './troubles.ts';

export function expectNothingLost(outcome: KillOutcome): void {
  expect(outcome.evidence).toEqual({ lost: [], doubled: [], strange: [], rejected: [] });
  expect(outcome.acknowledged).toBeGreaterThan(1000);
  expect(outcome.unlogged).toBe(0);
  expect(outcome.wrongReports).toEqual([]);
  const { pageViews, adRequests, impressions } = outcome.stored;
  expect(outcome.reported).toEqual(outcome.stored);
  expect(outcome.visitorPageViews).toBe(pageViews);
  expect(outcome.rolledUp).toBe(pageViews + adRequests + impressions);
  expect(outcome.reportedFromRollups).toEqual(outcome.stored);
}

/** As above; events that a full disk refused were not acknowledged, and lines that are garbage are set aside. */
export function expectTroublesSurvived(outcome: TroubleOutcome): void {
  expect(outcome.evidence).toEqual({ lost: [], doubled: [], strange: [], rejected: [] });
  expect(outcome.acknowledged).toBeGreaterThan(100);
  expect(outcome.reported).toEqual(outcome.stored);
  expect(outcome.replayed).toEqual(outcome.stored);
  expect(outcome.archived).toEqual(outcome.stored);
  expect(outcome.rejectedLines).toBe(outcome.damagedLines);
  expect(outcome.personalInLog).toEqual([]);
}
