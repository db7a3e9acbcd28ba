import { describe, expect, it } from 'vitest';
import { type PrivateCell, publicCells, subsets } from '../../../analytics/reports/anonymity.ts';
import { seededRandom } from '../clickhouse/support.ts';

const k = 10;
const names = ['country', 'browser', 'device'] as const;
type Person = Readonly<Record<(typeof names)[number], string>>;

/** Some hundred people, most of them in a few countries and browsers, and some alone in theirs. */
function somePeople(random: () => number): Person[] {
  const skewed = (n: number) => String(Math.floor(n * random() ** 3));
  return Array.from({ length: 100 + Math.floor(random() * 400) }, () => ({
    country: `C${skewed(12)}`,
    browser: `B${skewed(6)}`,
    device: `D${skewed(3)}`,
  }));
}

const keyOf = (person: Person, of: readonly string[]) =>
  of.map((name) => person[name as keyof Person]).join('|');

function cellsOf(people: readonly Person[], of: readonly string[], known: boolean): PrivateCell<number>[] {
  return subsets(of).flatMap((subset) => {
    const counts = new Map<string, { values: Map<string, string>; people: number }>();
    for (const person of people) {
      const key = keyOf(person, subset);
      const values = new Map(subset.map((name) => [name, person[name as keyof Person]]));
      const cell = counts.get(key) ?? { values, people: 0 };
      cell.people += 1;
      counts.set(key, cell);
    }
    return [...counts.values()].map((cell) => ({
      ...cell,
      alone: known ? [cell.people] : [],
      sums: cell.people,
    }));
  });
}

/** What is shown of some dimensions: numbers by the values. */
function shownOf(people: readonly Person[], of: readonly string[], known = true): Map<string, number> {
  const cells = publicCells(of, cellsOf(people, of, known), k);
  return new Map(cells.map(({ values, sums }) => [of.map((name) => values.get(name) ?? '').join('|'), sums]));
}

describe('publicCells', () => {
  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'leave nobody to be told by subtracting one table from another (people %i)',
    (seed) => {
      const people = somePeople(seededRandom(seed));
      const tables = new Map(subsets(names).map((of) => [of.join(), shownOf(people, of, seed % 2 === 0)]));
      for (const fine of subsets(names)) {
        const cells = tables.get(fine.join()) as Map<string, number>;
        for (const number of cells.values()) expect(number).toBeGreaterThanOrEqual(k);
        for (const coarse of subsets(fine)) {
          for (const [whole, all] of tables.get(coarse.join()) as Map<string, number>) {
            // All of the whole less all that is shown of it, by whatever was asked.
            let rest = all;
            for (const person of new Set(
              people.filter((one) => keyOf(one, coarse) === whole).map((one) => keyOf(one, fine)),
            ))
              rest -= cells.get(person) ?? 0;
            expect(rest === 0 || rest >= k, `${fine} within ${coarse} ${whole}: ${rest}`).toBe(true);
          }
          // What is not shown cannot be added up from its parts.
          const parts = new Map<string, boolean>();
          for (const one of people) {
            const key = keyOf(one, coarse);
            parts.set(key, (parts.get(key) ?? true) && cells.has(keyOf(one, fine)));
          }
          for (const [key, whole] of parts) {
            if (whole) expect(tables.get(coarse.join())?.has(key), `${coarse} ${key}`).toBe(true);
          }
        }
      }
    },
  );

  it('do not depend on the order of the dimensions', () => {
    const people = somePeople(seededRandom(99));
    const one = shownOf(people, ['country', 'browser']);
    const other = shownOf(people, ['browser', 'country']);
    expect([...other.keys()].map((key) => key.split('|').reverse().join('|')).sort()).toEqual(
      [...one.keys()].sort(),
    );
    expect(one.size).toBeGreaterThan(2);
    expect(shownOf(people, ['country', 'browser'], false).size).toBeLessThanOrEqual(one.size);
  });

  it('show nothing of few people, and all where there are many in each', () => {
    const few = Array.from({ length: 9 }, () => ({ country: 'A', browser: 'B', device: 'C' }));
    expect(shownOf(few, ['country']).size).toBe(0);
    const many = ['A', 'B'].flatMap((country) =>
      Array.from({ length: 10 }, () => ({ country, browser: 'B', device: 'C' })),
    );
    expect(shownOf(many, ['country'])).toEqual(
      new Map([
        ['A', 10],
        ['B', 10],
      ]),
    );
  });
});
