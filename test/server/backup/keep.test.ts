import { describe, expect, it } from 'vitest';
import { backupsToKeep, type KeptBackup } from '../../../server/backup/index.ts';

const dayMs = 86_400_000;
/** A Monday. */
const first = Date.UTC(2026, 5, 1, 2, 30);

/** One each day: a full one on Mondays, on the other days one that builds on it. Named by their date. */
const daily = (days: number): KeptBackup[] =>
  Array.from({ length: days }, (_, at) => {
    const dateOf = (day: number) => new Date(first + day * dayMs).toISOString().slice(0, 10);
    const monday = at - (at % 7);
    return {
      name: dateOf(at),
      madeAt: new Date(first + at * dayMs).toISOString(),
      base: at === monday ? null : dateOf(monday),
    };
  });
const kept = (backups: readonly KeptBackup[], days: number, weeks: number, months: number) =>
  [...backupsToKeep(backups, { days, weeks, months })].sort();

describe('the backups that are kept', () => {
  it('are the newest of days, weeks and months, and what they build on', () => {
    // Sixty days: the last is Thursday, the 30th of July.
    expect(kept(daily(60), 3, 0, 0)).toEqual(['2026-07-27', '2026-07-28', '2026-07-29', '2026-07-30']);
    expect(kept(daily(60), 0, 3, 0)).toEqual([
      ...['2026-07-13', '2026-07-19'],
      ...['2026-07-20', '2026-07-26'],
      ...['2026-07-27', '2026-07-30'],
    ]);
    expect(kept(daily(60), 0, 0, 2)).toEqual(['2026-06-29', '2026-06-30', '2026-07-27', '2026-07-30']);
  });

  it('are never none, and not more than there are', () => {
    expect(kept(daily(60), 0, 0, 0)).toEqual(['2026-07-27', '2026-07-30']);
    expect(kept([], 7, 4, 3)).toEqual([]);
    expect(kept(daily(5), 7, 4, 3)).toHaveLength(5);
  });

  it('count days that have a backup, so that a pause costs none', () => {
    const beforeAndAfter = [...daily(3), ...daily(60).slice(58)];
    expect(kept(beforeAndAfter, 4, 0, 0)).toEqual([
      ...['2026-06-01', '2026-06-02', '2026-06-03'],
      ...['2026-07-27', '2026-07-29', '2026-07-30'],
    ]);
  });

  it('hold over many nights to what was promised, whatever was removed before', () => {
    let there: KeptBackup[] = [];
    for (const backup of daily(200)) {
      there = [...there, backup];
      const names = backupsToKeep(there, { days: 7, weeks: 4, months: 3 });
      there = there.filter(({ name }) => names.has(name));
      const has = new Set(there.map(({ name }) => name));
      for (const { base } of there) expect(base === null || has.has(base)).toBe(true);
    }
    const newest = first + 199 * dayMs;
    const ages = there.map(({ madeAt }) => Math.round((newest - Date.parse(madeAt)) / dayMs));
    for (const age of [0, 1, 2, 3, 4, 5, 6]) expect(ages).toContain(age);
    expect(new Set(there.map(({ madeAt }) => madeAt.slice(0, 7))).size).toBe(3);
    expect(there.length).toBeLessThan(20);
  });
});
