import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '../support/random.ts';
import { expectEveryCellEqual } from './expect-equal.ts';
import { type Counted, judge, precedence } from './judged.ts';
import { dayMs, makeWeek, type Week } from './maker.ts';
import { type Replayed, replayWeek } from './replay-week.ts';

/** A week with visits in two hours of each day; `npm run week` takes all hours and more people. */
let week: Week;
let counted: Counted;
let replayed: Replayed;

beforeAll(async () => {
  week = makeWeek({
    startMs: Date.UTC(2026, 9, 19),
    people: 120,
    hours: [8, 23],
    random: seededRandom(4),
  });
  counted = judge(week);
  replayed = await replayWeek(week, 3 * dayMs);
}, 600_000);
afterAll(() => replayed?.close());

it('has of everything what reports tell apart', () => {
  const reasons = new Set(counted.ledger.map(({ reason }) => reason));
  expect([...reasons].sort()).toEqual([...precedence, 'duplicate', 'late', 'repeated'].sort());
  expect(new Set(counted.attributed.map(({ kind }) => kind)).size).toBe(2);
  expect(new Set(week.people.map(({ country }) => country)).size).toBeGreaterThan(4);
});

it('is in every cell of every report, partly from rollups and partly from the events', async () => {
  expect(await expectEveryCellEqual(week, counted, replayed, 'either')).toBeGreaterThan(10_000);
}, 600_000);
