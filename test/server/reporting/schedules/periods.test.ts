import { describe, expect, it } from 'vitest';
import {
  duePeriods,
  periodBefore,
  periodRange,
  type Timing,
} from '../../../../server/reporting/schedules/periods.ts';

const at = (text: string) => Date.parse(text);
const timing = (every: Timing['every'], change: Partial<Timing> = {}): Timing => ({
  ...{ every, weekday: every === 'week' ? 1 : null, hour: 6, timeZone: 'UTC' },
  ...change,
});
const texts = (found: ReturnType<typeof duePeriods>) =>
  found.map(({ firstDay, lastDay, dueMs }) => `${firstDay} ${lastDay} ${new Date(dueMs).toISOString()}`);

describe('what a schedule has due', () => {
  it('is the day before, at the hour of the time zone', () => {
    const daily = timing('day', { hour: 7, timeZone: 'Asia/Taipei' });
    expect(texts(duePeriods(daily, at('2026-11-21T23:00:00Z'), at('2026-11-22T22:59:59Z')))).toEqual([]);
    expect(texts(duePeriods(daily, at('2026-11-21T23:00:00Z'), at('2026-11-22T23:00:00Z')))).toEqual([
      '2026-11-22 2026-11-22 2026-11-22T23:00:00.000Z',
    ]);
  });

  it('is the seven days before its weekday, the month before its first day', () => {
    const since = at('2026-10-30T00:00:00Z');
    expect(texts(duePeriods(timing('week', { weekday: 3 }), since, at('2026-11-12T00:00:00Z')))).toEqual([
      '2026-10-28 2026-11-03 2026-11-04T06:00:00.000Z',
      '2026-11-04 2026-11-10 2026-11-11T06:00:00.000Z',
    ]);
    expect(
      texts(duePeriods(timing('month'), at('2027-02-27T00:00:00Z'), at('2027-04-01T06:00:00Z'))),
    ).toEqual([
      '2027-02-01 2027-02-28 2027-03-01T06:00:00.000Z',
      '2027-03-01 2027-03-31 2027-04-01T06:00:00.000Z',
    ]);
  });

  it('comes once a day also where clocks change at its hour', () => {
    const night = timing('day', { hour: 2, timeZone: 'Europe/Berlin' });
    for (const [from, to] of [
      ['2026-03-25T12:00:00Z', '2026-04-01T12:00:00Z'],
      ['2026-10-21T12:00:00Z', '2026-10-28T12:00:00Z'],
    ] as const) {
      const found = duePeriods(night, at(from), at(to));
      expect(found).toHaveLength(7);
      expect(new Set(found.map(({ firstDay }) => firstDay)).size).toBe(7);
    }
  });

  it('is made up for after downtime, but not without end', () => {
    const found = duePeriods(timing('day'), at('2026-01-01T00:00:00Z'), at('2026-11-23T12:00:00Z'));
    expect(found.map(({ firstDay }) => firstDay)).toEqual(
      [16, 17, 18, 19, 20, 21, 22].map((day) => `2026-11-${day}`),
    );
    expect(duePeriods(timing('month'), 0, at('2026-11-23T12:00:00Z'))).toHaveLength(3);
  });

  it('falls due in each minute of a year exactly once, however often it is asked', () => {
    const weekly = timing('week', { weekday: 7, hour: 0, timeZone: 'America/Sao_Paulo' });
    const seen: string[] = [];
    let since = at('2018-01-01T00:00:00Z');
    for (let now = since; now < at('2019-01-01T00:00:00Z'); now += 7 * 3_600_000) {
      seen.push(...duePeriods(weekly, since, now).map(({ firstDay }) => firstDay));
      since = now;
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).toHaveLength(52);
  });
});

describe('the latest period', () => {
  it('is over by the beginning of the day', () => {
    expect(periodBefore(timing('day'), '2026-11-23')).toMatchObject({ firstDay: '2026-11-22' });
    expect(periodBefore(timing('week'), '2026-11-25')).toMatchObject({
      firstDay: '2026-11-16',
      lastDay: '2026-11-22',
    });
    expect(periodBefore(timing('month'), '2026-11-23')).toMatchObject({
      firstDay: '2026-10-01',
      lastDay: '2026-10-31',
    });
  });

  it('is whole days of the time zone', () => {
    const { from, to } = periodRange({ firstDay: '2026-10-25', lastDay: '2026-10-25' }, 'Europe/Berlin');
    expect([from.toISOString(), to.toISOString()]).toEqual([
      '2026-10-24T22:00:00.000Z',
      '2026-10-25T23:00:00.000Z',
    ]);
  });
});
