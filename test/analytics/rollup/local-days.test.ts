import { describe, expect, it } from 'vitest';
import { offsetReader } from '../../../analytics/reports/time-zone.ts';
import { localDayMinutes } from '../../../analytics/rollup/period.ts';

describe('local days', () => {
  it('begin wherever a day begins in a time zone in use, winter and summer', () => {
    const missing = new Set<string>();
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      const offsetAt = offsetReader(timeZone);
      for (const month of [0, 6]) {
        const minute = (((-offsetAt(Date.UTC(2026, month, 15)) / 60) % 1440) + 1440) % 1440;
        if (minute !== 0 && !localDayMinutes.includes(minute)) missing.add(`${timeZone} ${minute}`);
      }
    }
    expect([...missing]).toEqual([]);
  });
});
