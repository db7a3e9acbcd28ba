/** What is known of one cell: the values that it is about, and who is in it. */
export interface PrivateCell<Sums> {
  /** By the names of a subset of the dimensions. */
  readonly values: ReadonlyMap<string, string>;
  /** How many people are in it at least. */
  readonly people: number;
  /** Of these, by day, those who are in no other cell of the same dimensions on that day; empty where that is not known. */
  readonly alone: readonly number[];
  readonly sums: Sums;
}

/** Cells that may be shown. Whoever is in no cell of a table is in its remainder. */
export type PublicCells<Sums> = readonly PrivateCell<Sums>[];

/**
 * Of the cells of every subset of some dimensions, those of the full set that may be shown, so that no sum or
 * difference of what may be shown is about fewer than `k` people.
 *
 * Which cells are shown depends on the data and the dimensions alone, never on what was asked. The subsets are gone
 * through from the smallest:
 *
 * - a cell with fewer than `k` people is folded;
 * - what is within a folded cell of fewer dimensions is folded: added up it would tell of that cell;
 * - where what is folded within a cell that is shown has fewer than `k` people, the smallest other one is folded too. So
 *   the difference of the cell and what is shown of it is never about few.
 *
 * The people of several cells may be the same, so their numbers are not added up, but for those who are in one alone.
 */
export function publicCells<Sums>(
  names: readonly string[],
  cells: readonly PrivateCell<Sums>[],
  k: number,
): PublicCells<Sums> {
  // In one order, so that the same cells are folded in whichever they are asked for.
  const dimensions = [...names].sort();
  const tables = new Map<string, PrivateCell<Sums>[]>();
  for (const cell of cells) {
    const own = keyOf(dimensions.filter((name) => cell.values.has(name)));
    const table = tables.get(own);
    if (table === undefined) tables.set(own, [cell]);
    else table.push(cell);
  }
  const shown = new Map<string, Set<string>>();
  let last: PublicCells<Sums> = [];
  for (const subset of subsets(dimensions)) {
    const table = tables.get(keyOf(subset)) ?? [];
    const parents = subsets(subset).filter(({ length }) => length < subset.length);
    last = foldTable(table, parents, shown, k);
    shown.set(keyOf(subset), new Set(last.map((cell) => projected(cell, subset))));
  }
  return last;
}

function foldTable<Sums>(
  table: readonly PrivateCell<Sums>[],
  parents: readonly (readonly string[])[],
  shown: ReadonlyMap<string, ReadonlySet<string>>,
  k: number,
): PublicCells<Sums> {
  const within = (cell: PrivateCell<Sums>) =>
    parents.every((parent) => shown.get(keyOf(parent))?.has(projected(cell, parent)) === true);
  const open = new Set(table.filter((cell) => cell.people >= k && within(cell)));
  for (let changed = true; changed; ) {
    changed = false;
    for (const parent of parents) {
      for (const siblings of grouped(table, parent)) {
        const folded = siblings.filter((cell) => !open.has(cell));
        if (folded.length === 0 || peopleOf(folded) >= k) continue;
        const smallest = siblings
          .filter((cell) => open.has(cell))
          .sort((a, b) => a.people - b.people || (textOf(a) < textOf(b) ? -1 : 1))[0];
        if (smallest === undefined) continue;
        open.delete(smallest);
        changed = true;
      }
    }
  }
  return [...open];
}

/** How many people are in some cells together, at least. */
function peopleOf<Sums>(cells: readonly PrivateCell<Sums>[]): number {
  const days: number[] = [];
  let most = 0;
  for (const { people, alone } of cells) {
    most = Math.max(most, people);
    alone.forEach((number, day) => {
      days[day] = (days[day] ?? 0) + number;
    });
  }
  return Math.max(most, ...days);
}

/** The cells of a table by the cell of fewer dimensions that they lie in. */
function grouped<Sums>(
  table: readonly PrivateCell<Sums>[],
  parent: readonly string[],
): Iterable<PrivateCell<Sums>[]> {
  const groups = new Map<string, PrivateCell<Sums>[]>();
  for (const cell of table) {
    const key = projected(cell, parent);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [cell]);
    else group.push(cell);
  }
  return groups.values();
}

/** Every subset, those with fewer members first; each before all that it is part of. */
export function subsets(names: readonly string[]): string[][] {
  const all: string[][] = [[]];
  for (const name of names) all.push(...all.map((subset) => [...subset, name]));
  return all.sort((a, b) => a.length - b.length);
}

const keyOf = (values: readonly string[]) => JSON.stringify(values);
const projected = <Sums>({ values }: PrivateCell<Sums>, names: readonly string[]) =>
  keyOf(names.map((name) => values.get(name) ?? ''));
const textOf = <Sums>({ values }: PrivateCell<Sums>) =>
  keyOf([...values].sort(([a], [b]) => (a < b ? -1 : 1)).flat());
