import { expect } from 'vitest';
import type { KillOutcome } from './kills.ts';

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
