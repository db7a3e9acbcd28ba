import { describe, expect, it } from 'vitest';
import { costNanos } from '../../../server/inventory/delivery-terms.ts';
import { affordableEvents, costMicros, expectedCpmMicros } from '../../../server/inventory/index.ts';

describe('money', () => {
  it('is exact for any number of events, and adds up', () => {
    const cpm = { model: 'cpm', micros: 2_333_333 } as const;
    expect(costMicros(cpm, 1)).toBe(2333);
    expect(costMicros(cpm, 1000)).toBe(2_333_333);
    expect(costMicros(cpm, 5_000_000_000)).toBe(11_666_665_000_000);
    let sum = 0;
    for (let n = 0; n < 5000; n++) sum += costMicros(cpm, n + 1) - costMicros(cpm, n);
    expect(sum).toBe(costMicros(cpm, 5000));
    expect(costMicros({ model: 'cpc', micros: 250_000 }, 3)).toBe(750_000);
    expect(costMicros({ model: 'flat', micros: 250_000 }, 3)).toBe(0);
  });

  it('of one event is whole in billionths', () => {
    expect(costNanos({ model: 'cpm', micros: 1_234_567 }, 'impressions')).toBe(1_234_567);
    expect(costNanos({ model: 'vcpm', micros: 1_234_567 }, 'viewable')).toBe(1_234_567);
    expect(costNanos({ model: 'vcpm', micros: 1_234_567 }, 'impressions')).toBe(0);
    expect(costNanos({ model: 'cpc', micros: 250_001 }, 'clicks')).toBe(250_001_000);
    expect(costNanos({ model: 'flat', micros: 250_000 }, 'impressions')).toBe(0);
    expect(costNanos(undefined, 'clicks')).toBe(0);
  });

  it.each([
    ['cpm', 2_000_000, 10_000, 5],
    ['cpm', 2_000_000, 9_999, 4],
    ['vcpm', 2_000_000, 1_999, 0],
    ['cpc', 250_000, 750_000, 3],
    ['cpc', 250_000, 749_999, 2],
    ['cpc', 250_000, -5, 0],
    ['flat', 250_000, 1_000_000, 0],
  ] as const)('%s %d: %d pays for %d', (model, micros, sum, events) => {
    expect(affordableEvents({ model, micros }, sum)).toBe(events);
  });

  it('expected of a thousand impressions follows the model and the rates', () => {
    const rates = { viewable: 0.6, clicks: 0.002 };
    const goal = { metric: 'impressions', amount: 500_000, per: 'flight' } as const;
    expect(expectedCpmMicros({ model: 'cpm', micros: 100 }, undefined, rates)).toBe(100);
    expect(expectedCpmMicros({ model: 'vcpm', micros: 100 }, undefined, rates)).toBe(60);
    expect(expectedCpmMicros({ model: 'cpc', micros: 500_000 }, undefined, rates)).toBe(1_000_000);
    expect(expectedCpmMicros({ model: 'flat', micros: 1_000_000 }, goal, rates)).toBe(2000);
    expect(expectedCpmMicros({ model: 'flat', micros: 1_000_000 }, undefined, rates)).toBe(0);
    expect(expectedCpmMicros(undefined, goal, rates)).toBe(0);
  });
});
