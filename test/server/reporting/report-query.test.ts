import { describe, expect, it } from 'vitest';
import { AppError } from '../../../server/errors.ts';
import { rangeOf } from '../../../server/reporting/report-query.ts';

const now = new Date('2026-11-23T12:34:56.789Z');
const hourMs = 3_600_000;

function problemOf(run: () => unknown): AppError {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(AppError);
    expect(error).toMatchObject({ code: 'invalid_input' });
    return error as AppError;
  }
  throw new Error('accepted');
}

const range = (from: string | undefined, to: string | undefined, tz = 'UTC') => {
  const found = rangeOf({ from, to, tz }, now);
  return [found.from.toISOString(), found.to.toISOString()];
};

/** The date at an instant in a time zone, like `2026-11-23`, by `Intl` alone. */
function dateReader(timeZone: string): (timeMs: number) => string {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  return (timeMs) => format.format(timeMs);
}

describe('the range of a report', () => {
  it.each([
    ['2026-11-23', '2026-11-23', 'UTC', '2026-11-23T00:00:00.000Z', '2026-11-24T00:00:00.000Z'],
    ['2026-11-01', '2026-11-30', 'Asia/Taipei', '2026-10-31T16:00:00.000Z', '2026-11-30T16:00:00.000Z'],
    ['2026-12-31', '2026-12-31', 'Asia/Kathmandu', '2026-12-30T18:15:00.000Z', '2026-12-31T18:15:00.000Z'],
    ['2024-02-29', '2024-02-29', 'UTC', '2024-02-29T00:00:00.000Z', '2024-03-01T00:00:00.000Z'],
    // Clocks go forward and back in the night.
    ['2026-03-29', '2026-03-29', 'Europe/Berlin', '2026-03-28T23:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', '2026-10-25', 'Europe/Berlin', '2026-10-24T22:00:00.000Z', '2026-10-25T23:00:00.000Z'],
    [
      '2026-04-05',
      '2026-04-05',
      'Australia/Lord_Howe',
      '2026-04-04T13:00:00.000Z',
      '2026-04-05T13:30:00.000Z',
    ],
    // Midnight does not exist: the day begins at one o'clock.
    ['2018-11-04', '2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
    ['2018-11-03', '2018-11-03', 'America/Sao_Paulo', '2018-11-03T03:00:00.000Z', '2018-11-04T03:00:00.000Z'],
    ['2021-03-28', '2021-03-28', 'Asia/Beirut', '2021-03-27T22:00:00.000Z', '2021-03-28T21:00:00.000Z'],
    ['2026-03-08', '2026-03-08', 'America/Havana', '2026-03-08T05:00:00.000Z', '2026-03-09T04:00:00.000Z'],
    // The hour before midnight, or the one after it, happens twice.
    ['2018-02-17', '2018-02-17', 'America/Sao_Paulo', '2018-02-17T02:00:00.000Z', '2018-02-18T03:00:00.000Z'],
    ['2021-10-30', '2021-10-30', 'Asia/Beirut', '2021-10-29T21:00:00.000Z', '2021-10-30T22:00:00.000Z'],
    ['2026-11-01', '2026-11-01', 'America/Havana', '2026-11-01T04:00:00.000Z', '2026-11-02T05:00:00.000Z'],
    // Samoa crossed the date line: the 30th never was.
    ['2011-12-29', '2011-12-30', 'Pacific/Apia', '2011-12-29T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
    ['2011-12-30', '2011-12-31', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-31T10:00:00.000Z'],
  ])('from %s to %s in %s is whole days', (from, to, tz, start, end) => {
    expect(range(from, to, tz)).toEqual([start, end]);
  });

  it('has the first instant of each day, in every time zone and around every change of its clocks', () => {
    const year = [Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)] as const;
    let changes = 0;
    for (const timeZone of Intl.supportedValuesOf('timeZone')) {
      const dateAt = dateReader(timeZone);
      const offsetAt = (timeMs: number) => {
        const local = new Date(timeMs).toLocaleString('en-US', { timeZone, hour12: false });
        return Date.parse(`${local.replace(' 24:', ' 00:')} UTC`) - timeMs;
      };
      for (let dayMs = year[0]; dayMs < year[1]; dayMs += 14 * 24 * hourMs) {
        if (offsetAt(dayMs) === offsetAt(dayMs + 14 * 24 * hourMs)) continue;
        changes++;
        for (let noon = dayMs + 12 * hourMs; noon < dayMs + 15 * 24 * hourMs; noon += 24 * hourMs) {
          const date = dateAt(noon);
          const { from, to } = rangeOf({ from: date, to: date, tz: timeZone }, now);
          for (const [instant, first] of [
            [from, true],
            [to, false],
          ] as const) {
            const inside = first ? instant.getTime() : instant.getTime() - 1;
            const outside = first ? instant.getTime() - 1 : instant.getTime();
            if (dateAt(inside) !== date || dateAt(outside) === date) {
              throw new Error(`${date} in ${timeZone}: ${from.toISOString()} to ${to.toISOString()}`);
            }
          }
        }
      }
    }
    expect(changes).toBeGreaterThan(150);
  });

  it('is the last seven days and today where nothing is said', () => {
    expect(range(undefined, undefined)).toEqual(['2026-11-16T00:00:00.000Z', '2026-11-24T00:00:00.000Z']);
    expect(range(undefined, undefined, 'Pacific/Auckland')).toEqual([
      '2026-11-16T11:00:00.000Z',
      '2026-11-24T11:00:00.000Z',
    ]);
    expect(range('2026-11-20', undefined)[1]).toBe('2026-11-24T00:00:00.000Z');
    expect(range(undefined, '2026-11-20')[0]).toBe('2026-11-16T00:00:00.000Z');
  });

  it('takes instants as they are, with any offset, whatever the time zone', () => {
    expect(range('2026-11-23T08:00Z', '2026-11-23T08:00:00.5+05:45', 'Asia/Taipei')).toEqual([
      '2026-11-23T08:00:00.000Z',
      '2026-11-23T02:15:00.500Z',
    ]);
    expect(range('2026-11-22', '2026-11-23T00:00:00Z', 'Asia/Taipei')).toEqual([
      '2026-11-21T16:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
    ]);
  });

  it.each([
    'yesterday',
    '',
    '2026-11',
    '2026-11-31',
    '2026-02-29',
    '2026-13-01',
    '2026-00-10',
    '2026-11-00',
    '0099-01-01',
    '26-11-23',
    '2026-11-23 ',
    '2026-11-23T08:00:00',
    '2026-11-23 08:00:00Z',
    '2026-02-30T08:00:00Z',
    '2026-11-23T25:00:00Z',
    '2026-11-23T08:61:00Z',
    '1795435200000',
    '2026-11-23T08:00:00.1234Z',
  ])('refuses "%s" and names the field', (bad) => {
    expect(problemOf(() => rangeOf({ from: bad, to: undefined, tz: 'UTC' }, now)).fields).toEqual([
      { path: '/from', message: expect.stringContaining('has to be a date, like 2026-11-23') },
    ]);
    expect(problemOf(() => rangeOf({ from: undefined, to: bad, tz: 'UTC' }, now)).fields).toEqual([
      { path: '/to', message: expect.stringContaining('or an instant') },
    ]);
  });

  it.each(['Mars/Olympus', '', '+05:30', '-08:00', 'UTC+1', '../etc/passwd', 'Asia/Taipei ', '5'])(
    'refuses the time zone "%s"',
    (tz) => {
      const { fields } = problemOf(() => rangeOf({ from: undefined, to: undefined, tz }, now));
      expect(fields).toEqual([{ path: '/tz', message: 'has to be an IANA time zone, like Asia/Taipei' }]);
    },
  );

  it('takes time zones in any case, and old names', () => {
    for (const tz of ['asia/taipei', 'Asia/Calcutta', 'US/Pacific', 'Etc/GMT+5', 'utc']) {
      expect(() => rangeOf({ tz }, now)).not.toThrow();
    }
  });

  it('names every field that is wrong', () => {
    const problem = problemOf(() => rangeOf({ from: 'x', to: 'y', tz: 'z' }, now));
    expect(problem.fields.map(({ path }) => path)).toEqual(['/tz', '/from', '/to']);
  });
});
