import { expect, it } from 'vitest';
import { seededRandom } from '../../support/random.ts';
import { expectEveryCellEqual } from '../expect-equal.ts';
import { judge } from '../judged.ts';
import { dayMs, makeWeek } from '../maker.ts';
import { replayWeek } from '../replay-week.ts';

const people = Number(process.env['WEEK_PEOPLE'] ?? 2000);
const seed = Number(process.env['WEEK_SEED'] ?? Date.now() % 1_000_000);

it(`is in every cell of every report, a week of ${people} people`, { timeout: 7_200_000 }, async () => {
  const week = makeWeek({
    startMs: Date.UTC(2026, 9, 19),
    people,
    hours: Array.from({ length: 24 }, (_, hour) => hour),
    random: seededRandom(seed),
  });
  const counted = judge(week);
  const startedMs = performance.now();
  const replayed = await replayWeek(week, dayMs);
  try {
    const seconds = Math.round((performance.now() - startedMs) / 1000);
    console.log(
      `WEEK_SEED=${seed}: ${week.sent.length} requests in ${seconds} s with the jobs of seven days`,
      {
        counted: counted.events.length,
        left: counted.ledger.length,
        conversions: counted.attributed.length,
      },
    );
    const partly = await expectEveryCellEqual(week, counted, replayed, 'all');
    await replayed.rollUpAll();
    const fromRollups = await expectEveryCellEqual(week, counted, replayed, 'all');
    console.log({ partly, fromRollups });
    expect(fromRollups).toBe(partly);
  } finally {
    await replayed.close();
  }
});
