import { describe, expect, it } from 'vitest';
import { LocalDays, learnCurve, plannedPart } from '../../../server/pacing/index.ts';
import { seededRandom } from '../../support/random.ts';
import { Fleet, pacedLineItem, stepMs, type Visitors } from './fleet.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;
const timeZone = 'Asia/Taipei';
/** Midnight in Taipei. */
const startMs = Date.UTC(2026, 10, 22, 16);
const endMs = startMs + 7 * dayMs;

/** Requests by quarter-hour of the local day: a quiet night, a rise in the morning, the most in the evening. */
const trueDay = Array.from({ length: 96 }, (_, quarter) => {
  const hour = quarter / 4;
  return 0.15 + Math.exp(-(((hour - 11) / 3.5) ** 2)) + 1.6 * Math.exp(-(((hour - 20.5) / 2.2) ** 2));
});
const requestsOfFlight = 2_600_000;
const perQuarter = requestsOfFlight / 7 / trueDay.reduce((sum, weight) => sum + weight, 0);
const requestsIn = (quarter: number) => (trueDay[quarter] ?? 0) * perQuarter;

function visitors(random: () => number): Visitors {
  const exponential = (meanMs: number) => -Math.log(1 - random()) * meanMs;
  return {
    impressionAfterMs() {
      const draw = random();
      if (draw < 0.07) return undefined;
      // A tab in the background: rarely, an ad is rendered long after it was asked for.
      return draw < 0.072 ? random() * 2 * hourMs : exponential(1200);
    },
    viewableAfterMs: () => (random() < 0.6 ? 1000 + exponential(2000) : undefined),
    clickAfterMs: () => (random() < 0.004 ? 2000 + exponential(20_000) : undefined),
  };
}

/** Poisson by inversion; the means here are small. */
function poisson(mean: number, random: () => number): number {
  let count = 0;
  for (let rest = Math.exp(-mean), point = random(); point > rest; count++) {
    point -= rest;
    rest *= mean / (count + 1);
  }
  return count;
}

describe('seven days with a daily curve, four workers and kills', () => {
  it('keep a goal, its hours and two budgets', { timeout: 300_000 }, () => {
    const random = seededRandom(20261123);
    const goal = pacedLineItem(1, {
      goal: { metric: 'impressions', amount: 1_000_000, per: 'flight' },
      startMs,
      endMs,
      timeZone,
    });
    const cpm = { model: 'cpm', micros: 2_500_001 } as const;
    const money = pacedLineItem(2, {
      type: 'price_priority',
      price: cpm,
      expectedCpmMicros: 2_500_001,
      budget: { micros: 300_000_000, per: 'flight' },
      startMs,
      endMs,
      timeZone,
    });
    const cpc = { model: 'cpc', micros: 500_000 } as const;
    const clicks = pacedLineItem(3, {
      type: 'price_priority',
      price: cpc,
      expectedCpmMicros: 500_000,
      budget: { micros: 100_000_000, per: 'flight' },
      pacing: 'asap',
      startMs,
      endMs,
    });
    const daily = pacedLineItem(4, {
      type: 'price_priority',
      price: { model: 'cpm', micros: 400_000 },
      expectedCpmMicros: 400_000,
      goal: { metric: 'impressions', amount: 20_000, per: 'day' },
      startMs,
      endMs,
      timeZone,
    });
    // A fortnight before, with the noise that a fortnight has.
    const learnt = learnCurve(
      trueDay.map((_, quarter) => Math.round(requestsIn(quarter) * 14 * (0.98 + 0.04 * random()))),
    );
    if (learnt === undefined) throw new Error('too little traffic');
    const fleet = new Fleet({
      lineItems: [goal, money, clicks, daily],
      workers: 4,
      startMs,
      random,
      visitors: visitors(random),
      curveOf: () => learnt,
      duplicates: 0.002,
      dayBegins: (nowMs) => (nowMs - startMs) % dayMs === 0,
    });
    const days = new LocalDays(timeZone);
    const planned = (atMs: number) => 1_000_000 * plannedPart(learnt, days, { startMs, endMs }, atMs);
    const hours: { planned: number; delivered: number }[] = [];
    const dailyCounts: number[] = [];
    let mostSpent = 0;
    let mostClicks = 0;
    let before = 0;
    let dailyBefore = 0;
    while (fleet.nowMs < endMs) {
      const sinceStart = fleet.nowMs - startMs;
      const quarter = Math.floor((sinceStart % dayMs) / 900_000);
      // A worker dies about every five hours, the back office twice a day.
      if (random() < stepMs / (5 * hourMs)) fleet.killWorker(Math.floor(random() * 4));
      if (random() < stepMs / (12 * hourMs)) fleet.killOffice(random() * 20_000);
      fleet.step(poisson((requestsIn(quarter) / 900_000) * stepMs, random));
      mostSpent = Math.max(mostSpent, ((fleet.truth.get(2)?.impressions ?? 0) * cpm.micros) / 1000);
      mostClicks = Math.max(mostClicks, fleet.truth.get(3)?.clicks ?? 0);
      const { nowMs } = fleet;
      if ((nowMs - startMs) % hourMs === 0) {
        const delivered = fleet.truth.get(1)?.impressions ?? 0;
        hours.push({ planned: planned(nowMs) - planned(nowMs - hourMs), delivered: delivered - before });
        before = delivered;
      }
      if ((nowMs - startMs) % dayMs === 0) {
        const delivered = fleet.truth.get(4)?.impressions ?? 0;
        dailyCounts.push(delivered - dailyBefore);
        dailyBefore = delivered;
      }
    }
    const atEnd = fleet.truth.get(1)?.impressions ?? 0;
    const worst = hours.reduce(
      (most, hour) => Math.max(most, Math.abs(hour.delivered / hour.planned - 1)),
      0,
    );
    expect(atEnd / 1_000_000).toBeGreaterThanOrEqual(1);
    expect(atEnd / 1_000_000).toBeLessThanOrEqual(1.002);
    expect(worst).toBeLessThanOrEqual(0.05);
    expect(mostSpent).toBeLessThanOrEqual(300_000_000 + cpm.micros / 1000);
    expect(mostSpent).toBeGreaterThan(0.99 * 300_000_000);
    expect(mostClicks).toBeLessThanOrEqual(201);
    expect(mostClicks).toBeGreaterThan(190);
    for (const count of dailyCounts) expect(count / 20_000).toBeCloseTo(1, 2);
  });
});
