import { describe, expect, it } from 'vitest';
import { pauseAfter } from '../../jobs/backoff.ts';
import { dueBetween } from '../../jobs/cron.ts';

const at = (text: string) => Date.parse(`${text}Z`);
const shown = (schedule: string, zone: string, after: string, until: string) => {
  const due = dueBetween(schedule, zone, at(after), at(until));
  const text = (ms: number) => new Date(ms).toISOString().slice(0, 19);
  return due === undefined ? undefined : [text(due.firstMs), text(due.lastMs)];
};

describe('what fell due in a stretch of time', () => {
  it.each([
    ['nothing', '0 0 3 * * *', 'UTC', '2026-11-23T03:00:00', '2026-11-24T02:59:59', undefined],
    [
      'its end',
      '0 0 3 * * *',
      'UTC',
      '2026-11-23T03:00:00',
      '2026-11-24T03:00:00',
      ['2026-11-24T03:00:00', '2026-11-24T03:00:00'],
    ],
    [
      'each day',
      '0 0 3 * * *',
      'UTC',
      '2026-11-20T03:00:00',
      '2026-11-24T02:00:00',
      ['2026-11-21T03:00:00', '2026-11-23T03:00:00'],
    ],
    [
      'seconds',
      '*/20 * * * * *',
      'UTC',
      '2026-11-23T12:00:00',
      '2026-11-23T12:01:59',
      ['2026-11-23T12:00:20', '2026-11-23T12:01:40'],
    ],
    [
      'one minute',
      '*/20 * * * * *',
      'UTC',
      '2026-11-23T12:00:05',
      '2026-11-23T12:00:50',
      ['2026-11-23T12:00:20', '2026-11-23T12:00:40'],
    ],
    [
      'a zone',
      '0 30 2 * * *',
      'Asia/Kathmandu',
      '2026-11-23T00:00:00',
      '2026-11-24T00:00:00',
      ['2026-11-23T20:45:00', '2026-11-23T20:45:00'],
    ],
    [
      'a month',
      '0 0 4 1 * *',
      'UTC',
      '2026-10-02T00:00:00',
      '2026-11-03T00:00:00',
      ['2026-11-01T04:00:00', '2026-11-01T04:00:00'],
    ],
    [
      'no more than 35 days',
      '0 0 0 * * *',
      'UTC',
      '2020-01-01T00:00:00',
      '2026-11-23T12:00:00',
      ['2026-10-20T00:00:00', '2026-11-23T00:00:00'],
    ],
  ])('finds %s', (_, schedule, zone, after, until, expected) => {
    expect(shown(schedule, zone, after, until)).toEqual(expected);
  });
});

it('waits longer after each failure, up to a limit', () => {
  expect([1, 2, 3, 4, 5, 60].map((failures) => pauseAfter(failures, 60_000))).toEqual([
    5000, 10_000, 20_000, 40_000, 60_000, 60_000,
  ]);
  expect(pauseAfter(1, 2000)).toBe(2000);
});
