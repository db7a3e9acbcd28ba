import { describe, expect, test } from 'vitest';
import { instantOf, localTime } from '../../../server/console/app/parts/zoned-time.ts';

describe('dates and times in a time zone', () => {
  test.each([
    ['2026-12-01T09:30', 'Asia/Taipei', '2026-12-01T01:30:00.000Z'],
    ['2026-07-01T00:00', 'Europe/Berlin', '2026-06-30T22:00:00.000Z'],
    ['2026-12-01T00:00', 'America/Los_Angeles', '2026-12-01T08:00:00.000Z'],
    ['2026-12-01T00:15', 'Asia/Kathmandu', '2026-11-30T18:30:00.000Z'],
  ])('%s in %s is %s, and back', (local, zone, instant) => {
    expect(instantOf(local, zone)).toBe(instant);
    expect(localTime(instant, zone)).toBe(local);
  });

  test('of two instants with the same local time it is the first', () => {
    expect(instantOf('2026-10-25T02:30', 'Europe/Berlin')).toBe('2026-10-25T00:30:00.000Z');
  });

  test('a local time that is left out becomes the one an hour later', () => {
    expect(localTime(instantOf('2026-03-29T02:30', 'Europe/Berlin'), 'Europe/Berlin')).toBe(
      '2026-03-29T03:30',
    );
  });
});
