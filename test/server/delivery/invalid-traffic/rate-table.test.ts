import { describe, expect, it } from 'vitest';
import { parseRates } from '../../../../analytics/index.ts';
import { EventRates } from '../../../../server/delivery/invalid-traffic/event-rates.ts';
import { RateTable } from '../../../../server/delivery/invalid-traffic/rate-table.ts';
import { seededRandom } from '../../../support/random.ts';

const rates = parseRates('1/1m,3/10m,10/1h,25/1d');

/** By the rule's own words, over all times there were. */
function tooOften(times: readonly number[], nowMs: number): boolean {
  return rates.some(({ count, windowMs }) => times.filter((time) => nowMs - time < windowMs).length >= count);
}

describe('a rate table', () => {
  it('says what the rule says, for as many keys as fit', () => {
    const random = seededRandom(7);
    const table = new RateTable(rates, 1_000_000);
    const times = new Map<number, number[]>();
    let nowMs = Date.UTC(2026, 10, 23);
    for (let n = 0; n < 20_000; n++) {
      nowMs += Math.floor(random() * 3000);
      const key = Math.floor(random() * 50);
      const before = times.get(key) ?? [];
      expect(table.hit(key * 0x9e37_79b1, key, nowMs)).toBe(tooOften(before, nowMs));
      times.set(key, [...before, nowMs].slice(-30));
    }
  });

  it('takes the same memory for a million visitors, and accuses none of them', () => {
    const random = seededRandom(8);
    const memory = new EventRates({ clicks: rates, impressions: parseRates('5/5m') });
    const { bytes } = memory;
    expect(bytes).toBeLessThan(16 * 1024 * 1024);
    const word = () => Math.floor(random() * 0x1_0000_0000);
    let accused = 0;
    for (let n = 0; n < 1_000_000; n++) {
      const event = { idHigh: word(), idLow: word(), lineItem: 1 + (n % 100) };
      const visitor = { visitorHigh: word(), visitorLow: word() };
      accused += memory.click(event, visitor, n) + memory.impression(event, visitor, n);
      if (memory.isRepeatedClick(event, n)) accused++;
    }
    expect(accused).toBe(0);
    expect(memory.bytes).toBe(bytes);
  });

  it('still knows a visitor who comes back among as many others as it holds', () => {
    const random = seededRandom(9);
    const table = new RateTable(rates, 524_288);
    const word = () => Math.floor(random() * 0x1_0000_0000);
    let found = 0;
    for (let round = 0; round < 100; round++) {
      const [high, low] = [word(), word()];
      table.hit(high, low, round * 10_000);
      for (let n = 0; n < 50; n++) table.hit(word(), word(), round * 10_000 + n);
      if (table.hit(high, low, round * 10_000 + 5000)) found++;
    }
    expect(found).toBe(100);
  });

  it('without rates holds nothing and finds nothing', () => {
    const table = new RateTable(parseRates('none'), 1000);
    expect(table.bytes).toBe(0);
    expect([table.hit(1, 1, 0), table.hit(1, 1, 0)]).toEqual([false, false]);
  });
});

describe('rates', () => {
  it.each([
    ['1/1m', [{ count: 1, windowMs: 60_000 }]],
    [
      ' 5/30s , 2/2h ',
      [
        { count: 5, windowMs: 30_000 },
        { count: 2, windowMs: 7_200_000 },
      ],
    ],
    ['1000/1d', [{ count: 1000, windowMs: 86_400_000 }]],
    ['none', []],
  ])('reads %s', (text, expected) => {
    expect(parseRates(text)).toEqual(expected);
  });

  it.each([
    '',
    '1',
    '1/m',
    '0/1m',
    '1/0m',
    '1001/1m',
    '1/2d',
    '1/25h',
    '-1/1m',
    '1.5/1m',
    '1/1w',
    '1/1m;2/2m',
    'all',
  ])('refuses "%s"', (text) => {
    expect(() => parseRates(text)).toThrow('is no rate like 3/10m');
  });
});
